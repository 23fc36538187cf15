"""How a model was trained, as far as that says whether its score can be believed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.evaluation.alarms import (
    Alarm,
    Range,
    outside_search_space,
    selected_on,
    smaller_budget,
    validation_gap,
)
from backend.evaluation.intervals import Interval

_BUDGET: Final = ("epochs", "max_steps")
"""The hyperparameters that say how long a model was trained."""


@dataclass(frozen=True)
class Search:
    """The search that chose a model, the best of ``trials`` by ``metric``; ``spaces`` are what it
    could choose from, by hyperparameter: lowest and highest number, or the allowed texts.
    """

    metric: str
    trials: int
    spaces: Mapping[str, Range] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """What the job that a model is from says. ``dataset`` is the ``name/version`` it was trained
    on; ``validation`` are its scores, by metric, on ``validation_n`` examples (0: not known) with
    the hash ``validation_sha256``; ``search`` is None for a model that no search chose. Where it
    went on from an earlier model, ``earlier`` are the datasets that this one and those before it
    were trained on, and ``start`` is the archive of the first, where no job is known that made it.
    """

    dataset: str = ""
    validation: Mapping[str, float] = field(default_factory=dict)
    validation_n: int = 0
    validation_sha256: str = ""
    search: Search | None = None
    earlier: tuple[str, ...] = ()
    start: str = ""


def training_from(found: Mapping[str, Any] | None) -> Training | None:
    """The training that ``dataclasses.asdict`` and JSON made ``found`` of; raises ``TypeError``
    where it is none.
    """
    if found is None:
        return None
    search = found["search"] and Search(**found["search"])
    return Training(**{**found, "search": search, "earlier": tuple(found.get("earlier", ()))})


def training_alarms(
    training: Training, metrics: Mapping[str, Interval], *, n: int, test_sha256: str
) -> Iterator[Alarm]:
    """What is suspicious about a model of that ``training`` that reached ``metrics`` on ``n`` test
    examples; ``test_sha256`` is the hash of their split, as ``validation_sha256`` is one.
    """
    name = next((name for name in metrics if name in training.validation), None)
    if name is not None:
        gap = validation_gap(
            name,
            training.validation[name],
            metrics[name],
            test_n=n,
            validation_n=training.validation_n,
        )
        if gap:
            yield gap
    if training.search:
        chosen = selected_on(
            training.search.metric,
            selection_data=training.validation_sha256,
            test_data=test_sha256,
            trials=training.search.trials,
        )
        if chosen:
            yield chosen


def pair_alarms(
    baseline: tuple[Training | None, Mapping[str, str]],
    tuned: tuple[Training | None, Mapping[str, str]],
) -> tuple[Alarm, ...]:
    """What is unfair about comparing two trained models, each with its hyperparameters as text:
    that the search could not have chosen the baseline's, or that the baseline had less of a budget.
    """
    (first, its), (second, theirs) = baseline, tuned
    if first is None or second is None:
        return ()
    spaces = second.search.spaces if second.search else {}
    found = (
        outside_search_space(its, spaces),
        smaller_budget(_budget(first, its), _budget(second, theirs)),
    )
    return tuple(alarm for alarm in found if alarm)


def _budget(training: Training, hyperparameters: Mapping[str, str]) -> dict[str, float]:
    found = {"trials": float(training.search.trials if training.search else 1)}
    for name in _BUDGET:
        try:
            amount = float(hyperparameters.get(name, ""))
        except ValueError:
            continue
        if amount > 0:  # 0 steps is no limit
            found[name] = amount
    return found
