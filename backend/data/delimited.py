"""CSV, TSV and their kin to tables: every line becomes a row, or is said to be left out."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.data.dialects import Dialect, dialect_of, sep_line
from backend.data.errors import FormatError
from backend.data.headers import looks_like_header
from backend.data.records import Record, records
from backend.data.tables import LeftOut, Table, named, require_few

_TOLERATED: Final = 0.1
"""The share of lines of another width that a file without a telling name may have."""

_CLASSES: Final = 100
"""Values that a column of classes may have."""


def delimited_table(text: str, name: str, *, header: bool | None = None) -> Table | None:
    """The rows of a CSV or TSV file; ``header`` says whether the first row names the columns, None
    to find out. None where the text is no table.
    """
    delimiter = sep_line(text)
    lines = text.split("\n")
    skipped = 1 if delimiter else 0
    dialect = dialect_of(
        "\n".join(lines[skipped : skipped + 300]), delimiter=delimiter, named=_is_named(name)
    )
    if dialect is None:
        return None
    require_few(lines[skipped].count(dialect.delimiter), name)
    width = _usual_width(lines[skipped:], dialect)
    if width < 2:
        return None
    found = list(records(lines[skipped:], dialect, width))
    if any(map(_is_rule, found)):  # Markdown, which puts blanks around cells
        found = [replace(one, cells=[cell.strip() for cell in one.cells]) for one in found]
    if skipped:
        found = [replace(record, line=record.line + skipped) for record in found]
    return _table(found, dialect, name, header=header)


def _usual_width(lines: Sequence[str], dialect: Dialect) -> int:
    """How many cells most lines have, each for itself."""
    widths: Counter[int] = Counter()
    for line in lines[:2_000]:
        if not line.strip():
            continue
        try:
            widths.update(len(cells) for cells in dialect.cells([line], strict=False))
        except csv.Error:
            continue
    widths.pop(1, None) if len(widths) > 1 else None
    return widths.most_common(1)[0][0] if widths else 0


def _table(
    found: list[Record], dialect: Dialect, name: str, *, header: bool | None
) -> Table | None:
    found = [record for record in found if not _is_rule(record)]
    if len(found) < 2 and not _is_named(name):
        return None  # a sentence with a comma
    found = _aligned(found)
    width = Counter(len(record.cells) for record in found).most_common(1)[0][0]
    good = [record for record in found if len(record.cells) == width]
    rows = _joined(found, good, width, dialect)
    if len(rows) < (1 - _TOLERATED) * len(found):
        if not _is_named(name):
            return None  # prose with commas
        bad = next(record for record in found if len(record.cells) != width)
        raise FormatError(
            f"{name}, line {bad.line} has {len(bad.cells)} columns where the others have {width}: "
            f"put texts that hold “{_shown(dialect)}” into quotes."
        )
    cells = [row.cells for row in rows]
    is_header = looks_like_header(cells) if header is None else header
    again = [row for row in rows[1:] if row.cells == rows[0].cells] if is_header else []
    kept = [row.cells for row in rows if row not in again] if again else cells
    table = named("TSV" if dialect.delimiter == "\t" else "CSV", kept, header=is_header)
    lines = {row.line for row in rows}
    left_out = [
        LeftOut(
            f"line {record.line}",
            f"{count} where the others have {width}",
            record.raw[:200],
        )
        for record in found
        if record.line not in lines
        for count in [f"{len(record.cells)} cell{'s' if len(record.cells) > 1 else ''}"]
    ] + [LeftOut(f"line {row.line}", "the names of the columns again", row.raw) for row in again]
    return replace(table, left_out=tuple(left_out), notes=tuple(_notes(name, rows, dialect)))


def _is_rule(record: Record) -> bool:
    """Whether a record is the line under a Markdown table's names."""
    return set("".join(record.cells).strip()) <= {"-", ":", " "} and "---" in record.raw


def _is_named(name: str) -> bool:
    return name.casefold().endswith((".csv", ".tsv"))


def _shown(dialect: Dialect) -> str:
    return {"\t": "tab"}.get(dialect.delimiter, dialect.delimiter)


def _aligned(found: list[Record]) -> list[Record]:
    """``found`` with a delimiter at the end of the rows only, or a column of row names that the
    first row does not name, put right.
    """
    first, *others = found
    if not others:
        return found
    width = Counter(len(record.cells) for record in others).most_common(1)[0][0]
    if len(first.cells) != width - 1 or width < 3:
        return found
    wide = [record for record in others if len(record.cells) == width]
    if all(not record.cells[-1].strip() for record in wide):
        return [first] + [
            replace(record, cells=record.cells[:-1]) if len(record.cells) == width else record
            for record in others
        ]
    if len({record.cells[0] for record in wide}) == len(wide):
        return [replace(first, cells=["", *first.cells]), *others]
    return found


def _joined(
    found: Sequence[Record], good: Sequence[Record], width: int, dialect: Dialect
) -> list[Record]:
    """``found`` without the records of another width, but for those in which an unquoted text holds
    delimiters: all its pieces are one cell again where the other cells then fit their columns.
    """
    sample = good[:2_000]
    lengths = [sum(len(record.cells[at]) for record in sample) for at in range(width)]
    text = max(range(width), key=lambda at: lengths[at])
    classes = [_classes(found, width, at if at < text else at - width) for at in range(width)]
    classes[text] = None
    rows = []
    for record in found:
        extra = len(record.cells) - width
        if extra > 0:
            whole = dialect.delimiter.join(record.cells[text : text + extra + 1])
            cells = [*record.cells[:text], whole, *record.cells[text + extra + 1 :]]
            fits = [cell in known for cell, known in zip(cells, classes, strict=True) if known]
            if fits and all(fits):
                rows.append(replace(record, cells=cells, mended="unquoted delimiter"))
        elif extra == 0:
            rows.append(_without_marks(record, classes) if record.mended else record)
    return rows


def _classes(found: Sequence[Record], width: int, at: int) -> frozenset[str] | None:
    """The values of a column that has few, or None; columns behind the text count from the end.
    Those of records of another width count where they come again and again.
    """
    sample = [one for one in found if not one.mended and len(one.cells) >= width][:5_000]
    values = {one.cells[at] for one in sample if len(one.cells) == width}
    counts = Counter(one.cells[at] for one in sample)
    values |= {value for value, count in counts.items() if count > max(2, len(sample) // 50)}
    return frozenset(values) if len(values) <= min(_CLASSES, max(3, len(sample) // 3)) else None


def _without_marks(record: Record, classes: Sequence[frozenset[str] | None]) -> Record:
    """A record whose stray mark made a class another one, without it."""
    cells = [
        bare if known and cell not in known and (bare := cell.strip("\"'")) in known else cell
        for cell, known in zip(record.cells, classes, strict=True)
    ]
    return replace(record, cells=cells)


def _notes(name: str, rows: Sequence[Record], dialect: Dialect) -> list[str]:
    said = {
        "unquoted delimiter": f"held “{_shown(dialect)}” in a text without quotes: each was read "
        "as one text",
        "stray quote": "had a quotation mark that nothing closes: it was read as a letter",
    }
    notes = []
    for kind, sentence in said.items():
        lines = [row.line for row in rows if row.mended == kind]
        if lines:
            shown = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
            rows_word = "row" if len(lines) == 1 else "rows"
            notes.append(f"{len(lines):,} {rows_word} of {name} {sentence} (line {shown}).")
    return notes
