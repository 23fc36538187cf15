"""Canonical examples out of the rows of a table, given which column is what."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from backend.data.columns import missing
from backend.data.errors import FormatError
from backend.data.formats import unmarked
from backend.data.schemas import Example
from backend.data.spans import crosses_word
from backend.data.tables import Row, Table
from backend.data.tagging import Tagging, sentence_of

MAX_EXAMPLES: Final = 500_000
_LONGEST: Final = 1_000_000
_TOLERATED: Final = 0.1
"""The share of rows that may be unreadable before the file as a whole is taken for another."""

Get = Callable[[str], Any]


class _RowError(ValueError):
    """Raised for a row that no example can be made of."""


def build(task: str, table: Table, mapping: Mapping[str, str]) -> tuple[list[Example], list[str]]:
    """The examples in ``table`` and notes on what was passed over or mended.

    Raises ``FormatError`` where a column is missing or too many rows cannot be read.
    """
    if lacking := missing(task, mapping):
        raise FormatError(lacking)
    if len(table.rows) > MAX_EXAMPLES:
        raise FormatError(f"These are more than {MAX_EXAMPLES:,} rows: use a part of them.")
    make = _maker(task, table, mapping)
    examples: list[Example] = []
    faults: list[str] = []
    for number, row in enumerate(table.rows, 1):
        try:
            examples.append(_with_names(make(_getter(row, mapping)), row, mapping))
        except (_RowError, KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(error) if isinstance(error, _RowError) else "it is built differently"
            faults.append(f"row {number}: {reason}")
    if len(faults) > _TOLERATED * len(table.rows):
        raise FormatError(f"{len(faults):,} rows cannot be read, the first is {faults[0]}.")
    notes = [f"{len(faults):,} rows were left out, the first is {faults[0]}."] if faults else []
    if task == "question_answering" and _spelled_out(mapping):
        examples = _merged_answers(examples)
    return examples, notes


def _maker(task: str, table: Table, mapping: Mapping[str, str]) -> Callable[[Get], Example]:
    if task == "question_answering":
        last = 1 if "start" in mapping and _ends_inside(table.rows[:200], mapping) else 0
        return lambda get: _question(get, last)
    return _MAKERS[task]


def _getter(row: Row, mapping: Mapping[str, str]) -> Get:
    return lambda field: row.get(mapping[field]) if mapping.get(field) else None


def _with_names(example: Example, row: Row, mapping: Mapping[str, str]) -> Example:
    for field in ("id", "group"):
        value = row.get(mapping[field]) if mapping.get(field) else None
        if isinstance(value, (str, int)) and str(value).strip():
            example[field] = str(value).strip()
    return example


def _text(value: Any, what: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        raise _RowError(f"the {what} is not a text")
    text = str(value)
    if len(text) > _LONGEST:
        raise _RowError(f"the {what} has more than {_LONGEST:,} characters")
    return text


def _label(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _text(value, "label").strip()


def _whole(value: Any, what: str) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        raise _RowError(f"the {what} is not a whole number") from None


def _parsed(value: Any) -> Any:
    """A list or object that a CSV file holds as JSON."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _classified(get: Get) -> Example:
    return {"text": _text(get("text"), "text").strip(), "label": _label(get("label"))}


def _entities(get: Get) -> Example:
    if get("tokens") is not None:
        return _tagged(_listed(get("tokens")), _listed(get("tags")))
    found = _parsed(get("entities"))
    if isinstance(found, dict):
        found = found.get("entities", ())
    if not isinstance(found, list):
        raise _RowError("its entities are not a list")
    return {"text": _text(get("text"), "text"), "entities": [_entity(_parsed(e)) for e in found]}


def _tagged(words: list[Any], tags: list[Any]) -> Example:
    if len(words) != len(tags):
        raise _RowError(f"it has {len(words)} words and {len(tags)} tags")
    if any(isinstance(tag, int) for tag in tags):
        raise _RowError("its tags are numbers, and nothing says what they mean")
    return sentence_of(list(map(str, words)), list(map(str, tags)), Tagging())


def _listed(value: Any) -> list[Any]:
    parsed = _parsed(value)
    return parsed if isinstance(parsed, list) else str(parsed).split()


def _first(source: Mapping[str, Any], *names: str) -> Any:
    for name in names:
        if source.get(name) is not None:
            return source[name]
    raise _RowError(f"a span has no “{names[0]}”")


