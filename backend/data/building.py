"""Canonical examples out of the rows of a table, given which column is what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data.cells import (
    NO_LABEL,
    Get,
    RowError,
    first_of,
    given_label,
    label_of,
    text_of,
    whole_of,
)
from backend.data.columns import missing
from backend.data.errors import FormatError
from backend.data.formats import unmarked
from backend.data.questions import ends_inside, merged_answers, question, spelled_out
from backend.data.schemas import Example
from backend.data.tables import LeftOut, Row, Table
from backend.data.tagging import Tagging, sentence_of
from backend.data.values import is_missing, parsed

MAX_EXAMPLES: Final = 500_000
_TOLERATED: Final = 0.1
"""The share of rows that may be unreadable before the file as a whole is taken for another."""


@dataclass(frozen=True)
class Built:
    """The examples of a table, and the rows without one."""

    examples: list[Example]
    left_out: list[LeftOut]


def build(
    task: str, table: Table, mapping: Mapping[str, str], *, names: Sequence[str] = ()
) -> Built:
    """The examples in ``table``; ``names`` say what whole numbers in labels or tags mean, from 0.

    Raises ``FormatError`` where a column is missing or too many rows cannot be read.
    """
    if lacking := missing(task, mapping):
        raise FormatError(lacking)
    if len(table.rows) > MAX_EXAMPLES:
        raise FormatError(f"These are more than {MAX_EXAMPLES:,} rows: use a part of them.")
    make = _maker(task, table, mapping, names)
    examples: list[Example] = []
    left_out: list[LeftOut] = []
    for number, row in enumerate(table.rows, 1):
        try:
            examples.append(_with_names(make(_getter(row, mapping)), row, mapping))
        except (RowError, KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(error) if isinstance(error, RowError) else "it is built differently"
            left_out.append(LeftOut(f"row {number}", reason, _begin(row)))
    _require_readable(left_out, len(table.rows))
    if task == "question_answering" and spelled_out(mapping):
        examples = merged_answers(examples)
    return Built(examples, left_out)


def _begin(row: Row) -> str:
    return " | ".join(str(value)[:80] for value in row.values())[:200]


def _require_readable(left_out: Sequence[LeftOut], rows: int) -> None:
    """Raises ``FormatError`` for too many rows that are not as they should be; a row without a
    label is as it should be where people have not labelled all.
    """
    wrong = [one for one in left_out if one.reason != NO_LABEL]
    if len(wrong) > _TOLERATED * rows:
        raise FormatError(f"{len(wrong):,} rows cannot be read, the first is {wrong[0].sentence}.")
    if left_out and len(left_out) == rows:
        raise FormatError("No row has a label: choose another column, or label the data first.")


def _maker(
    task: str, table: Table, mapping: Mapping[str, str], names: Sequence[str]
) -> Callable[[Get], Example]:
    if task == "question_answering":
        last = 1 if "start" in mapping and ends_inside(table.rows[:200], mapping) else 0
        return lambda get: question(get, last)
    meanings = {
        field: tuple(names) or table.meanings.get(column, ())
        for field, column in mapping.items()
        if field in ("label", "tags")
    }
    if task == "text_classification":
        return lambda get: _classified(get, meanings.get("label", ()))
    if task == "relation_extraction":
        return lambda get: _relation(get, meanings.get("label", ()))
    if task == "named_entities":
        return lambda get: _entities(get, meanings.get("tags", ()))
    return _summarized


def _getter(row: Row, mapping: Mapping[str, str]) -> Get:
    return lambda field: row.get(mapping[field]) if mapping.get(field) else None


def _with_names(example: Example, row: Row, mapping: Mapping[str, str]) -> Example:
    for field in ("id", "group"):
        value = row.get(mapping[field]) if mapping.get(field) else None
        if isinstance(value, (str, int)) and str(value).strip():
            example[field] = str(value).strip()
    return example


def _classified(get: Get, names: Sequence[str]) -> Example:
    text = get("text")
    return {
        "text": "" if is_missing(text) else text_of(text, "text").strip(),
        "label": given_label(get("label"), names),
    }


def _entities(get: Get, names: Sequence[str]) -> Example:
    if get("tokens") is not None:
        return _tagged(_listed(get("tokens")), _listed(get("tags")), names)
    found = parsed(get("entities"))
    if found is None:
        raise RowError(NO_LABEL)
    if isinstance(found, dict):
        found = found.get("entities", ())
    if not isinstance(found, list):
        raise RowError("its entities are not a list")
    return {"text": text_of(get("text"), "text"), "entities": [_entity(parsed(e)) for e in found]}


def _tagged(words: list[Any], tags: list[Any], names: Sequence[str]) -> Example:
    words = [word.get("text", "") if isinstance(word, dict) else word for word in words]
    if len(words) != len(tags):
        raise RowError(f"it has {len(words)} words and {len(tags)} tags")
    if all(str(tag).lstrip("-").isdigit() for tag in tags):
        if not names:
            raise RowError(
                "its tags are numbers: say what they mean, in their order, as in O, B-PER, I-PER"
            )
        tags = [label_of(tag, names) for tag in tags]
    return sentence_of(list(map(str, words)), list(map(str, tags)), Tagging())


def _listed(value: Any) -> list[Any]:
    found = parsed(value)
    return found if isinstance(found, list) else str(found).split()


def _span(source: Any) -> Example:
    if isinstance(source, list) and len(source) >= 2:
        return {"start": whole_of(source[0], "start"), "end": whole_of(source[1], "end")}
    if not isinstance(source, dict):
        raise RowError("a span is not an object with start and end")
    start = first_of(source, "start", "start_char", "start_offset", "begin", "BeginOffset")
    end = first_of(source, "end", "end_char", "end_offset", "EndOffset")
    return {"start": whole_of(start, "start"), "end": whole_of(end, "end")}


def _entity(source: Any) -> Example:
    span = _span(source)
    if isinstance(source, list):
        return span | {"label": label_of(source[2] if len(source) > 2 else "")}
    label = first_of(source, "label", "entity_group", "entity", "type", "Type", "tag", "labels")
    label = label[0] if isinstance(label, list) and label else label
    quote = source.get("text")
    return span | {"label": label_of(label)} | ({"text": quote} if isinstance(quote, str) else {})


def _relation(get: Get, names: Sequence[str]) -> Example:
    # "NA" and "None" are how many datasets say that there is no relation.
    if get("label") is None or not str(get("label")).strip() or get("label") != get("label"):
        raise RowError(NO_LABEL)
    text, label = text_of(get("text"), "text"), label_of(get("label"), names)
    if get("head") is not None:
        head, tail = _mention(parsed(get("head")), text), _mention(parsed(get("tail")), text)
    elif get("head_start") is not None:
        head, tail = (_span([get(f"{end}_start"), get(f"{end}_end")]) for end in ("head", "tail"))
    else:
        text, marks = unmarked(text)
        if set(marks) != {"1", "2"}:
            raise RowError("its text lacks <e1>…</e1> or <e2>…</e2>")
        head, tail = marks["1"], marks["2"]
    return {"text": text, "head": head, "tail": tail, "label": label}


def _mention(value: Any, text: str) -> Example:
    """A span, or the words of one, which are looked for in ``text``."""
    if not isinstance(value, str):
        return _span(value)
    at = text.find(value.strip()) if value.strip() else -1
    if at < 0:
        raise RowError("one of its two things is not in its text")
    return {"start": at, "end": at + len(value.strip())}


def _summarized(get: Get) -> Example:
    source = parsed(get("sentences") if get("sentences") is not None else get("text"))
    example: Example = (
        {"sentences": [text_of(s, "sentence") for s in source]}
        if isinstance(source, list)
        else {"text": text_of(source, "text").strip()}
    )
    summary = parsed(get("summary"))
    if isinstance(summary, float):  # NaN
        summary = None
    if isinstance(summary, list):
        summary = next((one for one in summary if str(one).strip()), "")
    if summary is not None:
        return example | {"summary": text_of(summary, "summary").strip()}
    labels = parsed(get("labels"))
    if len(labels) != len(example.get("sentences", ())):
        raise RowError("it has not one number for each sentence")
    return example | {"labels": [int(label) for label in labels]}
