"""Records out of the lines of a delimited file, none of them lost without a word.

Python's own reader does the splitting, as it does under pandas; what a stray mark would make it
swallow is read again line by line, and said.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from backend.data.dialects import Dialect

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Record:
    """The cells of one record, the line on which it begins (from 1), and that line as it is;
    ``mended`` says what was put right in it, "" where nothing was.
    """

    line: int
    cells: list[str]
    raw: str = ""
    mended: str = ""


def records(lines: Sequence[str], dialect: Dialect, width: int = 0) -> Iterator[Record]:
    """All records that are not empty, in order; ``width`` is how many cells most have, where that
    is known.
    """
    at = 0
    while at < len(lines):
        begin = at
        reader = dialect.reader((f"{line}\n" for line in islice(lines, begin, None)), strict=True)
        try:
            for cells in reader:
                end = begin + reader.line_num
                if end - at > 1 and _swallowed(lines[at:end], dialect, width):
                    raise csv.Error("swallowed")
                if any(cell.strip() for cell in cells):
                    yield Record(at + 1, cells, lines[at])
                at = end
        except csv.Error:
            yield Record(at + 1, _mended(lines[at], dialect, width), lines[at], "stray quote")
            at += 1


def _swallowed(lines: Sequence[str], dialect: Dialect, width: int) -> bool:
    """Whether what looks like one cell of many lines is many records after a stray mark."""
    inner = lines[1:-1] if len(lines) > 2 else lines[1:]
    if width < 2 or len(lines) < 3:
        return False
    whole = sum(line.count(dialect.delimiter) == width - 1 for line in inner)
    # In prose the text between two delimiters varies; the last cells of records are labels, which
    # come again and again.
    last = [line.rpartition(dialect.delimiter)[2].strip() for line in inner]
    return whole > 0.9 * len(inner) and (len(inner) < 3 or len(set(last)) <= len(last) / 2 + 1)


def _mended(line: str, dialect: Dialect, width: int) -> list[str]:
    """The cells of a line whose marks do not pair."""
    quote, d = re.escape(dialect.quote or '"'), re.escape(dialect.delimiter)
    # A mark closes a cell only where a delimiter or the line's end follows it.
    enclosed = rf"{quote}((?:(?!{quote}(?:{d}|$)).)*){quote}(?=$|{d})"
    cells = [
        (match[1].replace(dialect.quote * 2, dialect.quote) if match[1] is not None else match[2])
        for match in re.finditer(rf"(?:^|(?<={d}))(?:{enclosed}|([^{d}]*))(?:{d}|$)", line)
    ]
    plain = line.split(dialect.delimiter)
    return plain if width and len(plain) == width and len(cells) != width else cells
