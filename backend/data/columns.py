"""Which column of a table is what: a guess by name and by content, which people can change."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data.tables import Row, Table
from backend.data.values import parsed, plain
from backend.data.word_columns import TAG


@dataclass(frozen=True)
class Field:
    """One thing that examples are made of: its name, what people call it, the names that columns
    of it have, and what to know about it.
    """

    name: str
    title: str
    pattern: str
    help: str = ""


@dataclass(frozen=True)
class Fields:
    """The fields of a task, and the sets of them of which one must be there whole."""

    fields: tuple[Field, ...]
    enough: tuple[frozenset[str], ...]


_TEXT: Final = Field(
    "text",
    "Text",
    r"(\w+_)?(text|sentence1?|review|content|document|body|comment|utterance|message|article)"
    r"(_(text|body))?|sequence|post|ticket|data|passage|source|description|tweet|utt|v2|text_\w+",
)
_GROUP: Final = Field(
    "group",
    "Document",
    r"group|doc(ument)?_?(id|name)|article_id|title",
    "Rows of one document stay in one split.",
)
_ID: Final = Field("id", "Id", r"id|guid|uid|paper_id|example_id")
_LABEL: Final = Field(
    "label",
    "Label",
    r"(\w+_)?(labels?|class|category|sentiment|polarity|intent|emotion)(_(name|text|id))?"
    r"|target|relation|topic|tag|y|v1|rating|stars|score|labels?_\w+",
)

FIELDS: Final[Mapping[str, Fields]] = {
    "question_answering": Fields(
        (
            Field("question", "Question", r"question|query"),
            Field("context", "Context", r"context|passage|paragraph|document|text|article"),
            Field(
                "answers",
                "Answers",
                r"answers?|answer_text",
                "The text of the answer, or SQuAD's object of texts and starts.",
            ),
            Field("start", "Answer start", r"(answer_?)?start(_?(char|position|offset))?"),
            Field("end", "Answer end", r"(answer_?)?end(_?(char|position|offset))?"),
            _GROUP,
            _ID,
        ),
        (
            frozenset({"question", "context", "answers"}),
            frozenset({"question", "context", "start", "end"}),
        ),
    ),
    "relation_extraction": Fields(
        (
            Field(
                "text",
                "Text",
                _TEXT.pattern,
                "With <e1>…</e1> and <e2>…</e2> around the two things, or with their places in "
                "columns of their own.",
            ),
            _LABEL,
            Field("head", "First thing", r"head|e1|entity_?(one|1)|subject|subj"),
            Field("tail", "Second thing", r"tail|e2|entity_?(two|2)|object|obj"),
            Field("head_start", "First thing, start", r"(head|e1|entity_?(one|1)|subj)_start"),
            Field("head_end", "First thing, end", r"(head|e1|entity_?(one|1)|subj)_end"),
            Field("tail_start", "Second thing, start", r"(tail|e2|entity_?(two|2)|obj)_start"),
            Field("tail_end", "Second thing, end", r"(tail|e2|entity_?(two|2)|obj)_end"),
            _GROUP,
            _ID,
        ),
        (
            frozenset({"text", "label", "head", "tail"}),
            frozenset({"text", "label", "head_start", "head_end", "tail_start", "tail_end"}),
            frozenset({"text", "label"}),
        ),
    ),
    "named_entities": Fields(
        (
            Field("text", "Text", _TEXT.pattern),
            Field(
                "entities",
                "Entities",
                r"entities|entity|spans|annotations|label(s)?",
                "A list of objects with start, end and label, or of [start, end, label].",
            ),
            Field("tokens", "Words", r"tokens|words"),
            Field("tags", "Tags", r"(ner_?)?tags|ner|labels"),
            _GROUP,
            _ID,
        ),
        (frozenset({"tokens", "tags"}), frozenset({"text", "entities"})),
    ),
    "summarization": Fields(
        (
            Field(
                "text",
                "Text",
                rf"{_TEXT.pattern}|dialogue|conversation|ctext|input|transcript",
                "A text, or a list of its sentences.",
            ),
            Field("sentences", "Sentences", r"sentences"),
            Field(
                "summary",
                "Summary",
                r"(\w+_)?(summary|summaries)|highlights|target|tl_?dr|abstract|headlines?",
            ),
            Field("labels", "Chosen sentences", r"(source_)?labels"),
            _GROUP,
            _ID,
        ),
        (
            frozenset({"text", "summary"}),
            frozenset({"sentences", "summary"}),
            frozenset({"sentences", "labels"}),
        ),
    ),
    "text_classification": Fields((_TEXT, _LABEL, _GROUP, _ID), (frozenset({"text", "label"}),)),
}
"""By task, those first whose tables are told most surely."""


def missing(task: str, mapping: Mapping[str, str]) -> str:
    """What ``mapping`` (field to column) still lacks, as a sentence; "" where it is enough."""
    given = {field for field, column in mapping.items() if column}
    fields = FIELDS[task]
    if any(needed <= given for needed in fields.enough):
        return ""
    nearest = min(fields.enough, key=lambda needed: len(needed - given))
    titles = [field.title for field in fields.fields if field.name in nearest - given]
    return f"Choose the column of: {', '.join(titles)}."


def guess(task: str, table: Table) -> dict[str, str]:
    """Field to column, each column for one field, as far as names and contents tell."""
    found = _by_name(task, table)
    if missing(task, found):
        found = _by_content(task, table) or found
    return found


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
    fields = {field.name: field.title.casefold() for field in FIELDS[task].fields}
    named = ", ".join(
        f"“{column}” is the {fields[name]}"
        for name, column in found.items()
        if name not in ("id", "group")
    )
    return f"{named} in {share:.0%} of the rows"


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
    called = [c for c in labels if _matches(_LABEL, c)]
    if len(labels) == 1 or called:
        return {"text": text, "label": (called or labels)[0]}
    return {}


def is_whole(value: Any) -> bool:
    """Whether a cell holds a whole number."""
    return re.fullmatch(r"-?\d+", str(plain(value)).strip()) is not None
