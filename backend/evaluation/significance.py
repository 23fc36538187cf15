"""Is a difference between two models on the same examples more than chance?"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np

from backend.evaluation.formulas import Array

ALPHA: Final = 0.05
POWER: Final = 0.8
"""How often a difference that is there is to be seen."""
FEWEST_GROUPS: Final = 1 + math.ceil(math.log2(1 / ALPHA))
"""Answers of n groups can be exchanged in 2**n ways, and a way and its reverse differ by as much:
no difference over fewer groups has a p-value below ``ALPHA``.
"""
_TIE: Final = 1e-12


def mcnemar(only_one: int, only_other: int) -> float:
    """McNemar's exact two-sided p-value.

    ``only_one`` and ``only_other`` count the examples that just one of the two models has right;
    by chance each falls either way like a fair coin.
    """
    n = only_one + only_other
    if n == 0:
        return 1.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    few = np.arange(min(only_one, only_other) + 1)
    tail = np.exp(logs[n] - logs[few] - logs[n - few] - n * math.log(2)).sum()
    return min(1.0, 2 * float(tail))


def permutation(observed: float, exchanged: Array) -> float:
    """Two-sided p-value of a difference, against those after exchanging answers at random.

    The observed arrangement counts as one of them, so that p is never 0 (Phipson and Smyth 2010).
    """
    extreme = np.count_nonzero(np.abs(exchanged) >= abs(observed) - _TIE)
    return (1 + int(extreme)) / (1 + len(exchanged))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction (1979): adjusted p-values, in the order given.

    With them, the chance of one false alarm or more among all comparisons stays at ``ALPHA``.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return tuple(adjusted)


def examples_needed(
    difference: float, spread: float, *, alpha: float = ALPHA, power: float = POWER
) -> int:
    """How many examples show a mean difference of ``difference`` with ``power``.

    ``spread`` is the standard deviation of the paired difference of one example; for two shares
    whose answers disagree in a share d of the examples it is sqrt(d - difference²).
    n = ((z_{1-alpha/2} + z_{power}) spread / difference)², the normal approximation.
    """
    if difference == 0:
        raise ValueError("no number of examples shows a difference of zero")
    return max(2, math.ceil((_reach(alpha, power) * spread / abs(difference)) ** 2))


def detectable(spread: float, n: int, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """The smallest mean difference that ``n`` examples show with ``power``: ``examples_needed``
    the other way round.
    """
    return _reach(alpha, power) * spread / math.sqrt(n)


def _reach(alpha: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
