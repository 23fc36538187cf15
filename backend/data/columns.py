"""Which column of a table is what: a guess by name and by content, which people can change."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data.tables import Table


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
    r"text|sentence1?|review|content|document|body|comment|utterance|message|article"
    r"|sequence|post|ticket|passage|source|description",
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
    r"labels?|class|category|sentiment|polarity|target|intent|relation|topic|tag|y",
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
            Field("text", "Text", _TEXT.pattern, "A text, or a list of its sentences."),
            Field("sentences", "Sentences", r"sentences"),
            Field("summary", "Summary", r"summary|highlights|target|tl_?dr|abstract|headline"),
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
    found = _by_name(task, table.columns)
    if missing(task, found):
        found = _by_content(task, table) or found
    return found


def fits(task: str, table: Table) -> bool:
    """Whether the table may well be of this task."""
    found = guess(task, table)
    if missing(task, found):
        return False
    sample = table.rows[:50]
    if task == "relation_extraction" and not {"head", "head_start"} & set(found):
        return _share(sample, lambda row: "<e1>" in str(row.get(found["text"]))) > 0.8
    if task == "named_entities" and "entities" in found:
        return _share(sample, lambda row: _is_list(row.get(found["entities"]))) > 0.8
    if task == "text_classification":
        return _share(sample, lambda row: not _is_list(row.get(found["label"]))) > 0.8
    return True


def _share(rows: Sequence[Mapping[str, Any]], test: Any) -> float:
    return sum(bool(test(row)) for row in rows) / max(len(rows), 1)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, dict)) or str(value).lstrip()[:1] in ("[", "{")


def _by_name(task: str, columns: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    free = list(columns)
    for exact in (True, False):
        for field in FIELDS[task].fields:
            matching = [
                c for c in free if field.name not in found and _named(field, c, exact=exact)
            ]
            if matching:
                found[field.name] = matching[0]
                free.remove(matching[0])
    return found


def _named(field: Field, column: str, *, exact: bool) -> bool:
    name = re.sub(r"\W+", "_", column.strip().casefold())
    return name == field.name if exact else re.fullmatch(field.pattern, name) is not None


def _by_content(task: str, table: Table) -> dict[str, str]:
    """For tables without names: the files of the original solution and what looks like them."""
    sample = table.rows[:200]
    columns = [c for c in table.columns if any(str(row.get(c, "")).strip() for row in sample)]
    lengths = {c: sum(len(str(row.get(c, ""))) for row in sample) / len(sample) for c in columns}
    kinds = {c: len({str(row.get(c)) for row in sample}) for c in columns}
    whole = [c for c in columns if all(_is_whole(row.get(c)) for row in sample)]
    texts = sorted((c for c in columns if c not in whole), key=lambda c: -lengths[c])
    if task == "question_answering" and len(whole) == 2 and len(texts) == 2:
        return {"context": texts[0], "question": texts[1], "start": whole[0], "end": whole[1]}
    if task == "text_classification" and len(columns) == 2 and texts:
        label = min(columns, key=lambda c: (kinds[c], lengths[c]))
        few = kinds[label] <= max(2, len(sample) // 3) and lengths[label] < 40
        other = next(c for c in columns if c != label)
        return {"text": other, "label": label} if few and other in texts else {}
    if task == "summarization" and len(columns) == len(texts) == 2 and lengths[texts[1]] > 40:
        return {"text": texts[0], "summary": texts[1]}
    return {}


def _is_whole(value: Any) -> bool:
    return re.fullmatch(r"-?\d+", str(value).strip()) is not None
