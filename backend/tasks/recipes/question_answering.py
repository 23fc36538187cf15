"""Question answering: the span of a context that answers a question."""

from typing import Final

from backend.tasks.recipes.base import Choices, Objective, Preset, Published, Range, Recipe
from backend.tasks.recipes.common import (
    BERT,
    DISTILBERT,
    MINILM,
    hyperparameters,
    metrics,
    presets,
)

_ALL_LAYERS: Final = 12

_AS_PUBLISHED: Final = Preset(
    "as-published",
    "As published",
    "BERT base on a part of SQuAD 2.0 by the original solution: learning rate, epochs and whether "
    "only the top layer is trained are searched.",
    {"base_model": BERT.name, "batch_size": 16, "learning_rate": 2e-5, "epochs": 3},
    spaces={
        "learning_rate": Range(1e-5, 1e-2, "Logarithmic"),
        "epochs": Range(3, 10, integer=True),
        "frozen_layers": Choices((0, _ALL_LAYERS)),
    },
    max_jobs=6,
    parallel_jobs=3,
    published=True,
    note="It minimised the validation loss with a pattern that reads 5.97e-05 as 5.97, and its "
    "trials may train three times as long as the baseline. Here the objective is F1.",
)

RECIPE: Final = Recipe(
    task="question_answering",
    hyperparameters=hyperparameters(without=("class_weights",)),
    objective=Objective("validation:f1"),
    metrics=metrics("f1", "HasAns_f1", "HasAns_exact"),
    presets=(
        *presets(quick=1, balanced=2, thorough=6, learning_rate=1.5e-4, max_length=320),
        _AS_PUBLISHED,
    ),
    base_models=(MINILM, DISTILBERT, BERT),
    pace=3400.0,
    tokens_per_example=200.0,
    smallest=2_000,
    original=Published(Objective("val_loss", "Minimize"), r"'eval_loss': ([0-9]+(.|e\-)[0-9]+),?"),
)
