"""Scores of one model on a hold-out set, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import numpy as np

from backend.evaluation.examples import (
    Entity,
    Examples,
    TaskName,
    Value,
    answers_of,
    examples_of,
    labels,
)
from backend.evaluation.formulas import Array, Metric, Share, Totals
from backend.evaluation.intervals import Interval, bca, wilson, wilson_f1
from backend.evaluation.metrics import (
    named_entities,
    question_answering,
    relation_extraction,
    summarization,
    text_classification,
)
from backend.evaluation.metrics.rows import Rows
from backend.evaluation.resampling import (
    RESAMPLES,
    SEED,
    bootstrap_sums,
    grouped_rows,
    leave_one_out,
)

_TITLES: Final[Mapping[str, str]] = {
    "accuracy": "accuracy",
    "exact": "exact match",
    "f1": "F1",
    "f1_macro": "macro F1",
    "f1_micro": "micro F1",
    "f1_macro_with_other": "macro F1 with Other",
    "f1_macro_directed": "macro F1 of all directed classes",
    "f1_words": "F1 by words",
    "precision_words": "precision by words",
    "recall_words": "recall by words",
    "precision_macro": "macro precision",
    "recall_macro": "macro recall",
    "mcc": "Matthews correlation",
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "rougeLsum": "ROUGE-Lsum",
    "HasAns_exact": "exact match, answerable",
    "HasAns_f1": "F1, answerable",
    "NoAns_exact": "exact match, unanswerable",
    "NoAns_f1": "F1, unanswerable",
    "squad11_exact": "exact match by SQuAD 1.1",
    "squad11_f1": "F1 by SQuAD 1.1",
}


@dataclass(frozen=True)
class Scored:
    """What one model's answers count for: one row an example, in the order of ``ids``.

    ``counts`` is (n, columns); ``scores`` (n,) is how good each answer is, 0..1; ``positive`` is
    the class that a binary F1 is about; ``groups`` are documents that belong together, or empty.
    """

    task: TaskName
    ids: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Array
    scores: Array
    positive: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """The number of examples."""
        return len(self.ids)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The task's metrics, those of a class where that class is there."""
        return metrics_of(self.task, self.columns, self.counts.sum(axis=0), self.positive)

    @property
    def primary(self) -> str:
        """The metric that a verdict is about."""
        if self.task == "text_classification":
            return f"f1/{self.positive}" if self.positive is not None else "f1_macro"
        return {
            "named_entities": "f1",
            "question_answering": "f1",
            "relation_extraction": "f1_macro",
            "summarization": "rougeL",
        }[self.task]

    def values(self) -> dict[str, float]:
        """Every metric's value."""
        totals = self.counts.sum(axis=0)
        return {metric.name: float(metric.of(self.columns, totals)) for metric in self.metrics}

    def aligned(self, columns: Sequence[str]) -> "Scored":
        """The same with ``columns``, of which those not counted here are zero."""
        place = {name: at for at, name in enumerate(self.columns)}
        counts = np.zeros((self.n, len(columns)))
        for at, name in enumerate(columns):
            if name in place:
                counts[:, at] = self.counts[:, place[name]]
        return replace(self, columns=tuple(columns), counts=counts)

    def units(self) -> Array:
        """The rows that are resampled: one an example, or one a group."""
        return grouped_rows(self.counts, list(self.groups)) if self.groups else self.counts


def score(
    examples: Examples,
    predicted: Sequence[Value],
    *,
    positive: str | None = None,
    by_group: bool = False,
) -> Scored:
    """What ``predicted``, in the order of ``examples``, counts for.

    ``positive`` names the class of a binary F1; ``by_group`` says that examples of one group
    depend on each other (questions on one text), so that intervals are drawn over groups.
    Raises ``InputError`` where no example is of the class ``positive``.
    """
    if len(predicted) != len(examples.ids):
        raise ValueError("one prediction for each example")
    if examples.task == "text_classification":
        gold, answers = labels(examples.gold), labels(predicted)
        positive = text_classification.positive_label(gold, answers, positive)
    else:
        positive = None
    rows = _rows(examples, predicted)
    groups: tuple[str, ...] = ()
    if by_group and any(examples.groups):
        # An example without a group is one of its own.
        named = zip(examples.groups, examples.ids, strict=True)
        groups = tuple(group or f"\0{name}" for group, name in named)
    return Scored(
        examples.task, examples.ids, rows.columns, rows.counts, rows.scores, positive, groups
    )


