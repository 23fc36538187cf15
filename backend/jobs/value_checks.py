"""Values that a trainer takes and nobody would choose on purpose."""

from collections.abc import Iterable
from typing import Final, Literal

from backend.jobs.findings import Finding
from backend.jobs.requests import TrainingRequest
from backend.tasks.recipes.base import Hyperparameter, Range, Recipe, as_text

_BEYOND: Final = 10
"""So many times outside what a search tries by itself, a learning rate is beyond reason."""
_LONGEST_WARMUP: Final = 0.5


def training_values(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    """What speaks against the hyperparameters of ``request``, each of which is allowed."""
    yield from _learning_rate(request, recipe)
    yield from _base_model(request, recipe)
    values = request.hyperparameters
    longest = values.get("max_length")
    if longest is not None and not recipe.reads_once and int(longest) < recipe.tokens_per_example:
        yield Finding(
            "warning",
            f"Texts are cut after {longest} tokens",
            f"An example of this task usually has about {recipe.tokens_per_example:.0f}: what "
            "comes after the cut is not learned from.",
            "Raise the longest sequence.",
        )
    warmup = values.get("warmup_ratio")
    if warmup is not None and float(warmup) > _LONGEST_WARMUP:
        yield Finding(
            "warning",
            f"The learning rate rises for {float(warmup):.0%} of the steps",
            "It hardly gets to its height before training ends.",
            "Use 0.06, the default.",
            {"warmup_ratio": 0.06},
        )
    steps, count = int(values.get("max_steps", 0)), request.channels["train"].count
    read = steps * int(values.get("batch_size", 1))
    if 0 < read < count:
        yield Finding(
            "warning",
            f"Training ends after {steps:,} step{'s' if steps > 1 else ''}, which read {read:,} of "
            f"{count:,} examples",
            "Most of the data is never seen." if 2 * read < count else "Some data is never seen.",
            "Leave the number of steps at 0, which sets no limit.",
            {"max_steps": 0},
        )


def beyond_reason(item: Hyperparameter, value: float) -> Literal["high", "low", ""]:
    """Whether a learning rate is far outside what a search of it tries by itself."""
    if item.name != "learning_rate" or not isinstance(item.space, Range):
        return ""
    if value > item.space.high * _BEYOND:
        return "high"
    return "low" if value < item.space.low / _BEYOND else ""


def _learning_rate(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    item = next((one for one in recipe.hyperparameters if one.name == "learning_rate"), None)
    rate = request.hyperparameters.get("learning_rate")
    if item is None or not isinstance(item.space, Range) or rate is None:
        return
    too = beyond_reason(item, float(rate))
    if not too:
        return
    yield Finding(
        "warning",
        f"The learning rate {as_text(rate)} is far too {too}",
        "Training diverges: the loss becomes nan, or the model always answers the same."
        if too == "high"
        else "The model stays what it was.",
        f"Use a value between {item.space.low:g} and {item.space.high:g}.",
        {"learning_rate": item.default},
    )


def _base_model(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    name = str(request.hyperparameters.get("base_model", ""))
    if not name or name in {model.name for model in recipe.base_models}:
        return
    yield Finding(
        "warning",
        f"“{name}” is not among the base models that this recipe knows",
        "The job fails when it cannot fetch a model of that name.",
        f"Check the name, or use one of {', '.join(one.name for one in recipe.base_models)}.",
    )
