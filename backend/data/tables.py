"""Rows out of CSV, TSV, JSON and JSON Lines; which columns mean what is another matter."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from backend.data.errors import FormatError

Row = Mapping[str, Any]

_KNOWN: Final = re.compile(
    r"text|sentence1?|review|content|document|body|comment|utterance|message|article|source|post"
    r"|labels?|class|category|sentiment|target|intent|summary|highlights|abstract|headline|tldr"
    r"|question|context|passage|paragraph|answers?|(answer_)?(start|end)|title|id|idx|index|split"
    r"|tokens|words|(ner_)?tags|entities|head|tail|relation|sequence|group|doc(ument)?_id|topic"
    r"|description|subject"
)
"""What the first row of a table says where it names columns."""

_DELIMITERS: Final = "\t,;|"
_LONGEST_NAME: Final = 40

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Table:
    """Rows with the names of their columns; ``format`` in words, ``header`` whether the names are
    the file's own.
    """

    format: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    header: bool = True


def json_table(text: str, name: str) -> Table | None:
    """The rows in a JSON text or JSON Lines; None where it is neither."""
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        content = json.loads(text)
    except RecursionError:
        raise FormatError(f"{name} is nested too deeply: bring one object a row.") from None
    except ValueError:
        return _json_lines(text, name)
    if isinstance(content, dict):
        content = _only_list(content) or [content]
    return _table_of("JSON", content, name)


def _only_list(content: Mapping[str, Any]) -> list[Any] | None:
    """The rows in an object that holds nothing else: ``{"rows": [{…}, …]}``."""
    only = next(iter(content.values())) if len(content) == 1 else None
    return only if isinstance(only, list) and only and isinstance(only[0], dict) else None


def _table_of(format: str, rows: Any, name: str) -> Table:  # noqa: A002
    if all(isinstance(row, list) for row in rows):
        return _named(format, rows, header=False)
    if not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"{name} is {format}, but not of objects: bring one object a row.")
    return Table(format, _columns(rows), rows)


def _json_lines(text: str, name: str) -> Table:
    rows: list[Any] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (ValueError, RecursionError):
                raise FormatError(
                    f"{name}, line {number} is not JSON: correct that line."
                ) from None
    return _table_of("JSON Lines", rows, name)


def _columns(rows: Sequence[Row]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(map(str, row))
    return tuple(counts)


def delimited_table(text: str, name: str, *, header: bool | None = None) -> Table | None:
    """The rows of a CSV or TSV file; ``header`` says whether the first row names the columns, None
    to find out. None where the text is no table.
    """
    delimiter = _delimiter(text)
    if delimiter is None:
        return None
    rows = _cells(text, delimiter, name)
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width < 2:
        return None
    good = [row for row in rows if len(row) == width]
    if len(good) < 0.9 * len(rows) and not name.casefold().endswith((".csv", ".tsv")):
        return None  # prose with commas
    bad = next((n for n, row in enumerate(rows, 1) if len(row) != width), None)
    if bad is not None and len(good) < 0.9 * len(rows):
        raise FormatError(f"{name}, row {bad} has another number of columns than the others.")
    named = _looks_like_header(good) if header is None else header
    return _named("TSV" if delimiter == "\t" else "CSV", good, header=named)


def _delimiter(text: str) -> str | None:
    """What stands between cells in most of the first lines, equally often."""
    lines = [line for line in text[:200_000].split("\n")[:50] if line.strip()]
    best: tuple[float, str] | None = None
    for delimiter in _DELIMITERS:
        quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        try:
            rows = list(
                csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, quoting=quoting)
            )
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        share = count / max(len(rows), 1)
        if width > 1 and (best is None or share > best[0] + 0.05):
            best = (share, delimiter)
    return best[1] if best and best[0] >= 0.6 else None


def _cells(text: str, delimiter: str, name: str) -> list[list[str]]:
    literal = delimiter == "\t" and not _encloses(text)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if literal else csv.QUOTE_MINIMAL
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting))
    except csv.Error as error:
        raise FormatError(f"{name} cannot be read as a table ({error}).") from error
    return [row for row in rows if any(cell.strip() for cell in row)]


def _encloses(text: str) -> bool:
    """Whether a TSV file puts cells into quotes; in GLUE's, quotes are letters like others."""
    lines = [line for line in text[:100_000].split("\n")[:200] if line]
    quoted = [line for line in lines if re.search(r'(?:^|\t)"[^\t]*"(?:\t|$)', line)]
    return len(quoted) > 0.3 * len(lines)


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    first = [cell.strip().strip("\ufeff").casefold() for cell in rows[0]]
    if any(not cell or len(cell) > _LONGEST_NAME or cell.isdigit() for cell in first):
        return False
    if len(set(first)) < len(first) or len(rows) < 2:
        return False
    if any(_KNOWN.fullmatch(re.sub(r"\W+", "_", cell)) for cell in first):
        return True
    # Names are short where what they name is long.
    below = [sum(len(row[at]) for row in rows[1:21]) / len(rows[1:21]) for at in range(len(first))]
    return max(below) > 3 * _LONGEST_NAME and all(" " not in cell for cell in first)


def _named(format: str, rows: Sequence[Sequence[Any]], *, header: bool) -> Table:  # noqa: A002
    width = max((len(row) for row in rows), default=0)
    numbered = [f"column {at}" for at in range(1, width + 1)]
    if header:
        given = [str(cell).strip().strip("\ufeff") for cell in rows[0]]
        names = [name or numbered[at] for at, name in enumerate(given)]
        if len(set(names)) == len(names):
            return Table(
                f"{format} with a header",
                tuple(names),
                [dict(zip(names, row, strict=False)) for row in rows[1:]],
            )
    return Table(
        f"{format} without a header",
        tuple(numbered),
        [dict(zip(numbered, row, strict=False)) for row in rows],
        header=False,
    )
