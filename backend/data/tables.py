"""Rows with named columns, from whatever file; which column means what is another matter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from backend.data.errors import FormatError

Row = Mapping[str, Any]

MAX_COLUMNS: Final = 1_000


@dataclass(frozen=True)
class LeftOut:
    """A row that no example is made of: where it stands ("line 32"), why, and how it begins."""

    place: str
    reason: str
    text: str = ""

    @property
    def sentence(self) -> str:
        """Place and reason."""
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True)
class Table:
    """Rows with the names of their columns; ``format`` in words, ``header`` whether the names are
    the file's own, ``left_out`` what could not be read as a row, ``notes`` what was mended,
    ``meanings`` by column what its numbers stand for.
    """

    format: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    header: bool = True
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def columns_of(rows: Sequence[Row], name: str) -> tuple[str, ...]:
    """The columns of all ``rows`` in the order in which they come; raises ``FormatError`` where
    there are too many for a table.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(map(str, row))
        require_few(len(counts), name)
    return tuple(counts)


def require_few(columns: int, name: str) -> None:
    """Raises ``FormatError`` for more columns than a table of examples has."""
    if columns > MAX_COLUMNS:
        raise FormatError(
            f"{name} has more than {MAX_COLUMNS:,} columns: keep the few that hold texts and "
            "labels."
        )


def named(format: str, rows: Sequence[Sequence[Any]], *, header: bool) -> Table:  # noqa: A002
    """The table of ``rows`` of equal length, the first of which names the columns with
    ``header``; columns without a name are numbered, those without anything in them left out.
    """
    width = max((len(row) for row in rows), default=0)
    numbered = [f"column {at}" for at in range(1, width + 1)]
    names = numbered
    if header:
        given = [str(cell).strip().strip("\ufeff") for cell in rows[0]]
        names = _distinct([name or numbered[at] for at, name in enumerate(given)])
    body = rows[1:] if header else rows
    named_ones = {at for at in range(width) if names[at] != numbered[at] or not header}
    used = named_ones | {at for row in body for at in range(len(row)) if str(row[at]).strip()}
    places = [at for at in range(width) if at in used]
    return Table(
        f"{format} {'with' if header else 'without'} a header",
        tuple(names[at] for at in places),
        [{names[at]: row[at] for at in places if at < len(row)} for row in body],
        header=header,
    )


def _distinct(names: Sequence[str]) -> list[str]:
    """``names``, each that comes again with a number."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return made
