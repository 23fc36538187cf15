"""How long a job takes and what it costs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.jobs.findings import relative_size
from backend.jobs.machines import MACHINES
from backend.jobs.requests import HOUR, Channel, Request, TrainingRequest, TuningRequest
from backend.tasks.recipes.base import Recipe, Value

START_SECONDS: Final = 15.0
VALIDATION_SPEED: Final = 3.0
"""A forward pass alone over one with its backward pass."""


@dataclass(frozen=True)
class Pace:
    """Tokens a second that an earlier job of this kind trained on."""

    tokens_per_second: float


@dataclass(frozen=True)
class Estimate:
    """How long a job will take in seconds, what that costs in US dollars on demand, and the most
    it can cost before the service stops it: 0 where running is free, None where the price is not
    known. ``basis`` says in a sentence where the time comes from.
    """

    seconds: float
    basis: str
    cost: float | None = None
    ceiling: float | None = None


def estimate(
    request: Request,
    recipe: Recipe,
    *,
    pace: Pace | None = None,
    instance_type: str = "",
    hourly: float | None = None,
    one_machine: bool = False,
) -> Estimate | None:
    """How long ``request`` takes and costs; None where the number of examples is not known.

    The time is that of the tokens: each epoch reads the training examples forth and back, and the
    validation examples once per validation. A search takes as many rounds as its trials need;
    on ``one_machine`` trials side by side take as long as one after the other.
    ``hourly`` is the price of the machine, None where it is not known.
    """
    training = request.training if isinstance(request, TuningRequest) else request
    name = training.instance_type or instance_type
    seconds = _training_seconds(training, recipe, pace, name)
    if seconds is None:
        return None
    spent = seconds
    if isinstance(request, TuningRequest):
        at_once = 1 if one_machine else request.parallel_jobs
        rounds = math.ceil(request.max_jobs / at_once)
        spent = seconds * request.max_jobs
        seconds *= rounds
    return Estimate(
        seconds=seconds,
        basis=_basis(None if recipe.reads_once else pace),
        cost=None if hourly is None else spent / HOUR * hourly,
        ceiling=ceiling(request, hourly),
    )


def ceiling(request: Request, hourly: float | None) -> float | None:
    """The most that ``request`` can cost on demand: each of its jobs to the limit of its time."""
    if hourly is None:
        return None
    if isinstance(request, TuningRequest):
        return request.max_jobs * request.training.max_seconds / HOUR * hourly
    return request.max_seconds / HOUR * hourly


def _basis(pace: Pace | None) -> str:
    if pace:
        return f"An earlier job trained on {pace.tokens_per_second:,.0f} tokens a second here."
    return "This is a rule of thumb: no job of this kind has ended here yet."


def _training_seconds(
    request: TrainingRequest, recipe: Recipe, pace: Pace | None, instance_type: str
) -> float | None:
    values, train = request.hyperparameters, request.channels["train"]
    if not train.count:
        return None
    validation = request.channels.get("validation", Channel("", 0)).count
    machine = MACHINES.get(instance_type)
    rule = recipe.pace * (machine.speed if machine else 1.0) / relative_size(values, recipe)
    each = recipe.tokens_per_example
    if recipe.reads_once:
        return START_SECONDS + each * (train.count + validation) / rule
    each = min(each, float(values.get("max_length", each)))
    rate = pace.tokens_per_second if pace else rule
    epochs = _epochs(values, train.count)
    checks = epochs * int(values.get("evaluations_per_epoch", 1))
    return START_SECONDS + each * (
        epochs * train.count / rate + checks * validation / (rate * VALIDATION_SPEED)
    )


def _epochs(values: Mapping[str, Value], examples: int) -> float:
    epochs, steps = float(values.get("epochs", 1)), int(values.get("max_steps", 0))
    if not steps:
        return epochs
    return min(epochs, steps * int(values.get("batch_size", 1)) / examples)
