"""What the recipes share: the hyperparameters of every trainer, base models, our presets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.tasks.recipes.base import (
    BaseModel,
    Hyperparameter,
    MetricDefinition,
    Preset,
    Range,
    Value,
)

DEFAULT_BASE: Final = "sentence-transformers/all-MiniLM-L6-v2"

MINILM: Final = BaseModel(DEFAULT_BASE, "MiniLM, 6 layers", 22_700_000, 10_600_000, hub=False)
DISTILBERT: Final = BaseModel("distilbert-base-uncased", "DistilBERT", 66_400_000, 42_500_000)
BERT: Final = BaseModel("bert-base-uncased", "BERT base", 109_500_000, 85_100_000)

HYPERPARAMETERS: Final = (
    Hyperparameter(
        "base_model", "text", DEFAULT_BASE, "hub id or folder of the model to start from"
    ),
    Hyperparameter("epochs", "integer", 3, "passes over the training data", 1, 100),
    Hyperparameter(
        "learning_rate",
        "float",
        2e-4,
        "peak learning rate of the encoder",
        1e-7,
        1.0,
        space=Range(2e-5, 1e-3, "Logarithmic"),
    ),
    Hyperparameter("batch_size", "integer", 32, "examples a step", 1, 512),
    Hyperparameter(
        "weight_decay",
        "float",
        0.01,
        "AdamW's decoupled weight decay",
        0.0,
        1.0,
        space=Range(1e-4, 0.1, "Logarithmic"),
    ),
    Hyperparameter(
        "early_stopping_patience",
        "integer",
        0,
        "validations without improvement; 0 never stops",
        0,
        100,
    ),
    Hyperparameter("max_length", "integer", 256, "longest sequence in tokens", 16, 512),
    Hyperparameter(
        "class_weights",
        "boolean",
        default=False,
        help="weight classes by their inverse frequency",
    ),
    Hyperparameter(
        "lora_rank",
        "integer",
        0,
        "rank of LoRA adapters; 0 trains the encoder itself",
        0,
        256,
        advanced=True,
    ),
    Hyperparameter(
        "head_learning_rate_factor",
        "float",
        5.0,
        "the head's learning rate over the encoder's",
        0.01,
        1000,
        advanced=True,
    ),
    Hyperparameter(
        "warmup_ratio",
        "float",
        0.06,
        "part of the steps in which the rate rises",
        0.0,
        1.0,
        advanced=True,
    ),
    Hyperparameter(
        "max_grad_norm",
        "float",
        1.0,
        "gradients are scaled down to this norm",
        1e-3,
        1000,
        advanced=True,
    ),
    Hyperparameter("dropout", "float", 0.0, "dropout inside the encoder", 0.0, 0.9, advanced=True),
    Hyperparameter(
        "head_dropout", "float", 0.1, "dropout before the head", 0.0, 0.9, advanced=True
    ),
    Hyperparameter(
        "label_smoothing",
        "float",
        0.0,
        "probability mass spread over the other classes",
        0.0,
        0.9,
        advanced=True,
    ),
    Hyperparameter(
        "frozen_layers", "integer", 0, "lowest layers kept as they are", 0, 48, advanced=True
    ),
    Hyperparameter(
        "evaluations_per_epoch", "integer", 1, "validation runs in an epoch", 1, 100, advanced=True
    ),
    Hyperparameter(
        "validation_fraction",
        "float",
        0.1,
        "held out of train where no validation is given",
        0.01,
        0.9,
        advanced=True,
    ),
    Hyperparameter(
        "precision",
        "text",
        "float32",
        "float32 or bfloat16 (autocast)",
        choices=("float32", "bfloat16"),
        advanced=True,
    ),
    Hyperparameter(
        "half_weights",
        "boolean",
        default=True,
        help="store the weights in 16 bits",
        advanced=True,
    ),
    Hyperparameter("seed", "integer", 13, "of every random choice", 0, 2**31 - 1, advanced=True),
    Hyperparameter(
        "max_steps",
        "integer",
        0,
        "stop after so many steps; 0 for no limit",
        0,
        10**9,
        advanced=True,
    ),
)


def hyperparameters(
    *, without: tuple[str, ...] = (), **changes: Mapping[str, object]
) -> tuple[Hyperparameter, ...]:
    """The shared ones with some left out and some changed."""
    return tuple(
        replace(item, **changes.get(item.name, {}))  # type: ignore[arg-type]
        for item in HYPERPARAMETERS
        if item.name not in without
    )


def metrics(*validation: str) -> tuple[MetricDefinition, ...]:
    """Definitions of what every trainer reports, and of these validation metrics."""
    names = (
        *(f"validation:{name}" for name in validation),
        "train:loss",
        "train:tokens_per_second",
        "epoch",
        "progress",
        "total_steps",
    )
    return tuple(MetricDefinition.ours(name) for name in names)


def presets(*, quick: int, balanced: int, thorough: int, **values: Value) -> tuple[Preset, ...]:
    """Our three, by their epochs and what the task needs; the patience of each can run out."""
    return (
        Preset(
            "quick",
            "Quick",
            "A first look: few passes over the data, three trials.",
            {**values, "epochs": quick},
            max_jobs=3,
            parallel_jobs=1,
        ),
        Preset(
            "balanced",
            "Balanced",
            "The settings that did well on published data; six trials.",
            {**values, "epochs": balanced, "early_stopping_patience": min(3, balanced - 2)},
        ),
        Preset(
            "thorough",
            "Thorough",
            "More passes, stopped when they no longer help; twelve trials.",
            {**values, "epochs": thorough, "early_stopping_patience": 4},
            max_jobs=12,
        ),
    )
