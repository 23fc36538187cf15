"""Canonical examples out of the rows of a table, given which column is what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data.columns import missing
from backend.data.errors import FormatError
from backend.data.formats import unmarked
from backend.data.schemas import Example
from backend.data.spans import crosses_word
from backend.data.tables import LeftOut, Row, Table
from backend.data.tagging import Tagging, sentence_of
from backend.data.values import is_missing, parsed, plain

MAX_EXAMPLES: Final = 500_000
_LONGEST: Final = 1_000_000
_TOLERATED: Final = 0.1
"""The share of rows that may be unreadable before the file as a whole is taken for another."""

NO_LABEL: Final = "it has no label"
Get = Callable[[str], Any]


class _RowError(ValueError):
    """Raised for a row that no example can be made of."""


@dataclass(frozen=True)
class Built:
    """The examples of a table, sentences about what was mended, and the rows without an example."""

    examples: list[Example]
    notes: list[str]
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
        except (_RowError, KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(error) if isinstance(error, _RowError) else "it is built differently"
            left_out.append(LeftOut(f"row {number}", reason, _begin(row)))
    _require_readable(left_out, len(table.rows))
    if task == "question_answering" and _spelled_out(mapping):
        examples = _merged_answers(examples)
    return Built(examples, [], left_out)


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
        last = 1 if "start" in mapping and _ends_inside(table.rows[:200], mapping) else 0
        return lambda get: _question(get, last)
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


def _text(value: Any, what: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        raise _RowError(f"the {what} is not a text")
    text = str(value)
    if len(text) > _LONGEST:
        raise _RowError(f"the {what} has more than {_LONGEST:,} characters")
    return text


def _label(value: Any, names: Sequence[str] = ()) -> str:
    value = plain(value)
    if isinstance(value, list) and len(value) == 1:
        value = plain(value[0])
    if isinstance(value, list) and len(value) > 1:
        raise _RowError(f"it has {len(value)} labels, and a model here chooses one")
    number = str(value).strip()
    if names and number.isdigit():
        if int(number) >= len(names):
            raise _RowError(f"label {number} has no name: there are {len(names)}, from 0 on")
        return names[int(number)]
    return _text(value, "label").strip()


def _given_label(value: Any, names: Sequence[str] = ()) -> str:
    """The label of an example that must have one."""
    value = parsed(value)
    if is_missing(value) or value == []:
        raise _RowError(NO_LABEL)
    return _label(value, names)


def _whole(value: Any, what: str) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        raise _RowError(f"the {what} is not a whole number") from None


def _classified(get: Get, names: Sequence[str]) -> Example:
    text = get("text")
    return {
        "text": "" if is_missing(text) else _text(text, "text").strip(),
        "label": _given_label(get("label"), names),
    }


def _entities(get: Get, names: Sequence[str]) -> Example:
    if get("tokens") is not None:
        return _tagged(_listed(get("tokens")), _listed(get("tags")), names)
    found = parsed(get("entities"))
    if found is None:
        raise _RowError(NO_LABEL)
    if isinstance(found, dict):
        found = found.get("entities", ())
    if not isinstance(found, list):
        raise _RowError("its entities are not a list")
    return {"text": _text(get("text"), "text"), "entities": [_entity(parsed(e)) for e in found]}


def _tagged(words: list[Any], tags: list[Any], names: Sequence[str]) -> Example:
    if len(words) != len(tags):
        raise _RowError(f"it has {len(words)} words and {len(tags)} tags")
    if all(str(tag).lstrip("-").isdigit() for tag in tags):
        if not names:
            raise _RowError(
                "its tags are numbers: say what they mean, in their order, as in O, B-PER, I-PER"
            )
        tags = [_label(tag, names) for tag in tags]
    return sentence_of(list(map(str, words)), list(map(str, tags)), Tagging())


def _listed(value: Any) -> list[Any]:
    found = parsed(value)
    return found if isinstance(found, list) else str(found).split()


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
    start, found = get("start"), parsed(get("answers"))
    if isinstance(found, (list, dict)):
        return _listed_answers(found, context)
    if is_missing(start) or plain(start) in ("-1", -1):
        return _searched("" if is_missing(found) else _text(found, "answer"), context)
    at = _whole(plain(start), "answer's start")
    if get("end") is None:
        return [_answer(_text(found, "answer"), at)]
    return [_answer(context[at : _whole(plain(get("end")), "answer's end") + last], at)]


def _listed_answers(found: Any, context: str) -> list[Example]:
    """Answers as SQuAD has them; those without a text are none."""
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return [answer for one in found for answer in _searched(one, context)]
    if isinstance(found, dict):
        texts, starts = found["text"], _first(found, "answer_start", "start")
        if not isinstance(texts, list):
            texts, starts = [texts], [starts]
        pairs = list(zip(texts, starts, strict=True))
    else:
        pairs = [(one.get("text"), one.get("start", one.get("answer_start"))) for one in found]
    made = []
    for text, at in pairs:
        if isinstance(text, str) and text:
            made += [_answer(text, plain(at))] if at is not None else _searched(text, context)
    return made


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


def _relation(get: Get, names: Sequence[str]) -> Example:
    # "NA" and "None" are how many datasets say that there is no relation.
    if get("label") is None or not str(get("label")).strip() or get("label") != get("label"):
        raise _RowError(NO_LABEL)
    text, label = _text(get("text"), "text"), _label(get("label"), names)
    if get("head") is not None:
        head, tail = _mention(parsed(get("head")), text), _mention(parsed(get("tail")), text)
    elif get("head_start") is not None:
        head, tail = (_span([get(f"{end}_start"), get(f"{end}_end")]) for end in ("head", "tail"))
    else:
        text, marks = unmarked(text)
        if set(marks) != {"1", "2"}:
            raise _RowError("its text lacks <e1>…</e1> or <e2>…</e2>")
        head, tail = marks["1"], marks["2"]
    return {"text": text, "head": head, "tail": tail, "label": label}


def _mention(value: Any, text: str) -> Example:
    """A span, or the words of one, which are looked for in ``text``."""
    if not isinstance(value, str):
        return _span(value)
    at = text.find(value.strip()) if value.strip() else -1
    if at < 0:
        raise _RowError("one of its two things is not in its text")
    return {"start": at, "end": at + len(value.strip())}


def _summarized(get: Get) -> Example:
    source = parsed(get("sentences") if get("sentences") is not None else get("text"))
    example: Example = (
        {"sentences": [_text(s, "sentence") for s in source]}
        if isinstance(source, list)
        else {"text": _text(source, "text").strip()}
    )
    summary = parsed(get("summary"))
    if isinstance(summary, float):  # NaN
        summary = None
    if isinstance(summary, list):
        summary = next((one for one in summary if str(one).strip()), "")
    if summary is not None:
        return example | {"summary": _text(summary, "summary").strip()}
    labels = parsed(get("labels"))
    if len(labels) != len(example.get("sentences", ())):
        raise _RowError("it has not one number for each sentence")
    return example | {"labels": [int(label) for label in labels]}
