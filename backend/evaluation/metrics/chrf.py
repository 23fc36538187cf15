"""chrF (Popović 2015): how alike two texts are by runs of up to six letters, in any script."""

from collections import Counter
from typing import Final

_LONGEST: Final = 6
_BETA: Final = 2.0
"""Recall counts for twice as much as precision, as in chrF2."""


def chrf(reference: str, summary: str) -> float:
    """The F-measure, from 0 to 1, of runs of 1 to 6 characters, blanks left away.

    >>> chrf("Привет, мир", "Привет, мир")
    1.0
    """
    wanted, given = "".join(reference.split()), "".join(summary.split())
    found = []
    for size in range(1, _LONGEST + 1):
        one, other = _runs(wanted, size), _runs(given, size)
        if one and other:
            hits = (one & other).total()
            found.append((hits / other.total(), hits / one.total()))
    if not found:
        return 0.0
    precision = sum(one for one, _ in found) / len(found)
    recall = sum(other for _, other in found) / len(found)
    if not precision + recall:
        return 0.0
    squared = _BETA * _BETA
    return (1 + squared) * precision * recall / (squared * precision + recall)


def _runs(text: str, size: int) -> Counter[str]:
    return Counter(text[at : at + size] for at in range(len(text) - size + 1))
