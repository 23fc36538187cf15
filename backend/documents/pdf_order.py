"""The order of reading on a page: columns one after the other, tables row by row.

A column of text is told from a column of a table by what is in it: lines that fill its width with
words. Headings over several columns part the page into bands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from backend.documents.pdf_words import Piece

Row = list[Piece]

_FEWEST_ROWS: Final = 4
"""Lines on both sides of a gutter from which there are columns."""
_FEWEST_STARTS: Final = 3
_STEP: Final = 2.0
"""Points within which lines begin at the same place."""
_MARGIN: Final = 0.5
_FILLED: Final = 0.65
"""Share of a column's width that a full line of running text has."""
_WORDS: Final = 3
_FULL: Final = 0.4
"""Share of full lines from which a column is running text."""
_FEWEST_FULL: Final = 3
_SAME_LINE: Final = 0.25
_WIDE_GAP: Final = 1.35
_DEEPEST: Final = 12


def in_order(rows: Sequence[Row], depth: int = 0) -> Iterator[Row]:
    """The lines of ``rows``, from top to bottom, in the order in which they are read."""
    found = _columns(rows, _are_columns) if depth < _DEEPEST else None
    labelled = _columns(rows, _are_labelled) if depth < _DEEPEST and not found else None
    if not found and not labelled:
        yield from rows
        return
    first, last, gutter = found or labelled or (0, 0, 0.0)
    yield from in_order(rows[:first], depth + 1)
    left = _side(rows[first:last], gutter, left=True)
    right = _side(rows[first:last], gutter, left=False)
    if found:
        yield from in_order(left, depth + 1)
        yield from in_order(right, depth + 1)
    else:
        yield from _with_labels(left, right)
    yield from in_order(rows[last:], depth + 1)


def _with_labels(labels: Sequence[Row], texts: Sequence[Row]) -> Iterator[Row]:
    """Cells of a table, each behind the label that stands at its middle."""
    waiting = list(labels)
    for part in _parts(texts):
        while waiting and waiting[0][0].base > part[-1][0].base - 1:
            yield waiting.pop(0)
        yield from part
    yield from waiting


def _parts(rows: Sequence[Row]) -> list[list[Row]]:
    """Lines between wider gaps than the usual."""
    leading = _leading(rows)
    parts = [[rows[0]]]
    for before, row in pairwise(rows):
        if before[0].base - row[0].base > _WIDE_GAP * leading:
            parts.append([])
        parts[-1].append(row)
    return parts


def _side(band: Sequence[Row], gutter: float, *, left: bool) -> list[Row]:
    sides = [[piece for piece in row if (piece.left < gutter) == left] for row in band]
    return [row for row in sides if row]


def _columns(
    rows: Sequence[Row], fits: Callable[[Sequence[Row], float], bool]
) -> tuple[int, int, float] | None:
    """The longest run of lines with a gutter between two columns that fit: from, to, and where."""
    pieces = [piece for row in rows for piece in row]
    if len(rows) < _FEWEST_ROWS:
        return None
    best: tuple[int, int, float] | None = None
    for at in _edges(pieces):
        for first, last in _runs(rows, at):
            longer = best is None or last - first > best[1] - best[0]
            if longer and fits(rows[first:last], at):
                best = (first, last, at)
    return best


def _edges(pieces: Sequence[Piece]) -> list[float]:
    """Where several lines begin that are not the leftmost: a gutter ends there."""
    starts: defaultdict[int, list[float]] = defaultdict(list)
    for piece in pieces:
        starts[round(piece.left / _STEP)].append(piece.left)
    common = [min(lefts) for lefts in starts.values() if len(lefts) >= _FEWEST_STARTS]
    leftmost = min(piece.left for piece in pieces)
    return [at - _MARGIN for at in sorted(common) if at > leftmost + 2 * _STEP]


def _runs(rows: Sequence[Row], at: float) -> Iterator[tuple[int, int]]:
    """Stretches of lines that leave the place ``at`` free."""
    free = [all(piece.right <= at or piece.left >= at for piece in row) for row in rows]
    edges = [-1, *(n for n, is_free in enumerate(free) if not is_free), len(rows)]
    for before, after in pairwise(edges):
        if after - before > _FEWEST_ROWS:
            yield before + 1, after


def _are_columns(band: Sequence[Row], gutter: float) -> bool:
    sides = [_side(band, gutter, left=True), _side(band, gutter, left=False)]
    return all(_is_prose(side) for side in sides) and not _is_grid(band, sides)


def _are_labelled(band: Sequence[Row], gutter: float) -> bool:
    """Whether running text has labels beside it that stand between its lines."""
    labels, texts = _side(band, gutter, left=True), _side(band, gutter, left=False)
    if not _is_prose(texts) or not labels or len(labels) > 0.6 * len(texts):
        return False
    lines = [row[0].base for row in texts]
    reach = _SAME_LINE * labels[0][0].size
    return any(all(abs(label[0].base - line) > reach for line in lines) for label in labels)


def _is_prose(side: Sequence[Row]) -> bool:
    """Whether lines are running text: many of them fill their column with words."""
    if len(side) < _FEWEST_ROWS:
        return False
    left = min(piece.left for row in side for piece in row)
    right = max(piece.right for row in side for piece in row)
    full = sum(_is_full(row, _FILLED * (right - left)) for row in side)
    return full >= max(_FEWEST_FULL, _FULL * len(side))


def _is_full(row: Row, width: float) -> bool:
    words = [word for piece in row for word in piece.text.split()]
    letters = sum(any(c.isalpha() for c in word) for word in words)
    filled = sum(piece.right - piece.left for piece in row)
    return filled >= width and len(words) >= _WORDS and letters >= 0.7 * len(words)


def _is_grid(band: Sequence[Row], sides: Sequence[Sequence[Row]]) -> bool:
    """Whether a table has sentences in its cells: its rows leave the same gaps in all columns."""
    leading = max(map(_leading, sides))
    gaps = [a[0].base - b[0].base for a, b in pairwise(band)]
    parted = sum(gap > _WIDE_GAP * leading for gap in gaps)
    return parted >= 2 and len(band) <= 5 * (parted + 1)


def _leading(rows: Sequence[Row]) -> float:
    gaps = [a[0].base - b[0].base for a, b in pairwise(rows)]
    usual = [gap for gap in gaps if gap > 0.5 * rows[0][0].size]
    return median(usual) if usual else rows[0][0].size
