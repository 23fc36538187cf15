"""Whether a table may well be of a task, asked of all its rows, and why."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.data.columns import FIELDS, missing
from backend.data.guessing import guess
from backend.data.tables import Row, Table
from backend.data.values import is_whole, parsed, plain


def fits(task: str, table: Table) -> str:
    """Why the table may well be of this task, to complete "because …"; "" where it may not.

    All rows are asked, up to ten thousand that lie evenly in the table.
    """
    found = guess(task, table)
    if missing(task, found):
        return ""
    rows = table.rows[:: max(1, len(table.rows) // 10_000)]
    test = _TESTS[task](found)
    share = sum(test(row) for row in rows) / max(len(rows), 1)
    if share <= _SHARE:
        return ""
    named = [
        f"“{found[field.name]}” looks like the {field.title.casefold()}"
        for field in FIELDS[task].fields
        if field.name in found and field.name not in ("id", "group")
    ]
    return f"{' and '.join(named)} ({share:.0%} of the rows fit)"


_SHARE: Final = 0.5
_Test = Callable[[Row], bool]


def _question_test(found: Mapping[str, str]) -> _Test:
    def test(row: Row) -> bool:
        if not isinstance(row.get(found["question"]), str):
            return False
        start, end = row.get(found.get("start", "")), row.get(found.get("end", ""))
        if "answers" in found or start is None or end is None:
            return True
        length = len(str(row.get(found["context"])))
        at, to = plain(start), plain(end)
        return is_whole(at) and is_whole(to) and int(at) <= int(to) <= length

    return test


def _relation_test(found: Mapping[str, str]) -> _Test:
    if {"head", "head_start"} & set(found):
        return lambda row: row.get(found["label"]) is not None
    return lambda row: "<e1>" in str(row.get(found["text"]))


def _entity_test(found: Mapping[str, str]) -> _Test:
    if "entities" in found:
        return lambda row: _is_spans(row.get(found["entities"]))

    def test(row: Row) -> bool:
        words, tags = parsed(row.get(found["tokens"])), parsed(row.get(found["tags"]))
        if isinstance(words, list) and isinstance(tags, list):
            return len(words) == len(tags)
        return isinstance(words, str) and len(words.split()) == len(str(tags).split())

    return test


def _is_spans(value: Any) -> bool:
    value = parsed(value)
    if isinstance(value, dict):
        value = value.get("entities")
    return isinstance(value, list) and all(isinstance(parsed(one), (list, dict)) for one in value)


def _class_test(found: Mapping[str, str]) -> _Test:
    def test(row: Row) -> bool:
        label = parsed(row.get(found["label"]))
        if isinstance(label, list):
            return all(isinstance(one, (str, int)) for one in label)
        return not isinstance(label, dict) and len(str(label)) < _LONGEST_LABEL

    return test


_LONGEST_LABEL: Final = 200

_TESTS: Final[Mapping[str, Callable[[Mapping[str, str]], _Test]]] = {
    "question_answering": _question_test,
    "relation_extraction": _relation_test,
    "named_entities": _entity_test,
    "summarization": lambda found: lambda row: _is_text(row, found),
    "text_classification": _class_test,
}


def _is_text(row: Row, found: Mapping[str, str]) -> bool:
    summary = parsed(row.get(found.get("summary", found.get("labels", ""))))
    return isinstance(summary, (str, list))
