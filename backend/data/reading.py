"""What files hold, found out by looking into them: a format, examples or a table, splits.

>>> found = read([SourceFile("reviews.csv", b"text,label\\nFine.,good\\nBad.,bad\\n")])
>>> found.tasks[0], found.examples("text_classification").parts[""][0]
('text_classification', {'text': 'Fine.', 'label': 'good'})
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backend.data import exports, formats
from backend.data.columnar import columnar_table
from backend.data.columns import FIELDS
from backend.data.contents import Contents, Examples
from backend.data.delimited import delimited_table
from backend.data.errors import DatasetError, FormatError
from backend.data.exports.spacy_records import pairs
from backend.data.files import SourceFile, TextFile, decoded, opened
from backend.data.fitting import fits
from backend.data.json_rows import json_content, json_table, records_in, split_lists
from backend.data.split import UNSPLIT
from backend.data.split_names import SPLIT_WORDS, split_of, split_word
from backend.data.tables import LeftOut, Table
from backend.data.tagging import Tagging
from backend.data.word_columns import layout_of

__all__ = ["Contents", "Examples", "SourceFile", "read"]


def read(files: Sequence[SourceFile], *, header: bool | None = None) -> Contents:
    """Look into ``files`` and the archives among them; ``header`` says whether the first row of a
    table names its columns, None to find out.

    Several files are splits of one dataset, as their names say. Raises ``DatasetError`` in one
    sentence for whatever cannot be read.
    """
    members = opened(files)
    if not members:
        raise DatasetError("There is no data in this: choose another file.")
    readings: list[tuple[str, Contents]] = []
    texts: list[TextFile] = []
    for file in members:
        table = columnar_table(file, TextFile(file.name, "").base, header=header)
        if table is not None:
            name = TextFile(file.name, "").base
            readings.append((split_of(file.name), _of_tables(_by_split_column(table), name)))
        else:
            texts.append(decoded(file))
    together = exports.recognised_files(texts) if not readings else None
    if together is not None:
        notes = [note for file in texts for note in file.notes]
        return replace(_of_export(together), notes=(*together.notes, *dict.fromkeys(notes)))
    if readings:  # what lies beside tables of a kind of their own speaks about them
        texts = [file for file in texts if not file.base.endswith(".json")]
    readings += [(split_of(file.name), _one(file, header=header)) for file in texts]
    if len(readings) == 1:
        return readings[0][1]
    _require_alike([reading for _, reading in readings], [file.name for file in members])
    return _joined(readings)


def _require_alike(readings: Sequence[Contents], names: Sequence[str]) -> None:
    if len({(bool(reading.found), reading.tasks[:1]) for reading in readings}) > 1:
        shown = ", ".join(TextFile(name, "").base for name in names[:3])
        raise DatasetError(f"These files ({shown}) are of different kinds: bring one dataset.")


def _joined(readings: Sequence[tuple[str, Contents]]) -> Contents:
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows: dict[str, list[Any]] = defaultdict(list)
    for split, reading in readings:
        for task, parts in reading.found.items():
            for inner, examples in parts.items():
                found[task][inner or split].extend(examples)
        for inner, table in reading.tables.items():
            rows[inner or split].extend(table.rows)
    first = readings[0][1]
    every = tuple(dict.fromkeys(c for _, reading in readings for c in reading.columns))
    model = next(iter(first.tables.values()), None)
    tables = (
        {split: replace(model, columns=every, rows=part) for split, part in rows.items()}
        if model
        else {}
    )
    return replace(
        first,
        found={task: dict(parts) for task, parts in found.items()},
        tables=tables,
        notes=tuple(note for _, reading in readings for note in reading.notes),
        left_out=tuple(row for _, reading in readings for row in reading.left_out),
    )


def _one(file: TextFile, *, header: bool | None) -> Contents:
    reading = _known_format(file) or _records(file) or _delimited(file, header=header)
    if reading is None:
        raise FormatError(
            f"{file.base} is none of the formats that are read here: bring a table (CSV, TSV, "
            "Excel, Parquet), JSON, JSON Lines, CoNLL, SQuAD, or what an annotation tool exports."
        )
    return replace(reading, notes=(*file.notes, *reading.notes))


def _known_format(file: TextFile) -> Contents | None:
    """A format of lines that says by itself what its task is."""
    if formats.is_semeval(file.text):
        examples = list(formats.semeval(file.text, file.base))
        why = "each sentence marks <e1> and <e2>"
        return _of_examples("SemEval-2010 Task 8", "relation_extraction", examples, why)
    if found := exports.recognised_text(file.text):
        return _of_export(found)
    if layout_of(file.text) is not None:
        tagging = Tagging()
        examples = list(formats.tagged(file.text, file.base, tagging))
        why = "every line is a word with its tag"
        reading = _of_examples("Words with tags (CoNLL)", "named_entities", examples, why)
        return replace(reading, notes=tuple(_about_tags(tagging, file.base)))
    return None


def _of_examples(format: str, task: str, examples: Sequence[Any], why: str) -> Contents:  # noqa: A002
    return Contents(format, (task,), {task: {UNSPLIT: examples}}, reasons={task: why})


def _of_export(found: exports.Found) -> Contents:
    tasks = tuple(found.examples)
    return Contents(
        found.format,
        tasks,
        found.examples,
        notes=found.notes,
        left_out=found.left_out,
        reasons=dict.fromkeys(tasks, found.why),
    )


def _about_tags(tagging: Tagging, name: str) -> list[str]:
    if not tagging.broken:
        return []
    shown = ", ".join(map(str, tagging.broken[:5]))
    more = ", …" if len(tagging.broken) > 5 else ""
    note = (
        f"{len(tagging.broken):,} broken tag sequences in {name} (line {shown}{more}): an I- that "
        "continues nothing was read as the beginning of an entity."
    )
    return [note]


def _records(file: TextFile) -> Contents | None:
    """What JSON holds: an export of a tool, or a table."""
    said = json_content(file.text, file.base)
    if said is None:
        return None
    format, content, bad = said  # noqa: A001
    by_split = split_lists(content, SPLIT_WORDS)
    if by_split:
        tables = {
            split: json_table(rows, format, file.base) for split, rows in by_split.items() if rows
        }
        return _of_tables(tables, file.base)
    one = exports.recognised([content], file.base) if isinstance(content, dict) else None
    if one is not None:
        return _of_export(one)
    content = pairs(content) or records_in(content)
    if isinstance(content, list) and content and all(isinstance(one, dict) for one in content):
        found = exports.recognised(content, file.base)
        if found is not None:
            return replace(_of_export(found), left_out=(*bad, *found.left_out))
    table = json_table(content, format, file.base)
    return _of_tables(_by_split_column(replace(table, left_out=bad)), file.base)


def _delimited(file: TextFile, *, header: bool | None) -> Contents | None:
    table = delimited_table(file.text, file.base, header=header)
    return _of_tables(_by_split_column(table), file.base) if table else None


def _of_tables(tables: dict[str, Table], name: str) -> Contents:
    if not tables:
        raise FormatError(f"{name} has no rows: choose another file.")
    first = next(iter(tables.values()))
    found = exports.word_rows(first) or exports.recognised(first.rows, name)
    if len(tables) == 1 and found:
        return replace(
            _of_export(found),
            left_out=(*first.left_out, *found.left_out),
            notes=(*first.notes, *found.notes),
        )
    reasons = {task: why for task in FIELDS if (why := fits(task, first))}
    others = [task for task in list(FIELDS)[::-1] if task not in reasons]
    left_out: list[LeftOut] = [row for table in tables.values() for row in table.left_out]
    notes = dict.fromkeys(note for table in tables.values() for note in table.notes)
    return Contents(
        first.format,
        (*reasons, *others),
        tables=tables,
        notes=tuple(notes),
        left_out=tuple(dict.fromkeys(left_out)),
        reasons=reasons,
    )


def _by_split_column(table: Table | None) -> dict[str, Table]:
    """``table`` by what its column "split" says, where it has one, or one without a name that
    holds nothing but such words.
    """
    if table is None or not table.rows:
        return {}
    for column in [c for c in ("split", "Split", "ml_use") if c in table.columns] or table.columns:
        values = [row.get(column) for row in table.rows]
        if all(isinstance(value, str) and split_word(value) for value in values):
            break
    else:
        return {UNSPLIT: table}
    parts: dict[str, list[Any]] = defaultdict(list)
    for value, row in zip(values, table.rows, strict=True):
        parts[split_word(value)].append(row)
    kept = table.columns if column == "split" else tuple(c for c in table.columns if c != column)
    return {split: replace(table, rows=rows, columns=kept) for split, rows in parts.items()}
