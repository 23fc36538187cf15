"""Tables as a reader of prose can read them: each cell behind the name of its column.

A row ``Guelph | 380 | 1998`` below ``Plant | Staff | Opened`` is read as ``Guelph; Staff: 380;
Opened: 1998``. Answers keep their places in the text as it was given. No torch here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CELL_BREAK = re.compile(r"\s*\|\s*")
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")  # the line below the names of a Markdown table's columns
LONGEST_NAME = 40  # characters of a column's name that are repeated in each row


@dataclass(frozen=True)
class Reading:
    """A text to be read in another's place; ``origins[i]`` is where its character ``i`` stands in
    the other, None for what was added.
    """

    text: str
    origins: list[int | None]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where ``start`` to ``end`` stand in the other text, None where some of it was added."""
        first, last = self.origins[start], self.origins[end - 1]
        if end <= start or first is None or last is None:
            return None
        return first, last + 1


def reading(text: str) -> Reading:
    """``text`` with the rows of its tables spelled out; the rest as it is."""
    written: list[str] = []
    origins: list[int | None] = []

    def keep(start: int, end: int) -> None:
        written.append(text[start:end])
        origins.extend(range(start, end))

    def add(words: str) -> None:
        written.append(words)
        origins.extend([None] * len(words))

    names: list[str] = []
    for start, end in _lines(text):
        cells = _cells(text, start, end)
        if names and len(cells) != len(names):  # its outer cells may be empty
            whole = _cells(text, start, end, outer=True)
            cells = whole if len(whole) == len(names) else cells
        if len(cells) < 2:
            names = []
            keep(start, end)
        elif _RULE.fullmatch(text, start, end):
            add("\n")
        elif len(names) != len(cells):
            names = [text[a:b][:LONGEST_NAME] for a, b in cells]
            keep(start, end)
        else:
            for column, (first, last) in enumerate(cells):
                if last > first:
                    add("; " if column else "")
                    add(f"{names[column]}: " if column and names[column] else "")
                    keep(first, last)
            add(".\n")
    return Reading("".join(written), origins)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Each line with its line break."""
    at = 0
    while at < len(text):
        found = text.find("\n", at)
        end = len(text) if found < 0 else found + 1
        yield at, end
        at = end


def _cells(text: str, start: int, end: int, *, outer: bool = False) -> list[tuple[int, int]]:
    """Characters of the cells of a line, without the blanks around them; one where it is no row.

    Bars at its ends are a frame, as in Markdown, unless ``outer`` says that they have cells before
    and behind them; so they have where only one end has one.
    """
    line = text[start:end].strip()
    if "|" not in line:
        return []
    framed = not outer and line.startswith("|") == line.endswith("|")
    edge = "|" if framed else ""
    while start < end and (text[start].isspace() or text[start] == edge):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == edge):
        end -= 1
    cells, at = [], start
    for match in _CELL_BREAK.finditer(text, start, end):
        cells.append((at, match.start()))
        at = match.end()
    return [*cells, (at, end)]
