"""Which column of a table is what: a guess by name and by content, which people can change."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.data.columns import FIELDS, LABEL, Field, missing
from backend.data.tables import Row, Table
from backend.data.values import is_whole
from backend.data.word_columns import TAG


def guess(task: str, table: Table) -> dict[str, str]:
    """Field to column, each column for one field, as far as names and contents tell."""
    found = _by_name(task, table)
    if missing(task, found):
        found = _by_content(task, table) or found
    return found


_WHOLE_OBJECTS: Final = frozenset({"answers", "entities", "head", "tail"})
"""Fields that may be objects; of others, the parts are columns of their own."""


def _by_name(task: str, table: Table) -> dict[str, str]:
    """Names themselves first, then what they match, then the last part of dotted ones."""
    found: dict[str, str] = {}
    free = list(table.columns)
    objects = {c for c in free if any(isinstance(row.get(c), dict) for row in table.rows[:20])}
    for match in (_is_exact, _matches, _ends_so):
        for field in FIELDS[task].fields:
            matching = [
                c
                for c in free
                if field.name not in found
                and match(field, c)
                and c.partition(".")[0] not in found.values()
                and (c not in objects or field.name in _WHOLE_OBJECTS)
            ]
            if matching:
                found[field.name] = matching[0]
                free.remove(matching[0])
    return found


def _folded(column: str) -> str:
    return re.sub(r"\W+", "_", column.strip().casefold()).strip("_")


def _is_exact(field: Field, column: str) -> bool:
    return _folded(column) == field.name


def _matches(field: Field, column: str) -> bool:
    return "." not in column and re.fullmatch(field.pattern, _folded(column)) is not None


def _ends_so(field: Field, column: str) -> bool:
    last = column.rpartition(".")[2]
    return last != column and re.fullmatch(field.pattern, _folded(last)) is not None


def _by_content(task: str, table: Table) -> dict[str, str]:
    """For tables whose names say nothing: the files of the original solution and what looks like
    them.
    """
    sample = table.rows[:: max(1, len(table.rows) // 1_000)][:1_000]
    columns = [c for c in table.columns if any(str(row.get(c, "")).strip() for row in sample)]
    facts = {c: _Column([row.get(c, "") for row in sample]) for c in columns}
    whole = [c for c in columns if facts[c].whole]
    texts = sorted((c for c in columns if not facts[c].whole), key=lambda c: -facts[c].length)
    if task == "question_answering" and len(whole) == 2 and len(texts) == 2:
        return {"context": texts[0], "question": texts[1], "start": whole[0], "end": whole[1]}
    if task == "text_classification":
        return _classes_by_content(columns, facts)
    if task == "named_entities":
        return _words_by_content(columns, sample)
    if task == "summarization" and len(columns) == len(texts) == 2 and facts[texts[1]].length > 40:
        return {"text": texts[0], "summary": texts[1]}
    return {}


def _words_by_content(columns: Sequence[str], sample: Sequence[Row]) -> dict[str, str]:
    """Words with blanks between them, and a column of as many tags."""
    for tags in columns:
        if all(_are_tags(row.get(tags)) for row in sample):
            rest = [c for c in columns if c != tags]
            for words in sorted(rest, key=lambda c: -max(len(str(row.get(c))) for row in sample)):
                if all(_as_many(row.get(words), row.get(tags)) for row in sample):
                    return {"tokens": words, "tags": tags}
    return {}


def _are_tags(value: Any) -> bool:
    tags = str(value).split()
    return bool(tags) and all(TAG.fullmatch(tag) for tag in tags)


def _as_many(words: Any, tags: Any) -> bool:
    return len(str(words).split()) == len(str(tags).split())


class _Column:
    """What the values of a column are like: mean length, how many differ, all whole numbers."""

    def __init__(self, values: Sequence[Any]) -> None:
        texts = [str(value) for value in values]
        self.length = sum(map(len, texts)) / max(len(texts), 1)
        self.kinds = len(set(texts))
        self.count = len(texts)
        self.whole = all(is_whole(value) for value in values)
        self.lists = any(isinstance(value, (list, dict)) for value in values)

    @property
    def classes(self) -> bool:
        """Whether they may be labels: short ones that come again."""
        few = self.kinds <= max(2, self.count // 3)
        return few and self.length < 40 and not self.lists and (self.kinds > 1 or self.count < 4)


def _classes_by_content(columns: Sequence[str], facts: Mapping[str, _Column]) -> dict[str, str]:
    """The longest texts, and the classes: a column that is called so, or the only one there is."""
    labels = [c for c in columns if facts[c].classes]
    rest = [c for c in columns if not facts[c].whole and c not in labels]
    if len(columns) == 2 and labels and not rest:
        label = min(columns, key=lambda c: (facts[c].kinds, facts[c].length))
        other = next(c for c in columns if c != label)
        return {"text": other, "label": label} if not facts[other].whole else {}
    if not rest:
        return {}
    text = max(rest, key=lambda c: facts[c].length)
    called = [c for c in labels if _matches(LABEL, c)]
    if len(labels) == 1 or called:
        return {"text": text, "label": (called or labels)[0]}
    return {}
