"""Named entities: people, places and other things in a text."""

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
    "DistilBERT on WikiANN by the original solution: learning rate and weight decay are searched.",
    {
        "base_model": DISTILBERT.name,
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 2e-6,
        "weight_decay": 1e-5,
        "early_stopping_patience": 2,
    },
    {"epochs": 3, "early_stopping_patience": 3},
    {
        "learning_rate": Range(1e-5, 0.1, "Logarithmic"),
        "weight_decay": Range(1e-6, 1e-2, "Logarithmic"),
    },
    max_jobs=6,
    parallel_jobs=3,
    published=True,
    note="Its baseline (2e-6) lies outside its own search range and trains for one epoch less than "
    "the trials, and its patience is as long as the run.",
)

RECIPE: Final = Recipe(
    task="named_entities",
    hyperparameters=hyperparameters(),
    objective=Objective("validation:f1"),
    metrics=metrics("f1", "precision", "recall"),
    presets=(*presets(quick=2, balanced=4, thorough=10), _AS_PUBLISHED),
    base_models=(MINILM, DISTILBERT, BERT),
    pace=1700.0,
    tokens_per_example=25.0,
    smallest=500,
    original=Published(Objective("f1"), r"'eval_f1': ([0-9\.]+)"),
)
