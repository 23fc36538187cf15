"""Two models on the same examples: differences with intervals and p-values, and a verdict."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from backend.errors import InputError
from backend.evaluation.formulas import Array, Metric, Totals
from backend.evaluation.intervals import Interval, bca, unpaired
from backend.evaluation.resampling import (
    RESAMPLES,
    SEED,
    bootstrap_sums,
    distinct,
    grouped,
    grouped_rows,
    leave_one_out,
    swapped_sums,
)
from backend.evaluation.scoring import Scored, intervals, metrics_of
from backend.evaluation.significance import FEWEST_GROUPS, detectable, holm, mcnemar, permutation
from backend.evaluation.verdict import MANY, Outcome, outcome_of, sentence

_NOTHING: Final = 1e-9


@dataclass(frozen=True)
class Difference:
    """Second model less first, with its 95 % interval; ``test`` says where ``p_value`` is from."""

    value: float
    low: float
    high: float
    p_value: float
    test: Literal["McNemar", "permutation"]


@dataclass(frozen=True)
class Side:
    """One of the two models: its name and all of its metrics."""

    name: str
    metrics: Mapping[str, Interval]


@dataclass(frozen=True)
class Comparison:
    """``first`` is the baseline, ``second`` the model in question, on the same ``n`` examples.

    ``p_value`` is that of the primary ``metric``, corrected for the ``family`` of comparisons that
    this is one of; ``needed`` is how many examples would show this difference, None where there is
    none; ``detectable`` the smallest difference that ``n`` examples show four times in five, 0
    where the two never differ; ``documents`` how many the examples come from, 0 where each is one.
    """

    task: str
    n: int
    metric: str
    first: Side
    second: Side
    differences: Mapping[str, Difference]
    p_value: float
    outcome: Outcome
    needed: int | None
    verdict: str
    family: int = 1
    detectable: float = 0.0
    documents: int = 0

    @property
    def too_few_documents(self) -> bool:
        """Whether no difference between the two could be told from chance."""
        return 0 < self.documents < FEWEST_GROUPS

    def examples_for(self, difference: float) -> int | None:
        """How many examples would show a ``difference`` of that size four times in five; None
        where the two never differ. Raises ``ValueError`` for a difference of 0.
        """
        if not self.detectable:
            return None
        if not difference:
            raise ValueError("no number of examples shows a difference of zero")
        wanted = self.n * (self.detectable / abs(difference)) ** 2
        return max(2, math.ceil(min(wanted, MANY)))


def compare(
    first: Scored,
    second: Scored,
    *,
    names: tuple[str, str] = ("Baseline", "Tuned"),
    metric: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """``second`` against ``first``; ``metric`` is what the verdict is about (the task's own).

    Raises ``InputError`` unless both answered the same examples, and where there is no ``metric``.
    """
    first, second = _same_examples(first, second)
    both = np.hstack([first.counts, second.counts])
    if first.groups:
        both = grouped_rows(both, list(first.groups))
    drawn = bootstrap_sums(both, resamples=resamples, seed=seed)
    width = len(first.columns)
    sides = tuple(
        Side(name, _alone(scored, part, resamples=resamples, seed=seed))
        for name, scored, part in (
            (names[0], first, drawn[:, :width]),
            (names[1], second, drawn[:, width:]),
        )
    )
    differences = _differences(first, second, both, drawn, sides, seed=seed)
    chosen = metric or second.primary
    if chosen not in differences:
        raise InputError(f"There is no metric “{chosen}” here: use {', '.join(differences)}.")
    comparison = Comparison(
        task=second.task,
        n=second.n,
        metric=chosen,
        first=sides[0],
        second=sides[1],
        differences=differences,
        p_value=differences[chosen].p_value,
        outcome="unclear",
        needed=None,
        verdict="",
        detectable=_detectable(first, second, both, chosen),
        documents=len(set(first.groups)),
    )
    gap = differences[chosen].value
    needed = comparison.examples_for(gap) if abs(gap) > _NOTHING else None
    return _judged(replace(comparison, needed=needed))


def compare_all(
    first: Scored,
    others: Mapping[str, Scored],
    *,
    name: str = "Baseline",
    metric: str | None = None,
    pairwise: bool = False,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[Comparison, ...]:
    """Each of ``others`` against ``first``, and where ``pairwise`` each against those before it;
    the p-values are corrected by Holm for how many comparisons that makes.
    """
    named = list(others.items())
    pairs = [((name, first), other) for other in named]
    if pairwise:
        pairs += itertools.combinations(named, 2)
    return corrected(
        compare(
            one[1],
            other[1],
            names=(one[0], other[0]),
            metric=metric,
            resamples=resamples,
            seed=seed,
        )
        for one, other in pairs
    )


def corrected(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """``comparisons`` judged together: with Holm's correction for how many they are, the chance
    of one false alarm among all of them stays at 5 %.
    """
    found = tuple(comparisons)
    raw = [one.differences[one.metric].p_value for one in found]
    return tuple(
        _judged(replace(one, p_value=p_value, family=len(found)))
        for one, p_value in zip(found, holm(raw), strict=True)
    )


def _same_examples(first: Scored, second: Scored) -> tuple[Scored, Scored]:
    if first.task != second.task or set(first.ids) != set(second.ids):
        raise InputError(
            "The two were scored on different test examples: evaluate both on the same test set, "
            "then compare."
        )
    if first.ids != second.ids:
        place = {name: at for at, name in enumerate(second.ids)}
        order = [place[name] for name in first.ids]
        second = replace(
            second,
            ids=first.ids,
            counts=second.counts[order],
            scores=second.scores[order],
            groups=tuple(second.groups[at] for at in order) if second.groups else (),
        )
    if first.positive != second.positive:
        # One of them answered a class more: there is no binary F1 that both have.
        first, second = replace(first, positive=None), replace(second, positive=None)
    columns = tuple(dict.fromkeys((*first.columns, *second.columns)))
    return first.aligned(columns), second.aligned(columns)


def _alone(scored: Scored, drawn: Array, *, resamples: int, seed: int) -> Mapping[str, Interval]:
    """What ``scored`` shows by itself. ``drawn`` is its part of the resamples of both: the same
    as its own where examples are drawn one by one, and where they are not, drawing is quick.
    """
    units = scored.units()
    together = grouped(units, distinct(units)[0])
    return intervals(
        scored,
        resamples=resamples,
        seed=seed,
        drawn=None if together else np.ascontiguousarray(drawn),
    )


def _differences(
    first: Scored,
    second: Scored,
    both: Array,
    drawn: Array,
    sides: Sequence[Side],
    *,
    seed: int,
) -> dict[str, Difference]:
    """Every metric that both have: BCa over examples drawn together, and the paired test."""
    columns, width = first.columns, len(first.columns)
    one, other = both[:, :width], both[:, width:]
    left_out, counts = leave_one_out(both)
    moved = swapped_sums(other - one, resamples=len(drawn), seed=seed)
    mine, theirs = one.sum(axis=0), other.sum(axis=0)
    found: dict[str, Difference] = {}
    for metric in _shared(first, second):

        def gap(low: Array, high: Array, metric: Metric = metric) -> Array:
            return metric.of(columns, high) - metric.of(columns, low)

        value = float(gap(mine, theirs))
        estimate = bca(
            value,
            gap(drawn[:, :width], drawn[:, width:]),
            gap(left_out[:, :width], left_out[:, width:]),
            counts,
        )
        exact = None if first.groups else _discordant(metric, columns, one, other)
        p_value = (
            permutation(value, gap(mine + moved, theirs - moved))
            if exact is None
            else mcnemar(*exact)
        )
        if estimate.low == estimate.high and value:
            estimate = unpaired(*(side.metrics[metric.name] for side in sides))
        found[metric.name] = Difference(
            value,
            estimate.low,
            estimate.high,
            p_value,
            "permutation" if exact is None else "McNemar",
        )
    return found


def _shared(first: Scored, second: Scored) -> tuple[Metric, ...]:
    """The metrics of the columns of both, which are the same by now."""
    totals = first.counts.sum(axis=0) + second.counts.sum(axis=0)
    return metrics_of(first.task, first.columns, totals, first.positive)


def _discordant(
    metric: Metric, columns: Sequence[str], one: Array, other: Array
) -> tuple[int, int] | None:
    """How many examples only one model has right, where the metric is a share of the same
    examples for both; None for any other metric.
    """
    if metric.share is None or metric.share.as_f1:
        return None
    mine, theirs = Totals(columns, one), Totals(columns, other)
    if not np.array_equal(metric.share.trials(mine), metric.share.trials(theirs)):
        return None
    change = metric.share.successes(theirs) - metric.share.successes(mine)
    return int((change < 0).sum()), int((change > 0).sum())


def _detectable(first: Scored, second: Scored, both: Array, name: str) -> float:
    """The smallest difference in ``name`` that these examples (or groups of them, the rows of
    ``both``) show, from how it varies between them: the spread of its leave-one-out values.
    """
    columns, width = first.columns, len(first.columns)
    left_out, counts = leave_one_out(both)
    metric = next(metric for metric in _shared(first, second) if metric.name == name)
    without = metric.of(columns, left_out[:, width:]) - metric.of(columns, left_out[:, :width])
    mean = np.average(without, weights=counts)
    units = len(both)
    spread = (units - 1) * float(np.sqrt(np.average((without - mean) ** 2, weights=counts)))
    return detectable(spread, units) if spread > _NOTHING else 0.0


def _judged(comparison: Comparison) -> Comparison:
    judged = replace(comparison, outcome=outcome_of(comparison))
    return replace(judged, verdict=sentence(judged))
