"""Resampling of examples: draws weights, and multiplies them with the examples' rows.

Everything here is exact: examples with equal rows are drawn together, as one multinomial (or
binomial) number, where that saves work; where nearly all rows differ, one by one. 100,000 rows
that all differ, resampled 10,000 times, take some seconds on one core; with equal rows (labels
right or wrong) it is milliseconds. A seed fixes every number.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from backend.evaluation.formulas import Array

RESAMPLES: Final = 10_000
SEED: Final = 20_100
_WORTH_GROUPING: Final = 20
"""A multinomial number costs about as much as drawing this many examples one by one."""
_CELLS: Final = 4_000_000
"""The largest block of weights at a time, 16 or 32 MB: one product of matrices for all of it."""
_CACHED: Final = 50_000
"""The block that stays in a processor's cache, where weights are drawn one example at a time."""
_WHOLE: Final = float(2**24)
"""Whole numbers below it are exact in 32 bits, in which products of matrices take half the time."""


def distinct(rows: Array) -> tuple[Array, Array]:
    """The different rows of ``rows`` (n, k), and how often each is there (whole numbers)."""
    if not len(rows):
        return rows, np.zeros(0)
    # Sorting one random projection is far quicker than sorting rows; it is checked below.
    key = rows @ np.random.default_rng(SEED).random(rows.shape[1])
    _, first, inverse, counts = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    if not np.array_equal(rows[first][inverse], rows):
        unique, counts = np.unique(rows, axis=0, return_counts=True)
        return unique, counts.astype(np.float64)
    return rows[first], counts.astype(np.float64)


def bootstrap_sums(rows: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Totals of ``resamples`` samples drawn with replacement from ``rows`` (n, k): (resamples, k).

    Efron's bootstrap: the weights of the examples are multinomial (n; 1/n, …, 1/n).
    """
    rng = np.random.default_rng(seed)
    n = len(rows)
    unique, counts = distinct(rows)
    sums = np.empty((resamples, rows.shape[1]))
    if not grouped(rows, unique):
        values = _narrow(rows)
        for part in _parts(resamples, n):
            sums[part] = _drawn_one_by_one(rng, part.stop - part.start, n, values.dtype) @ values
        return sums
    for part in _parts(resamples, len(unique)):
        weights = rng.multinomial(n, counts / n, size=part.stop - part.start)
        sums[part] = weights.astype(np.float64) @ unique
    return sums


def grouped(rows: Array, unique: Array) -> bool:
    """Whether equal ``rows`` are drawn together, as the multiples of ``unique`` that they are."""
    return len(unique) * _WORTH_GROUPING <= len(rows)


def _narrow(rows: Array) -> NDArray[np.floating[Any]]:
    """``rows`` in 32 bits where every total of a resample is exact in them."""
    exact = np.array_equal(rows, np.rint(rows)) and np.abs(rows).max() * len(rows) < _WHOLE
    return rows.astype(np.float32) if exact else rows


def _drawn_one_by_one(
    rng: np.random.Generator, size: int, n: int, kind: np.dtype[Any]
) -> NDArray[np.floating[Any]]:
    """How often each of ``n`` examples is in each of ``size`` resamples: (size, n)."""
    weights = np.empty((size, n), kind)
    for part in _parts(size, n, cells=_CACHED):
        many = part.stop - part.start
        # Each resample counts in cells of its own.
        drawn = rng.integers(0, n, size=(many, n)) + n * np.arange(many)[:, np.newaxis]
        weights[part] = np.bincount(drawn.ravel(), minlength=many * n).reshape(many, n)
    return weights


def swapped_sums(changes: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Totals of those rows of ``changes`` (n, k) that a fair coin chose: (resamples, k).

    With ``changes`` as one model's rows less the other's, this is what the totals move by when
    the two models' answers are exchanged at random, example by example.
    """
    rng = np.random.default_rng(seed)
    rows = changes[np.any(changes != 0, axis=1)]
    sums = np.zeros((resamples, changes.shape[1]))
    if not len(rows):
        return sums
    unique, counts = distinct(rows)
    together = grouped(rows, unique)
    values = unique if together else _narrow(rows)
    for part in _parts(resamples, len(values)):
        size = part.stop - part.start
        if together:
            weights = rng.binomial(counts.astype(np.int64), 0.5, size=(size, len(unique)))
            sums[part] = weights.astype(np.float64) @ values
        else:
            coins = np.unpackbits(np.frombuffer(rng.bytes(size * (len(rows) // 8 + 1)), np.uint8))
            coins = coins.reshape(size, -1)[:, : len(rows)]
            sums[part] = coins.astype(values.dtype) @ values
    return sums


def leave_one_out(rows: Array) -> tuple[Array, Array]:
    """The totals without each of the different rows, and how many examples have that row."""
    unique, counts = distinct(rows)
    return rows.sum(axis=0) - unique, counts


def grouped_rows(rows: Array, groups: list[str]) -> Array:
    """One row a group (a document, a context), so that whole groups are resampled."""
    _, inverse = np.unique(np.array(groups), return_inverse=True)
    sums = np.zeros((int(inverse.max()) + 1, rows.shape[1]))
    np.add.at(sums, inverse, rows)
    return sums


def _parts(resamples: int, width: int, *, cells: int = _CELLS) -> list[slice]:
    step = max(1, cells // max(width, 1))
    return [slice(at, min(at + step, resamples)) for at in range(0, resamples, step)]
