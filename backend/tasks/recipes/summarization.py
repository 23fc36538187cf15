"""Summarization: which sentences of a document make its summary.

The original solution never tuned it. The encoder stays as it is, so that most of the time goes
into reading the documents once.
"""

from typing import Final

from backend.tasks.recipes.base import Objective, Range, Recipe
from backend.tasks.recipes.common import MINILM, hyperparameters, metrics, presets

_NOT_USED: Final = (
    "class_weights",
    "lora_rank",
    "head_learning_rate_factor",
    "dropout",
    "head_dropout",
    "label_smoothing",
    "frozen_layers",
    "precision",
    "half_weights",
)
"""What trains an encoder has no meaning for a regression over fixed embeddings."""

RECIPE: Final = Recipe(
    task="summarization",
    hyperparameters=hyperparameters(
        without=_NOT_USED,
        base_model={"help": "hub id or folder of the encoder"},
        epochs={"default": 20},
        learning_rate={
            "default": 1e-3,
            "help": "peak learning rate of the scorer",
            "space": Range(1e-4, 0.1, "Logarithmic"),
        },
        batch_size={"default": 16, "help": "documents a step"},
        max_length={"help": "longest sentence in tokens"},
    ),
    objective=Objective("validation:rouge1"),
    metrics=metrics("rouge1"),
    presets=presets(quick=5, balanced=20, thorough=60),
    base_models=(MINILM,),
    pace=7000.0,
    tokens_per_example=800.0,
    smallest=50,
    reads_once=True,
)