def _rows(examples: Examples, predicted: Sequence[Value]) -> Rows:
    task = examples.task
    if task == "text_classification":
        return text_classification.rows(labels(examples.gold), labels(predicted))
    if task == "relation_extraction":
        return relation_extraction.rows(labels(examples.gold), labels(predicted))
    if task == "named_entities":
        gold, found = (
            cast("Sequence[Sequence[Entity]]", values) for values in (examples.gold, predicted)
        )
        return named_entities.rows(gold, found, examples.texts)
    accepted = cast("Sequence[Sequence[str]]", examples.gold)
    if task == "question_answering":
        return question_answering.rows(accepted, labels(predicted))
    return summarization.rows(accepted, labels(predicted))


def metrics_of(
    task: TaskName, columns: Sequence[str], totals: Array, positive: str | None
) -> tuple[Metric, ...]:
    """The metrics that ``columns`` with these ``totals`` allow."""
    if task == "text_classification":
        return text_classification.metrics(columns, positive)
    if task == "relation_extraction":
        return relation_extraction.metrics(columns)
    if task == "named_entities":
        return named_entities.metrics(columns)
    if task == "question_answering":
        there = Totals(columns, totals)
        return question_answering.metrics(
            columns, has=bool(there["has"] > 0), no=bool(there["no"] > 0)
        )
    return summarization.metrics(columns)


def intervals(
    scored: Scored,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    drawn: Array | None = None,
) -> dict[str, Interval]:
    """Every metric with its 95 % interval.

    Wilson's for shares of examples; the BCa bootstrap over examples (or groups) for the rest, from
    ``drawn`` (the totals of each resample) where that is there already.
    """
    units = scored.units()
    totals = units.sum(axis=0)
    grouped = bool(scored.groups)
    found: dict[str, Interval] = {}
    needed = any(metric.share is None or grouped for metric in scored.metrics)
    if drawn is None:
        drawn = bootstrap_sums(units, resamples=resamples, seed=seed) if needed else totals
    left_out, counts = leave_one_out(units) if needed else (totals, totals)
    for metric in scored.metrics:
        if metric.share is not None and not grouped:
            found[metric.name] = _of_share(metric.share, scored.columns, totals)
            continue
        value = float(metric.of(scored.columns, totals))
        estimate = bca(
            value,
            metric.of(scored.columns, drawn),
            metric.of(scored.columns, left_out),
            counts,
        )
        least = -1.0 if metric.name == "mcc" else 0.0
        found[metric.name] = _never_certain(estimate, len(units), least)
    return found


def _of_share(share: Share, columns: Sequence[str], totals: Array) -> Interval:
    named = Totals(columns, totals)
    estimate = wilson_f1 if share.as_f1 else wilson
    return estimate(float(share.successes(named)), float(share.trials(named)))


def _never_certain(estimate: Interval, n: int, least: float) -> Interval:
    """Resampling examples that are all alike (perfect, hopeless, or only one) shows no spread,
    which is no proof: the limits are then those of a share of that size in ``n``, for a metric
    that goes from ``least`` to 1.
    """
    if estimate.low < estimate.high or not least <= estimate.value <= 1:
        return estimate
    width = 1.0 - least
    share = wilson((estimate.value - least) / width * n, n)
    return Interval(estimate.value, least + width * share.low, least + width * share.high)


def title(metric: str) -> str:
    """A metric's name for people: "f1/PER" is "F1 of PER"."""
    kind, slash, label = metric.partition("/")
    name = _TITLES.get(kind, kind)
    return f"{name} of {label}" if slash else name


def score_rows(
    task: TaskName,
    gold: Sequence[Mapping[str, Any]],
    predicted: Sequence[Mapping[str, Any]],
    *,
    positive: str | None = None,
) -> dict[str, float]:
    """Every metric's value for ``gold`` and ``predicted`` in the same order, without ids.

    Raises ``InputError`` for rows that cannot be scored.
    """
    found = examples_of(task, [{**row, "id": place} for place, row in enumerate(gold)])
    answers = answers_of(found, [{**row, "id": place} for place, row in enumerate(predicted)])
    return score(found, answers, positive=positive).values()
