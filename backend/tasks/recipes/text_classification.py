"""Text classification: one label for a text."""

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
    "BERT base on SST-2 by the original solution: learning rate searched from 1e-5 to 1e-2.",
    {"base_model": BERT.name, "epochs": 3, "batch_size": 64, "learning_rate": 1e-6},
    spaces={"learning_rate": Range(1e-5, 1e-2, "Logarithmic")},
    max_jobs=6,
    parallel_jobs=6,
    published=True,
    note="Its baseline (1e-6) lies outside its own search range, and six jobs at once leave a "
    "Bayesian search nothing to learn from.",
)

RECIPE: Final = Recipe(
    task="text_classification",
    hyperparameters=hyperparameters(),
    objective=Objective("validation:accuracy"),
    metrics=metrics("accuracy", "f1_macro"),
    presets=(
        *presets(quick=2, balanced=4, thorough=10, learning_rate=1e-4),
        _AS_PUBLISHED,
    ),
    base_models=(MINILM, DISTILBERT, BERT),
    pace=3600.0,
    tokens_per_example=30.0,
    smallest=100,
    original=Published(Objective("val_accuracy"), r"val_accuracy: ([0-9\.]+)"),
)
