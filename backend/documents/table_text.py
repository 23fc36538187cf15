"""Rows of cells to lines of text: every cell keeps its column, also where others are empty."""

from collections.abc import Sequence
from typing import Final

CELL: Final = " | "
_LONG: Final = 300
"""Characters of a cell of several paragraphs from which a table only lays out a page."""


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """The rows as lines, cells side by side; columns and rows that are empty all through go.

    A table that lays out a page, with long texts or other tables in its cells, gives their blocks
    one after the other.

    >>> table_text([["Firm", "Q1", "Q2"], ["Acme", "", "500"]])
    'Firm | Q1 | Q2\\nAcme |  | 500'
    """
    filled = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    width = max(map(len, filled), default=0)
    columns = [at for at in range(width) if any(at < len(row) and row[at] for row in filled)]
    lines, blocks = [], False
    for row in filled:
        cells = [row[at] for at in columns if at < len(row)]
        if len(columns) == 1 or len(row) == 1 or any(map(_lays_out, cells)):
            lines.append("\n\n".join(cell for cell in cells if cell))
            blocks = blocks or "\n\n" in lines[-1]
        else:
            lines.append(CELL.join(" ".join(cell.split()) for cell in cells).rstrip(" "))
    return ("\n\n" if blocks else "\n").join(lines)


def _lays_out(cell: str) -> bool:
    return CELL in cell or ("\n\n" in cell and len(cell) > _LONG)
