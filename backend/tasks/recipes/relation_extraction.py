"""Relation extraction: how two spans of a text are related."""

from typing import Final

from backend.tasks.recipes.base import Objective, Preset, Published, Range, Recipe
from backend.tasks.recipes.common import (
    BERT,
    DISTILBERT,
    MINILM,
    hyperparameters,
    metrics,
    presets,
)

_AS_PUBLISHED: Final = Preset(
    "as-published",
    "As published",
    "BERT base on SemEval-2010 Task 8 by the original solution: learning rate searched from 1e-4 "
    "to 1e-3. A step of 32 stands for its two accumulated ones of 16.",
    {
        "base_model": BERT.name,
        "epochs": 2,
        "batch_size": 32,
        "learning_rate": 2e-4,
        "head_learning_rate_factor": 1.0,
        "weight_decay": 0.0,
        "warmup_ratio": 0.0,
        "max_length": 512,
        "early_stopping_patience": 3,
    },
    spaces={"learning_rate": Range(1e-4, 1e-3, "Logarithmic")},
    max_jobs=6,
    parallel_jobs=3,
    published=True,
    note="Its patience (3) is longer than the run (2 epochs), and the checkpoint that it kept was "
    "chosen by another metric than the one it searched for. Here both are the same.",
)

RECIPE: Final = Recipe(
    task="relation_extraction",
    hyperparameters=hyperparameters(),
    objective=Objective("validation:f1_macro"),
    metrics=metrics("f1_macro", "accuracy"),
    presets=(*presets(quick=3, balanced=8, thorough=12, label_smoothing=0.05), _AS_PUBLISHED),
    base_models=(MINILM, DISTILBERT, BERT),
    pace=2200.0,
    tokens_per_example=35.0,
    smallest=200,
    original=Published(Objective("validation_accuracy"), r"valid_accuracy=([0-9\.]+)"),
)
