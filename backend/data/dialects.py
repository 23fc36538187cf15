"""What a delimited file is written with: what stands between cells and what encloses them."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

DELIMITERS: Final = "\t,;|"
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_SAMPLE: Final = 200
"""Lines that are looked at."""

_ENCLOSED: Final = 0.3
"""The share of lines with an enclosed cell from which a mark is taken for an enclosing one."""


class Reader(Protocol):
    """What ``csv.reader`` gives: records, and how many lines it has read for them."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True)
class Dialect:
    """``quote`` is "" where nothing encloses cells; ``escape`` is "" or a backslash."""

    delimiter: str
    quote: str
    escape: str = ""

    def cells(self, lines: Iterable[str], *, strict: bool) -> list[list[str]]:
        """The records in ``lines``; raises ``csv.Error``."""
        return list(self.reader(lines, strict=strict))

    def reader(self, lines: Iterable[str], *, strict: bool) -> "Reader":
        """Python's reader of ``lines``, told of this dialect."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            strict=strict,
        )


def sep_line(text: str) -> str:
    """The delimiter that Excel's own first line ``sep=;`` names; "" where there is none."""
    match = _SEP_LINE.fullmatch(text.split("\n", 1)[0])
    return match[1] if match else ""


def dialect_of(text: str, *, delimiter: str = "", named: bool = False) -> Dialect | None:
    """The dialect in which most records are equally wide; None where the text is no table.

    ``delimiter`` is known already where a line of the file says it, ``named`` says that the file's
    name calls it a table.
    """
    lines = [line for line in text[:400_000].split("\n")[:_SAMPLE] if line.strip()]
    best: tuple[float, Dialect] | None = None
    for candidate in [delimiter] if delimiter else DELIMITERS:
        quote, escape, encloses = _quoting(lines, candidate)
        dialect = Dialect(candidate, quote, escape)
        # Whatever stands beside quotation marks is a delimiter most likely.
        share = _agreement(lines, dialect) + 0.05 * encloses
        if share and (best is None or share > best[0] + 0.02):
            best = (share, dialect)
    if best is None or best[0] < (0.3 if delimiter or named else 0.6):
        return None
    return best[1]


def _quoting(lines: list[str], delimiter: str) -> tuple[str, str, bool]:
    """The enclosing mark of cells, what escapes it inside of them, and whether many cells are
    enclosed.
    """
    d = re.escape(delimiter)
    shares = {
        mark: sum(
            re.search(rf"(?:^|{d}){mark}[^{d}]*(?:{mark}(?:{d}|$)|{d})", line) is not None
            for line in lines
        )
        / max(len(lines), 1)
        for mark in "\"'"
    }
    closed = sum(re.search(rf"'(?:{d}|$)", line) is not None for line in lines)
    if shares["'"] > max(_ENCLOSED, shares['"']) and closed > _ENCLOSED * len(lines):
        return "'", "", True
    # In tab-separated files such as GLUE's, quotes are letters like others.
    if delimiter == "\t" and shares['"'] <= _ENCLOSED:
        return "", "", False
    return '"', _escape(lines, delimiter), shares['"'] > _ENCLOSED


def _escape(lines: list[str], delimiter: str) -> str:
    """A backslash, where more lines can be read with it than without; a text may end in one."""
    suspect = [line for line in lines if '\\"' in line]
    sound = {
        escape: sum(_is_sound(line, Dialect(delimiter, '"', escape)) for line in suspect)
        for escape in ("", "\\")
    }
    return "\\" if sound["\\"] > sound[""] else ""


def _is_sound(line: str, dialect: Dialect) -> bool:
    try:
        return bool(dialect.cells([line], strict=True))
    except csv.Error:
        return False


def _agreement(lines: list[str], dialect: Dialect) -> float:
    """The share of records that have the most frequent width above one; a first line of that width
    counts for a tenth more, because it names the columns.
    """
    try:
        rows = [row for row in dialect.cells([f"{line}\n" for line in lines], strict=False) if row]
    except csv.Error:
        return 0.0
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    share = max(count / len(rows), _by_line(lines, dialect, width))
    return share + 0.1 * (len(rows[0]) == width)


def _by_line(lines: list[str], dialect: Dialect, width: int) -> float:
    """The same share with every line for itself: one stray mark swallows all others above."""
    count = 0
    for line in lines:
        try:
            count += len(dialect.cells([line], strict=False)[0]) == width
        except (csv.Error, IndexError):
            continue
    return count / len(lines)
