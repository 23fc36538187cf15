"""Two models on the same examples: differences with intervals and p-values, and a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from backend.errors import InputError
from backend.evaluation.formulas import Array, Metric, Totals
from backend.evaluation.intervals import Interval, bca
from backend.evaluation.resampling import (
    RESAMPLES,
    SEED,
    bootstrap_sums,
    grouped_rows,
    leave_one_out,
    swapped_sums,
)
from backend.evaluation.scoring import Scored, intervals, metrics_of, title
from backend.evaluation.significance import ALPHA, examples_needed, holm, mcnemar, permutation

Outcome = Literal["better", "worse", "unclear"]
_LARGEST: Final = 10_000_000


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

    ``p_value`` is that of the primary ``metric``, corrected where ``second`` is one of several;
    ``needed`` is how many examples would show this difference, None where there is none.
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
    sides = tuple(
        Side(name, intervals(scored, resamples=resamples, seed=seed))
        for name, scored in zip(names, (first, second), strict=True)
    )
    differences = _differences(first, second, resamples=resamples, seed=seed)
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
        needed=_needed(first, second, chosen),
        verdict="",
    )
    return _judged(comparison)


def compare_all(
    first: Scored,
    others: Mapping[str, Scored],
    *,
    name: str = "Baseline",
    metric: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[Comparison, ...]:
    """Each of ``others`` against ``first``, p-values corrected by Holm for how many they are."""
    found = [
        compare(first, scored, names=(name, other), metric=metric, resamples=resamples, seed=seed)
        for other, scored in others.items()
    ]
    corrected = holm([comparison.p_value for comparison in found])
    return tuple(
        _judged(replace(comparison, p_value=p_value))
        for comparison, p_value in zip(found, corrected, strict=True)
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


def _differences(
    first: Scored, second: Scored, *, resamples: int, seed: int
) -> dict[str, Difference]:
    """Every metric that both have: BCa over examples drawn together, and the paired test."""
    columns, width = first.columns, len(first.columns)
    both = np.hstack([first.counts, second.counts])
    if first.groups:
        both = grouped_rows(both, list(first.groups))
    one, other = both[:, :width], both[:, width:]
    drawn = bootstrap_sums(both, resamples=resamples, seed=seed)
    left_out, counts = leave_one_out(both)
    moved = swapped_sums(other - one, resamples=resamples, seed=seed)
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


def _needed(first: Scored, second: Scored, name: str) -> int | None:
    """Examples that would show the difference in ``name``, from how it varies between examples
    (the spread of its leave-one-out values).
    """
    columns, width = first.columns, len(first.columns)
    left_out, counts = leave_one_out(np.hstack([first.counts, second.counts]))
    metric = next(metric for metric in _shared(first, second) if metric.name == name)
    without = metric.of(columns, left_out[:, width:]) - metric.of(columns, left_out[:, :width])
    n = first.n
    mean = np.average(without, weights=counts)
    spread = (n - 1) * float(np.sqrt(np.average((without - mean) ** 2, weights=counts)))
    value = float(
        metric.of(columns, second.counts.sum(axis=0)) - metric.of(columns, first.counts.sum(axis=0))
    )
    if abs(value) < 1e-9 or spread == 0:
        return None
    return min(examples_needed(value, spread), _LARGEST)


def _judged(comparison: Comparison) -> Comparison:
    """``comparison`` with its outcome and verdict: better or worse only where the corrected
    p-value and the interval agree that the difference is not zero.
    """
    gap = comparison.differences[comparison.metric]
    outcome: Outcome = "unclear"
    if comparison.p_value < ALPHA and gap.low > 0:
        outcome = "better"
    elif comparison.p_value < ALPHA and gap.high < 0:
        outcome = "worse"
    judged = replace(comparison, outcome=outcome)
    return replace(judged, verdict=_verdict(judged))


def _verdict(comparison: Comparison) -> str:
    metric = comparison.metric
    first, second = comparison.first, comparison.second
    gap = comparison.differences[metric]
    digits = 2 if round(gap.value, 2) or comparison.outcome == "unclear" else 4
    numbers = (
        f"{title(metric)} {second.metrics[metric].value:.{digits}f} against "
        f"{first.metrics[metric].value:.{digits}f}, {_signed(gap.value, digits)} "
        f"[{_plain(gap.low, digits)}, {_plain(gap.high, digits)}], n = {comparison.n:,}"
    )
    if comparison.outcome != "unclear":
        return f"{second.name} is {comparison.outcome}: {numbers}."
    if comparison.needed is None:
        return f"No clear difference between {first.name} and {second.name}: {numbers}."
    return (
        f"No clear difference between {first.name} and {second.name}: {numbers}; about "
        f"{_rough(comparison.needed)} examples would be needed to show a difference of this size."
    )


def _plain(value: float, digits: int) -> str:
    written = f"{value:.{digits}f}"
    return written.removeprefix("-") if float(written) == 0 else written.replace("-", "−")


def _signed(value: float, digits: int) -> str:
    written = _plain(value, digits)
    return f"+{written}" if float(f"{value:.{digits}f}") > 0 else written


def _rough(count: int) -> str:
    if count >= _LARGEST:
        return f"{_LARGEST:,} or more"
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"
