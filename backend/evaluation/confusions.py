"""The confusion tables of two models for a report, rare classes under one name."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from backend.evaluation.examples import Examples, Value, labels
from backend.evaluation.markup import FIRST, SECOND, WORSE, matrix, tint

_MOST: Final = 10
_OTHERS: Final = "other classes"
_WITH_CLASSES: Final = frozenset({"text_classification", "relation_extraction"})

Counts = tuple[tuple[int, ...], ...]


class Confusions(NamedTuple):
    """The classes, and of either model how often each (row: right) was taken for each (column)."""

    names: tuple[str, ...]
    first: Counts
    second: Counts


def confusions(
    examples: Examples, answers: tuple[Sequence[Value], Sequence[Value]]
) -> Confusions | None:
    """Those of both models' ``answers``; None for tasks without classes, or without answers."""
    if examples.task not in _WITH_CLASSES or not all(answers):
        return None
    found = [labels(one) for one in (examples.gold, *answers)]
    ranked = [name for name, _ in Counter(name for one in found for name in one).most_common()]
    kept = ranked if len(ranked) <= _MOST + 1 else ranked[:_MOST]
    names = (*sorted(kept), *((_OTHERS,) if len(kept) < len(ranked) else ()))
    place = {name: at for at, name in enumerate(names)}
    gold, first, second = ([place.get(name, len(kept)) for name in one] for one in found)
    return Confusions(names, *(_counts(gold, one, len(names)) for one in (first, second)))


def _counts(gold: Sequence[int], answered: Sequence[int], size: int) -> Counts:
    pairs = Counter(zip(gold, answered, strict=True))
    return tuple(tuple(pairs[row, column] for column in range(size)) for row in range(size))


def matrices(found: Confusions, models: tuple[str, str]) -> str:
    """Both tables and their difference as HTML."""
    drawn = []
    for name, counts, ink in zip(models, (found.first, found.second), (FIRST, SECOND), strict=True):
        written = [[f"{count:,}" if count else "" for count in row] for row in counts]
        inked = [[tint(ink, 0.6 * count / max(sum(row), 1)) for count in row] for row in counts]
        drawn.append(matrix(name, found.names, written, inked))
    return f'<div class="matrices">{"".join(drawn)}{_difference(found)}</div>'


def _difference(found: Confusions) -> str:
    gaps = [
        [now - was for was, now in zip(*rows, strict=True)]
        for rows in zip(found.first, found.second, strict=True)
    ]
    most = max((abs(gap) for row in gaps for gap in row), default=0) or 1
    written = [[f"{gap:+,}".replace("-", "−") if gap else "" for gap in row] for row in gaps]
    inked = [
        [
            tint(SECOND if (gap > 0) == (row == column) else WORSE, 0.5 * abs(gap) / most)
            for column, gap in enumerate(line)
        ]
        for row, line in enumerate(gaps)
    ]
    return matrix("Difference (green better, red worse)", found.names, written, inked)
