"""Lines of a page that are rows of a table, with their cells in columns."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from backend.documents.pdf_layout import Line
from backend.documents.pdf_order import Row
from backend.documents.pdf_words import Piece
from backend.documents.table_text import CELL

_GAP: Final = 1.2
"""Gap in sizes of type from which two pieces of a line are two cells."""
_LEADERS: Final = re.compile(r"(?:\.[ ]?){4}")
_FEWEST_ROWS: Final = 3
_WRAPPED: Final = 1.65
"""Distance of lines in sizes of type up to which a cell may go on in the next line."""
_ALIGNED: Final = 0.6


def lines_of(rows: Sequence[Row]) -> Iterator[Line]:
    """Each row as a line; those of a table with all its columns, empty ones too."""
    split = [_cells(row) for row in rows]
    at = 0
    while at < len(split):
        end = _end_of_table(split, at)
        if end - at >= _FEWEST_ROWS:
            yield from _table(split[at:end])
            at = end
        else:
            yield _line(split[at], starts=len(rows[at]) > 1 and rows[at][0].text.endswith(":"))
            at += 1


def _cells(row: Row) -> list[Piece]:
    """The pieces of a line, joined where only a wide blank or leaders are between them."""
    contents = any(_LEADERS.search(piece.text) for piece in row)
    cells = [Piece(row[0].text, row[0].left, row[0].right, row[0].base, row[0].size)]
    for piece in row[1:]:
        before = cells[-1]
        near = contents or piece.left - before.right < _GAP * max(piece.size, before.size)
        if near or before.text.endswith(":"):  # the name of what follows
            before.text += f" {piece.text}"
            before.right = max(before.right, piece.right)
        else:
            cells.append(Piece(piece.text, piece.left, piece.right, piece.base, piece.size))
    return cells


def _end_of_table(rows: Sequence[list[Piece]], start: int) -> int:
    """Behind the last line from ``start`` on that fits into one table with it."""
    if len(rows[start]) < 2:
        return start
    end, together = start + 1, 1
    while end < len(rows):
        row, size = rows[end], rows[end][0].size
        gap = rows[end - 1][0].base - row[0].base
        if not 0 < gap < 4 * size or not _fits(rows[start:end], row):
            break
        together += len(row) > 1
        end += 1
    while end > start and len(rows[end - 1]) < 2:
        end -= 1
    return end if together >= _FEWEST_ROWS else start


def _fits(rows: Sequence[list[Piece]], row: list[Piece]) -> bool:
    """Whether a row's cells stand in the columns of those above it."""
    columns = _columns(rows)
    overlapped = [
        [n for n, (left, right) in enumerate(columns) if cell.left < right and cell.right > left]
        for cell in row
    ]
    if any(len(over) > 1 for over in overlapped):
        return False
    if len(row) == 1:
        return bool(overlapped[0]) and len(columns) > 1
    return sum(len(over) == 1 for over in overlapped) >= _ALIGNED * len(row)


def _columns(rows: Sequence[list[Piece]]) -> list[tuple[float, float]]:
    """The columns' left and right ends: where cells lie over one another."""
    spans = sorted((cell.left, cell.right) for row in rows for cell in row)
    merged = [spans[0]]
    for left, right in spans[1:]:
        if left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _table(rows: Sequence[list[Piece]]) -> Iterator[Line]:
    columns = _columns(rows)
    texts: list[list[str]] = []
    places: list[Piece] = []
    for before, row in pairwise([rows[0], *rows]):
        cells = [""] * len(columns)
        for piece in row:
            at = next(n for n, (_, right) in enumerate(columns) if piece.left < right)
            cells[at] = f"{cells[at]} {piece.text}".strip()
        close = texts and before[0].base - row[0].base < _WRAPPED * row[0].size
        if close and not cells[0] and texts[-1][0] and not any(map(_is_number, cells)):
            texts[-1] = [f"{a} {b}".strip() for a, b in zip(texts[-1], cells, strict=True)]
        else:
            texts.append(cells)
            places.append(row[0])
    for cells, place in zip(texts, places, strict=True):
        yield Line(CELL.join(cells).rstrip(" "), place.left, place.base, place.size, row=True)


def _is_number(cell: str) -> bool:
    return any(c.isdigit() for c in cell)


def _line(cells: Sequence[Piece], *, starts: bool) -> Line:
    first, last = cells[0], cells[-1]
    text = " ".join(cell.text for cell in cells)
    length = last.right - first.left
    return Line(text, first.left, first.base, first.size, length=length, starts=starts)
