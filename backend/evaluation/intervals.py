"""95 % intervals: Wilson's for shares, the bias-corrected accelerated bootstrap for the rest."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from backend.evaluation.formulas import Array

LEVEL: Final = 0.95
_NORMAL: Final = NormalDist()
_SAME: Final = 1e-12


@dataclass(frozen=True)
class Interval:
    """A value with the interval that holds the true one, at ``LEVEL``."""

    value: float
    low: float
    high: float


def wilson(successes: float, trials: float, *, level: float = LEVEL) -> Interval:
    """The score interval of a share (Wilson 1927); 0 to 1 where nothing was tried."""
    if trials <= 0:
        return Interval(0.0, 0.0, 1.0)
    z = _NORMAL.inv_cdf(0.5 + level / 2)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    half /= 1 + z * z / trials
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(share, min(low, share), max(high, share))


def wilson_f1(hits: float, trials: float, *, level: float = LEVEL) -> Interval:
    """The F1 of one class with its interval: F1 = 2p / (1 + p) grows with the share p of hits
    among the examples that are of the class or were taken for it, which is a plain share.
    """
    found = wilson(hits, trials, level=level)
    value, low, high = (2 * p / (1 + p) for p in (found.value, found.low, found.high))
    return Interval(value, low, high)


def bca(
    value: float, resampled: Array, left_out: Array, counts: Array, *, level: float = LEVEL
) -> Interval:
    """Efron's BCa interval (1987) of a statistic, widened for small samples (Hesterberg 2015).

    ``resampled`` are its bootstrap values, ``left_out`` (d,) its values without one example, each
    standing for ``counts`` examples. Where all resampled values are equal there is no width.
    """
    n = float(counts.sum())
    below = np.count_nonzero(resampled < value - _SAME)
    equal = np.count_nonzero(np.abs(resampled - value) <= _SAME)
    share = (below + equal / 2) / len(resampled)
    bias = _NORMAL.inv_cdf(min(max(share, 0.5 / len(resampled)), 1 - 0.5 / len(resampled)))
    pull = _acceleration(left_out, counts)
    # A bootstrap's spread is that of the sample, divided by n instead of n - 1, and its tails are
    # the normal's instead of Student's: both matter below a hundred examples.
    tail = student(0.5 + level / 2, n - 1) * math.sqrt(n / max(n - 1, 1))
    ends = [_NORMAL.cdf(_shifted(bias, z, pull)) for z in (-tail, tail)]
    low, high = (float(limit) for limit in np.quantile(resampled, ends))
    return Interval(value, min(low, value), max(high, value))


def unpaired(first: Interval, second: Interval) -> Interval:
    """``second`` less ``first`` from nothing but the two (Newcombe 1998, method 10): for answers
    that all changed alike, of which resampling shows no spread.
    """
    value = second.value - first.value
    below = math.hypot(second.value - second.low, first.high - first.value)
    above = math.hypot(second.high - second.value, first.value - first.low)
    return Interval(value, value - below, value + above)


def student(probability: float, freedom: float) -> float:
    """Student's quantile by Cornish and Fisher's expansion (three digits from 5 degrees on)."""
    z = _NORMAL.inv_cdf(probability)
    v = max(freedom, 1.0)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3


def _shifted(bias: float, z: float, pull: float) -> float:
    return bias + (bias + z) / max(1 - pull * (bias + z), 1e-3)


def _acceleration(left_out: Array, counts: Array) -> float:
    mean = float(np.average(left_out, weights=counts))
    off = mean - left_out
    squares = float((counts * off**2).sum())
    return float((counts * off**3).sum()) / (6 * squares**1.5) if squares > 1e-18 else 0.0
