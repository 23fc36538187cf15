"""JumpStart's own training programs, as the original solution ran them.

Names and defaults are JumpStart's; the patterns read every number, and the lines of newer versions
too (the original's read 5.97e-05 as 5.97, and had to be rewritten when a version changed).
"""

from typing import Final

from backend.tasks.recipes.base import (
    NUMBER,
    BaseModel,
    Choices,
    Hyperparameter,
    MetricDefinition,
    Objective,
    Preset,
    Published,
    Range,
    Recipe,
)

_TRUE_OR_FALSE: Final = ("True", "False")


def _hyperparameters(*, epochs: int, batch: int) -> tuple[Hyperparameter, ...]:
    return (
        Hyperparameter(
            "epochs",
            "integer",
            epochs,
            "passes over the training data",
            1,
            1000,
            space=Range(3, 10, integer=True),
        ),
        Hyperparameter(
            "adam-learning-rate",
            "float",
            2e-5,
            "learning rate of the Adam optimizer",
            1e-8,
            1.0,
            space=Range(1e-5, 1e-2, "Logarithmic"),
        ),
        Hyperparameter("batch-size", "integer", batch, "examples a step", 1, 1024),
        Hyperparameter(
            "train-only-top-layer",
            "text",
            "False",
            "keep the encoder as it is and train the head alone",
            choices=_TRUE_OR_FALSE,
        ),
    )


def _presets(
    title: str,
    values: dict[str, float],
    spaces: dict[str, Range | Choices],
    parallel: int,
    note: str,
) -> tuple[Preset, ...]:
    ours = {"adam-learning-rate": spaces["adam-learning-rate"]}
    return (
        Preset("balanced", "Balanced", "The learning rate is searched; six trials.", spaces=ours),
        Preset(
            "as-published",
            "As published",
            title,
            values,
            spaces=spaces,
            max_jobs=6,
            parallel_jobs=parallel,
            published=True,
            note=note,
        ),
    )


_RATE: Final = Range(1e-5, 1e-2, "Logarithmic")

TEXT_CLASSIFICATION: Final = Recipe(
    task="text_classification",
    program="tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2",
    hyperparameters=(
        *_hyperparameters(epochs=3, batch=64),
        Hyperparameter(
            "reinitialize-top-layer",
            "text",
            "Auto",
            "start with a new head",
            choices=("Auto", *_TRUE_OR_FALSE),
            advanced=True,
        ),
    ),
    objective=Objective("val_accuracy"),
    metrics=(MetricDefinition("val_accuracy", rf"val_accuracy[:=] ?({NUMBER})"),),
    presets=_presets(
        "SST-2 by the original solution: learning rate searched from 1e-5 to 1e-2.",
        {"adam-learning-rate": 1e-6},
        {"adam-learning-rate": _RATE},
        6,
        "Its baseline (1e-6) lies outside its own search range, and six jobs at once leave a "
        "Bayesian search nothing to learn from.",
    ),
    base_models=(
        BaseModel(
            "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2", "BERT", 109_500_000, 85_100_000
        ),
    ),
    pace=450.0,
    tokens_per_example=30.0,
    smallest=100,
    original=Published(Objective("val_accuracy"), r"val_accuracy: ([0-9\.]+)"),
)

QUESTION_ANSWERING: Final = Recipe(
    task="question_answering",
    program="huggingface-eqa-bert-base-uncased",
    hyperparameters=_hyperparameters(epochs=3, batch=16),
    objective=Objective("val_loss", "Minimize"),
    metrics=(MetricDefinition("val_loss", rf"(?:'eval_loss':|val Loss:) ?({NUMBER})"),),
    presets=_presets(
        "A part of SQuAD 2.0 by the original solution: learning rate, epochs and whether only the "
        "top layer is trained are searched.",
        {},
        {
            "adam-learning-rate": _RATE,
            "epochs": Range(3, 10, integer=True),
            "train-only-top-layer": Choices(_TRUE_OR_FALSE),
        },
        3,
        "Its trials may train three times as long as the baseline.",
    ),
    base_models=(
        BaseModel("huggingface-eqa-bert-base-uncased", "BERT base", 109_500_000, 85_100_000),
    ),
    pace=430.0,
    tokens_per_example=200.0,
    smallest=200,
    original=Published(Objective("val_loss", "Minimize"), r"'eval_loss': ([0-9]+(.|e\-)[0-9]+),?"),
)
