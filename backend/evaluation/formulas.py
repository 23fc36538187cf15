"""Metrics as functions of column totals, which is what makes them cheap to resample.

Each example contributes one row of counts (the sufficient statistics of its task's metrics), a
metric reads the totals of the columns, and a bootstrap is then the product of a matrix of weights
with the rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Totals:
    """Column totals by name; each is an array with one element a resample."""

    def __init__(self, columns: Sequence[str], sums: Array) -> None:
        """``sums`` has the shape (…, number of columns)."""
        self._place = {name: place for place, name in enumerate(columns)}
        self._sums = sums

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self._sums[..., self._place[name]], dtype=np.float64)

    def stacked(self, names: Iterable[str]) -> Array:
        """Several columns, in the last axis."""
        return np.asarray(self._sums[..., [self._place[name] for name in names]], dtype=np.float64)


Formula = Callable[[Totals], Array]


@dataclass(frozen=True)
class Share:
    """A metric that is a share of trials, each at most once an example: its interval is Wilson's.

    ``as_f1`` says that the metric is 2p / (1 + p) of that share p: the F1 of one class, whose
    trials are the examples that are of the class or were taken for it.
    """

    successes: Formula
    trials: Formula
    as_f1: bool = False


@dataclass(frozen=True)
class Metric:
    """One metric by name; ``share`` where it is a plain share of trials."""

    name: str
    formula: Formula
    share: Share | None = None

    def of(self, columns: Sequence[str], sums: Array) -> Array:
        """The metric for each row of totals in ``sums``."""
        return self.formula(Totals(columns, sums))


def divide(above: Array, below: Array) -> Array:
    """``above / below``, 0 where ``below`` is 0 (as scikit-learn and seqeval have it)."""
    empty = below == 0
    return np.where(empty, 0.0, above / np.where(empty, 1.0, below))


def ratio(above: str, below: str) -> Formula:
    """The total of one column over that of another."""
    return lambda totals: divide(totals[above], totals[below])


def share(name: str, right: str, of: str = "n") -> Metric:
    """The share of column ``right`` in column ``of``, both 0 or 1 an example."""
    return Metric(
        name, ratio(right, of), Share(lambda totals: totals[right], lambda totals: totals[of])
    )


HIT: Final = "hit/"
FOUND: Final = "found/"
GOLD: Final = "gold/"
"""A class's columns: rightly found, found at all, there to be found."""


def class_columns(label: str) -> tuple[str, str, str]:
    """The columns of one class: right, found, gold."""
    return HIT + label, FOUND + label, GOLD + label


def class_labels(columns: Sequence[str]) -> tuple[str, ...]:
    """The classes that ``columns`` count, in order."""
    return tuple(name.removeprefix(GOLD) for name in columns if name.startswith(GOLD))


def f1_of(hit: Array, found: Array, gold: Array) -> Array:
    """2 hit / (found + gold): the harmonic mean of precision and recall."""
    return divide(2 * hit, found + gold)


def f1(label: str) -> Formula:
    """The F1 of one class."""
    hit, found, gold = class_columns(label)
    return lambda totals: f1_of(totals[hit], totals[found], totals[gold])


def macro(
    labels: Sequence[str], kind: str = "f1", *, gold_only: bool = False, prefix: str = ""
) -> Formula:
    """The plain mean over the classes of ``f1``, ``precision`` or ``recall``.

    Counted are the classes that occur in gold or answer (scikit-learn), or in gold alone
    (SemEval's scorer) where ``gold_only``. ``prefix`` stands before the names of the columns.
    """

    def formula(totals: Totals) -> Array:
        hit = totals.stacked(prefix + HIT + label for label in labels)
        found = totals.stacked(prefix + FOUND + label for label in labels)
        gold = totals.stacked(prefix + GOLD + label for label in labels)
        scores = {
            "f1": lambda: f1_of(hit, found, gold),
            "precision": lambda: divide(hit, found),
            "recall": lambda: divide(hit, gold),
        }[kind]()
        occurs = (gold if gold_only else gold + found) > 0
        return divide(np.where(occurs, scores, 0.0).sum(-1), occurs.sum(-1).astype(np.float64))

    return formula


def micro(labels: Sequence[str], kind: str) -> Formula:
    """``precision``, ``recall`` or ``f1`` of the classes' counts taken together."""

    def formula(totals: Totals) -> Array:
        hit = totals.stacked(HIT + label for label in labels).sum(-1)
        found = totals.stacked(FOUND + label for label in labels).sum(-1)
        gold = totals.stacked(GOLD + label for label in labels).sum(-1)
        if kind == "precision":
            return divide(hit, found)
        return divide(hit, gold) if kind == "recall" else f1_of(hit, found, gold)

    return formula


def matthews(labels: Sequence[str]) -> Formula:
    """Matthews' correlation for any number of classes (Gorodkin 2004, R_K); 0 where undefined."""

    def formula(totals: Totals) -> Array:
        found = totals.stacked(FOUND + label for label in labels)
        gold = totals.stacked(GOLD + label for label in labels)
        n, right = totals["n"], totals["right"]
        covariance = right * n - (found * gold).sum(-1)
        spread = (n**2 - (found**2).sum(-1)) * (n**2 - (gold**2).sum(-1))
        return divide(covariance, np.sqrt(np.maximum(spread, 0.0)))

    return formula