def _span(source: Any) -> Example:
    if isinstance(source, list) and len(source) >= 2:
        return {"start": _whole(source[0], "start"), "end": _whole(source[1], "end")}
    if not isinstance(source, dict):
        raise _RowError("a span is not an object with start and end")
    start = _first(source, "start", "start_char", "start_offset", "begin", "BeginOffset")
    end = _first(source, "end", "end_char", "end_offset", "EndOffset")
    return {"start": _whole(start, "start"), "end": _whole(end, "end")}


def _entity(source: Any) -> Example:
    span = _span(source)
    if isinstance(source, list):
        return span | {"label": _label(source[2] if len(source) > 2 else "")}
    label = _first(source, "label", "entity_group", "entity", "type", "Type", "tag", "labels")
    label = label[0] if isinstance(label, list) and label else label
    quote = source.get("text")
    return span | {"label": _label(label)} | ({"text": quote} if isinstance(quote, str) else {})


def _question(get: Get, last: int) -> Example:
    context = _text(get("context"), "context")
    return {
        "question": _text(get("question"), "question").strip(),
        "context": context,
        "answers": _answers(get, context, last),
    }


def _answers(get: Get, context: str, last: int) -> list[Example]:
    start, found = get("start"), _parsed(get("answers"))
    if isinstance(found, dict):
        starts = _first(found, "answer_start", "start")
        return [_answer(t, s) for t, s in zip(found["text"], starts, strict=True)]
    if isinstance(found, list):
        return [_answer(a["text"], _first(a, "start", "answer_start")) for a in found]
    if start in (None, "", "-1", -1):
        return _searched(_text(found, "answer"), context)
    at = _whole(start, "answer's start")
    if get("end") is None:
        return [_answer(_text(found, "answer"), at)]
    return [_answer(context[at : _whole(get("end"), "answer's end") + last], at)]


def _answer(text: Any, start: Any) -> Example:
    return {"text": _text(text, "answer"), "start": _whole(start, "answer's start")}


def _searched(answer: str, context: str) -> list[Example]:
    """An answer whose place is not given: where it first stands in the context."""
    if not answer.strip():
        return []
    at = context.find(answer.strip())
    if at < 0:
        raise _RowError("its answer is not in its context")
    return [{"text": answer.strip(), "start": at}]


def _ends_inside(rows: Sequence[Row], mapping: Mapping[str, str]) -> bool:
    """Whether ends are those of the last letter itself: then most lie one letter before a word's
    end.
    """
    votes = 0
    for row in rows:
        try:
            context, end = str(row[mapping["context"]]), int(str(row[mapping["end"]]))
        except (KeyError, ValueError):
            continue
        votes += 1 if crosses_word(context, end) and not crosses_word(context, end + 1) else -1
    return votes > 0


def _spelled_out(mapping: Mapping[str, str]) -> bool:
    """Whether each row has one answer in plain columns: several rows may be one question then."""
    return bool(mapping.get("start"))


def _merged_answers(examples: Sequence[Example]) -> list[Example]:
    merged: dict[tuple[str, str], Example] = {}
    for example in examples:
        key = (example["question"], example["context"])
        kept = merged.setdefault(key, example)
        if kept is not example:
            kept["answers"] += [a for a in example["answers"] if a not in kept["answers"]]
    return list(merged.values())


def _relation(get: Get) -> Example:
    text, label = _text(get("text"), "text"), _label(get("label"))
    if get("head") is not None:
        head, tail = _span(_parsed(get("head"))), _span(_parsed(get("tail")))
    elif get("head_start") is not None:
        head, tail = (_span([get(f"{end}_start"), get(f"{end}_end")]) for end in ("head", "tail"))
    else:
        text, marks = unmarked(text)
        if set(marks) != {"1", "2"}:
            raise _RowError("its text lacks <e1>…</e1> or <e2>…</e2>")
        head, tail = marks["1"], marks["2"]
    return {"text": text, "head": head, "tail": tail, "label": label}


def _summarized(get: Get) -> Example:
    source = _parsed(get("sentences") if get("sentences") is not None else get("text"))
    example: Example = (
        {"sentences": [_text(s, "sentence") for s in source]}
        if isinstance(source, list)
        else {"text": _text(source, "text").strip()}
    )
    summary = _parsed(get("summary"))
    if isinstance(summary, list):
        summary = next((one for one in summary if str(one).strip()), "")
    if summary is not None:
        return example | {"summary": _text(summary, "summary").strip()}
    labels = _parsed(get("labels"))
    if len(labels) != len(example.get("sentences", ())):
        raise _RowError("it has not one number for each sentence")
    return example | {"labels": [int(label) for label in labels]}


_MAKERS: Final[Mapping[str, Callable[[Get], Example]]] = {
    "text_classification": _classified,
    "named_entities": _entities,
    "relation_extraction": _relation,
    "summarization": _summarized,
}
