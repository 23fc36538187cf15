"""The fields that examples of each task are made of, and what columns of them are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


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
LABEL: Final = Field(
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
            LABEL,
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
    "text_classification": Fields((_TEXT, LABEL, _GROUP, _ID), (frozenset({"text", "label"}),)),
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
