"""What can be wrong with a search, as far as it can be known before it starts."""

import math
from collections.abc import Iterable
from typing import Final

from backend.jobs.findings import Finding, evaluations, patience_findings, shown
from backend.jobs.requests import TuningRequest
from backend.jobs.value_checks import beyond_reason
from backend.tasks.recipes.base import Choices, Hyperparameter, Range, Recipe, Value, as_text

_SEED: Final = Finding(
    "warning",
    "The seed is searched",
    "What is found is the luckiest draw, not a better setting: it does not carry over.",
    "Leave the seed as it is, and train the winner again with other seeds.",
)
FEWEST_CHECKS: Final = 3
"""Validations a trial below which there is no curve to stop it by."""


def search(request: TuningRequest, recipe: Recipe) -> Iterable[Finding]:
    values = request.training.hyperparameters
    known = {item.name: item for item in recipe.hyperparameters}
    for name, space in request.spaces.items():
        if name not in known:
            yield Finding(
                "error",
                f"{name} is searched, but is not a hyperparameter of this task",
                "The trainer ignores it, and all trials would be the same.",
                "Remove it, or correct its name.",
            )
            continue
        yield from _bounds(known[name], space)
        if name == "seed":
            yield _SEED
        in_grid = request.strategy == "Grid" and isinstance(space, Choices)
        if name in values and not in_grid and not space.holds(values[name]):
            yield Finding(
                "error",
                f"{known[name].title}: the baseline {as_text(values[name])} lies outside the "
                f"search range {shown(space)}",
                "The search cannot come to the baseline, so that the two are not compared fairly.",
                "Widen the range, or choose a baseline inside it.",
            )
    yield from _budget(request)
    yield from _strategy(request)


def _bounds(item: Hyperparameter, space: Range | Choices) -> Iterable[Finding]:
    ends: tuple[Value, ...] = (space.low, space.high) if isinstance(space, Range) else space.values
    faults = []
    for value in ends:
        try:
            item.parse(as_text(value))
        except ValueError as error:
            faults.append(f"{as_text(value)}: {error}")
    if item.kind == "integer" and isinstance(space, Range) and not space.integer:
        faults.append("values between the whole numbers: it takes whole numbers only")
    if faults:
        yield Finding(
            "error",
            f"{item.title}: the search would try {faults[0]}",
            "Those trials fail.",
            "Narrow the range.",
        )
    if isinstance(space, Range) and beyond_reason(item, space.high) == "high":
        yield Finding(
            "warning",
            f"{item.title} is searched up to {space.high:g}",
            "Training diverges up there: those trials are paid for and teach nothing.",
            "Narrow the range.",
        )
    if isinstance(space, Range) and space.scaling == "Linear" and 0 < 100 * space.low <= space.high:
        yield Finding(
            "warning",
            f"{item.title} is searched linearly over {shown(space)}",
            "Nine trials of ten fall into the topmost tenth of the range.",
            "Use the logarithmic scale.",
        )


def _budget(request: TuningRequest) -> Iterable[Finding]:
    """Trials must not be allowed more than the baseline they are compared with."""
    values = request.training.hyperparameters
    for name in ("epochs", "max_steps"):
        space = request.spaces.get(name)
        given = values.get(name)
        if isinstance(space, Range) and given is not None and space.high > float(given):
            yield Finding(
                "warning",
                f"Trials may have {space.high:g} {name.replace('_', ' ')}, "
                f"the baseline has {as_text(given)}",
                "More training is compared with less: the gain is not the search's alone.",
                f"Train the baseline for {space.high:g} too, or do not search it.",
            )
    fixed = {name: value for name, value in values.items() if name not in request.spaces}
    space = request.spaces.get("epochs")
    if isinstance(space, Range):
        yield from patience_findings({**fixed, "epochs": int(space.low)})


def _strategy(request: TuningRequest) -> Iterable[Finding]:
    if request.strategy == "Bayesian" and request.parallel_jobs == request.max_jobs > 1:
        yield Finding(
            "error",
            f"All {request.max_jobs} trials run at once",
            "A Bayesian search learns from trials that have ended: with none it is a random one.",
            f"Run {max(1, request.max_jobs // 3)} at a time, or choose Random.",
        )
    elif request.strategy == "Bayesian" and 2 * request.parallel_jobs > request.max_jobs > 2:
        yield Finding(
            "warning",
            f"{request.parallel_jobs} of {request.max_jobs} trials run at a time",
            "More than half of them are chosen before the search has learned anything.",
            f"Run {max(1, request.max_jobs // 3)} at a time.",
        )
    yield from _stopping(request)
    continuous = [name for name, space in request.spaces.items() if isinstance(space, Range)]
    if request.strategy == "Grid":
        if continuous:
            yield Finding(
                "error",
                f"A grid needs values to choose from, not a range ({', '.join(continuous)})",
                "The service takes categorical ranges only for a grid.",
                "List the values, or choose another strategy.",
            )
        size = math.prod(
            len(space.values) for space in request.spaces.values() if isinstance(space, Choices)
        )
        if not continuous and size != request.max_jobs:
            yield Finding(
                "error",
                f"The grid has {size} points, not {request.max_jobs}",
                "The number of trials of a grid is that of its points.",
                f"Set the number of trials to {size}.",
            )
    if request.strategy == "Hyperband" and request.early_stopping:
        yield Finding(
            "error",
            "Hyperband stops trials itself",
            "The service refuses its own early stopping beside it.",
            "Switch early stopping off.",
        )


def _stopping(request: TuningRequest) -> Iterable[Finding]:
    """Whether weak trials can be told from good ones before they end."""
    how = "Hyperband" if request.strategy == "Hyperband" else "Stopping trials early"
    if not request.early_stopping and request.strategy != "Hyperband":
        return
    space = request.spaces.get("epochs")
    fewest = {"epochs": int(space.low)} if isinstance(space, Range) else {}
    checks = evaluations({**request.training.hyperparameters, **fewest})
    if checks < FEWEST_CHECKS:
        yield Finding(
            "warning",
            f"{how} has {checks} validation{'' if checks == 1 else 's'} of a trial to go by",
            "A trial is nearly over before it can be compared with the others.",
            "Validate more often, or train for more epochs.",
        )
    if request.parallel_jobs == request.max_jobs > 1:
        yield Finding(
            "warning",
            f"{how} compares a trial with earlier ones, and all {request.max_jobs} run at once",
            "There is no earlier one to compare with.",
            f"Run {max(1, request.max_jobs // 3)} at a time.",
        )
