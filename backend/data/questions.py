"""Rows of a table to examples of question answering."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.data.cells import Get, RowError, first_of, text_of, whole_of
from backend.data.schemas import Example
from backend.data.spans import crosses_word
from backend.data.tables import Row
from backend.data.values import is_missing, parsed, plain


def question(get: Get, last: int) -> Example:
    """A question with its answers; ``last`` is 1 where ends are those of the last letter itself.

    Raises ``RowError``.
    """
    context = text_of(get("context"), "context")
    return {
        "question": text_of(get("question"), "question").strip(),
        "context": context,
        "answers": _answers(get, context, last),
    }


def _answers(get: Get, context: str, last: int) -> list[Example]:
    start, found = get("start"), parsed(get("answers"))
    if isinstance(found, (list, dict)):
        return _listed_answers(found, context)
    if is_missing(start) or plain(start) in ("-1", -1):
        return _searched("" if is_missing(found) else text_of(found, "answer"), context)
    at = whole_of(plain(start), "answer's start")
    if get("end") is None:
        return [_answer(text_of(found, "answer"), at)]
    return [_answer(context[at : whole_of(plain(get("end")), "answer's end") + last], at)]


def _listed_answers(found: Any, context: str) -> list[Example]:
    """Answers as SQuAD has them; those without a text are none."""
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return [answer for one in found for answer in _searched(one, context)]
    if isinstance(found, dict):
        texts, starts = found["text"], first_of(found, "answer_start", "start")
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
    return {"text": text_of(text, "answer"), "start": whole_of(start, "answer's start")}


def _searched(answer: str, context: str) -> list[Example]:
    """An answer whose place is not given: where it first stands in the context."""
    if not answer.strip():
        return []
    at = context.find(answer.strip())
    if at < 0:
        raise RowError("its answer is not in its context")
    return [{"text": answer.strip(), "start": at}]


def ends_inside(rows: Sequence[Row], mapping: Mapping[str, str]) -> bool:
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


def spelled_out(mapping: Mapping[str, str]) -> bool:
    """Whether each row has one answer in plain columns: several rows may be one question then."""
    return bool(mapping.get("start"))


def merged_answers(examples: Sequence[Example]) -> list[Example]:
    """``examples`` with all answers to one question in one of them."""
    merged: dict[tuple[str, str], Example] = {}
    for example in examples:
        key = (example["question"], example["context"])
        kept = merged.setdefault(key, example)
        if kept is not example:
            kept["answers"] += [a for a in example["answers"] if a not in kept["answers"]]
    return list(merged.values())
