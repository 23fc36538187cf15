"""What files hold, found out by looking into them: a format, examples or a table, splits.

>>> found = read([SourceFile("reviews.csv", b"text,label\\nFine.,good\\nBad.,bad\\n")])
>>> found.tasks[0], found.examples("text_classification").parts[""][0]
('text_classification', {'text': 'Fine.', 'label': 'good'})
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backend.data import columns, formats
from backend.data.building import build
from backend.data.errors import DatasetError, FormatError
from backend.data.files import SourceFile, TextFile, text_files
from backend.data.schemas import Example
from backend.data.split import UNSPLIT
from backend.data.tables import Table, delimited_table, json_table
from backend.data.tagging import Tagging

__all__ = ["Contents", "Examples", "SourceFile", "read"]

_SPLIT_WORDS: Final = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
    "eval": "test",
}
_SPLIT: Final = re.compile(
    rf"(?<![a-z])({'|'.join(sorted(_SPLIT_WORDS, key=len, reverse=True))})(?![a-z])", re.IGNORECASE
)
_TAG: Final = re.compile(r"O|[BIESLU][-_]\S+")
_SEMEVAL: Final = re.compile(r'\s*\d+\t"?[^\n]*<e1>[^\n]*\n[^\n]+\n')


@dataclass(frozen=True)
class Examples:
    """Canonical examples by split (those of none under ""), and what was done on the way."""

    parts: Mapping[str, Sequence[Example]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """What was found: the ``format`` in words, the ``tasks`` that it may be for, the likeliest
    first, and by split either ``found`` examples or ``tables`` whose columns are to be mapped.
    """

    format: str
    tasks: tuple[str, ...]
    found: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns to be mapped; none where the format says it all."""
        return tuple(dict.fromkeys(c for table in self.tables.values() for c in table.columns))

    def guess(self, task: str) -> dict[str, str]:
        """Field to column, as far as it can be told."""
        first = next(iter(self.tables.values()), None)
        return columns.guess(task, first) if first else {}

    def examples(self, task: str, mapping: Mapping[str, str] | None = None) -> Examples:
        """The canonical examples of ``task``; raises ``FormatError`` where they cannot be had."""
        if self.found:
            if task not in self.tasks:
                raise FormatError(f"{self.format} has no examples of this task: choose another.")
            return Examples(self.found, self.notes)
        parts: dict[str, Sequence[Example]] = {}
        notes = list(self.notes)
        for split, table in self.tables.items():
            parts[split], more = build(task, table, mapping or self.guess(task))
            notes += more
        return Examples(parts, tuple(notes))

    def preview(
        self, task: str, mapping: Mapping[str, str] | None = None, *, rows: int = 5
    ) -> Sequence[Example]:
        """The first examples, made as ``examples`` makes all; raises ``FormatError`` likewise."""
        tables = {split: replace(t, rows=t.rows[:rows]) for split, t in self.tables.items()}
        parts = replace(self, tables=tables).examples(task, mapping).parts
        return next(iter(parts.values()))[:rows]

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows or examples by split ("" for no split)."""
        sizes = {split: len(table.rows) for split, table in self.tables.items()}
        return sizes | {split: len(examples) for split, examples in self.found.items()}


def read(files: Sequence[SourceFile], *, header: bool | None = None) -> Contents:
    """Look into ``files`` and the archives among them; ``header`` says whether the first row of a
    table names its columns, None to find out.

    Several files are splits of one dataset, as their names say. Raises ``DatasetError`` in one
    sentence for whatever cannot be read.
    """
    texts = text_files(files)
    if not texts:
        raise DatasetError("There is no data in this: choose another file.")
    readings = [(_split_of(file.name), _one(file, header=header)) for file in texts]
    if len(texts) == 1:
        return readings[0][1]
    kinds = {(bool(reading.found), reading.tasks[:1]) for _, reading in readings}
    if len(kinds) > 1:
        names = ", ".join(file.base for file in texts[:3])
        raise DatasetError(f"These files ({names}) are of different kinds: bring one dataset.")
    return _joined(readings)


def _joined(readings: Sequence[tuple[str, Contents]]) -> Contents:
    found: dict[str, list[Example]] = defaultdict(list)
    rows: dict[str, list[Any]] = defaultdict(list)
    for split, reading in readings:
        for inner, examples in reading.found.items():
            found[inner or split].extend(examples)
        for inner, table in reading.tables.items():
            rows[inner or split].extend(table.rows)
    first = readings[0][1]
    every = tuple(dict.fromkeys(c for _, reading in readings for c in reading.columns))
    return Contents(
        format=first.format,
        tasks=first.tasks,
        found=dict(found),
        tables={split: Table(first.format, every, part) for split, part in rows.items()},
        notes=tuple(note for _, reading in readings for note in reading.notes),
    )


def _split_of(name: str) -> str:
    """The split that a file's name speaks of, or else its folders' names."""
    for part in reversed(re.split(r"[/\\]", name)):
        if match := _SPLIT.search(part):
            return _SPLIT_WORDS[match.group(1).casefold()]
    return UNSPLIT


def _one(file: TextFile, *, header: bool | None) -> Contents:
    reading = _known_format(file) or _table(file, header=header)
    if reading is None:
        raise FormatError(
            f"{file.base} is none of the formats that are read here: bring CSV, TSV, JSON, "
            "JSON Lines, CoNLL, SQuAD or SemEval files."
        )
    return replace(reading, notes=(*file.notes, *reading.notes))


def _known_format(file: TextFile) -> Contents | None:
    """A format that says by itself what its task is."""
    if _SEMEVAL.match(file.text):
        examples = list(formats.semeval(file.text, file.base))
        return Contents("SemEval-2010 Task 8", ("relation_extraction",), {UNSPLIT: examples})
    if _is_tagged(file.text):
        tagging = Tagging()
        examples = list(formats.tagged(file.text, file.base, tagging))
        return Contents(
            "Words with tags (CoNLL)",
            ("named_entities",),
            {UNSPLIT: examples},
            notes=tuple(_about_tags(tagging, file.base)),
        )
    if file.text.lstrip()[:1] == "{" and '"paragraphs"' in file.text[:100_000]:
        examples = list(formats.squad(file.text, file.base))
        return Contents("SQuAD", ("question_answering",), {UNSPLIT: examples})
    return None


def _is_tagged(text: str) -> bool:
    """Whether nearly every line ends with a tag, and there are entities and blank lines or O."""
    lines = [
        line.split()
        for line in text[:100_000].split("\n")[:-1][:2000] or [text]
        if line.strip() and not line.startswith(("# ", "-DOCSTART-"))
    ]
    if not lines or text.lstrip()[:1] in ("{", "["):
        return False
    tags = [
        cells[2] if cells[0].isdigit() and len(cells) > 2 else cells[-1]
        for cells in lines
        if len(cells) > 1
    ]
    good = sum(_TAG.fullmatch(tag) is not None for tag in tags)
    return good > 0.95 * len(lines) and any(tag == "O" for tag in tags)


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


def _table(file: TextFile, *, header: bool | None) -> Contents | None:
    tables = _split_tables(file) or _by_split_column(
        json_table(file.text, file.base) or delimited_table(file.text, file.base, header=header)
    )
    if not tables:
        return None
    first = next(iter(tables.values()))
    likely = [task for task in columns.FIELDS if columns.fits(task, first)]
    others = [task for task in columns.FIELDS if task not in likely]
    return Contents(first.format, (*likely, *others), tables=tables)


def _split_tables(file: TextFile) -> dict[str, Table]:
    """A JSON object that holds a list for each split."""
    if file.text.lstrip()[:1] != "{":
        return {}
    try:
        content = json.loads(file.text)
    except (ValueError, RecursionError):
        return {}
    if len(content) < 2 or not all(
        name in _SPLIT_WORDS and isinstance(rows, list) for name, rows in content.items()
    ):
        return {}
    return {
        _SPLIT_WORDS[name]: table
        for name, rows in content.items()
        if rows and (table := json_table(json.dumps(rows), file.base))
    }


def _by_split_column(table: Table | None) -> dict[str, Table]:
    """``table`` by what its column "split" says, where it has one."""
    if table is None or not table.rows:
        return {}
    parts: dict[str, list[Any]] = defaultdict(list)
    for row in table.rows:
        parts[_SPLIT_WORDS.get(str(row.get("split", "")).casefold(), UNSPLIT)].append(row)
    if UNSPLIT in parts:
        return {UNSPLIT: table}
    return {split: replace(table, rows=rows) for split, rows in parts.items()}
