"""Question answering: the places in a document that answer a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.errors import InputError, ModelError
from backend.tasks.base import (
    Part,
    Payload,
    Span,
    Task,
    json_payload,
    number,
    parse_object,
    read_span,
    require_text,
    take,
    unexpected,
    whole,
)
from backend.tasks.parts import shifted, stretches, total

LONGEST_PART: Final = 40_000
"""Characters in one request."""


@dataclass(frozen=True)
class QuestionAnsweringRequest:
    """A question about ``context``; ``top_k`` answers at most."""

    question: str
    context: str
    top_k: int = 3


@dataclass(frozen=True)
class QuestionAnsweringResult:
    """Ranked ``answers``, each a span of the context, best first.

    ``answered`` is false where the model finds it likelier that the text holds no answer; then
    ``answers`` are its guesses all the same. ``no_answer_score`` and ``windows`` are None where
    the model does not say.
    """

    answers: tuple[Span, ...]
    answered: bool
    no_answer_score: float | None
    windows: int | None

    @property
    def best(self) -> Span | None:
        """The answer, None where the text holds none."""
        return self.answers[0] if self.answered else None


def encode(request: QuestionAnsweringRequest) -> Payload:
    """The request's body; raises ``InputError`` for an empty question or context."""
    if request.top_k < 1:
        raise InputError("At least one answer must be asked for: raise the number of answers.")
    return json_payload(
        {
            "question": require_text(request.question, "question"),
            "context": require_text(request.context, "text to search for the answer"),
            "parameters": {"topk": request.top_k},
        }
    )


def decode(body: bytes, request: QuestionAnsweringRequest) -> QuestionAnsweringResult:
    """The answer in ``body``: ours, the original's list or single object, or JumpStart's
    ``{"answer": str}``, which has no offsets: its words are looked up in the context.
    """
    content = parse_object(body)
    found = content.get("answers", content)
    ranked = found if isinstance(found, list) else [found]
    if not all(isinstance(answer, dict) for answer in ranked):
        raise unexpected("usable “answers”")
    spans = tuple(_answer(answer, request.context) for answer in ranked)
    answers = tuple(span for span in spans if span.text)
    no_answer = next((span.score for span in spans if not span.text), None)
    stated = number(content, "no_answer_score")
    return QuestionAnsweringResult(
        answers=answers,
        answered=bool(spans and spans[0].text),
        no_answer_score=no_answer if stated is None else stated,
        windows=whole(content, "windows"),
    )


def _answer(source: dict[str, Any], context: str) -> Span:
    if "start" in source:
        return read_span(source, context, words="answer")
    return _look_up(take(source, "answer", str), context, number(source, "score"))


def _look_up(answer: str, context: str, score: float | None) -> Span:
    """``answer`` in ``context``, where case and blanks may differ (tokenizers change them)."""
    words = answer.split()
    if not words:
        return Span(0, 0, "", score=score)
    place = re.search(r"\s*".join(map(re.escape, words)), context, re.IGNORECASE)
    if place is None:
        raise ModelError(f"The model answered “{answer}”, which is not in the text: ask otherwise.")
    return Span(place.start(), place.end(), place.group(), score=score)


def parts(request: QuestionAnsweringRequest) -> Sequence[Part[QuestionAnsweringRequest]]:
    """The same question to each part of a long document."""
    return stretches(request, size=LONGEST_PART, field="context")


def join(
    request: QuestionAnsweringRequest, results: Sequence[tuple[int, QuestionAnsweringResult]]
) -> QuestionAnsweringResult:
    """The best answers of all parts, their scores as one distribution.

    Each part shares its probability between its own spans and "no answer", so spans of different
    parts compare by their odds against it, which are taken as those against the one "no answer" of
    the document. Where a model gives no such score, answers compare by the score that they have.
    """
    if len(results) == 1:
        return _at(results[0][1], results[0][0])
    moved = [_at(result, by) for by, result in results]
    odds = [(_odds(span, result), span) for result in moved for span in result.answers]
    odds.sort(key=lambda pair: -pair[0])
    kept = odds[: request.top_k]
    windows = total([result.windows for result in moved])
    if any(result.no_answer_score is None for result in moved):
        answers = tuple(span for _, span in kept)
        return QuestionAnsweringResult(answers, any(r.answered for r in moved), None, windows)
    whole_weight = 1.0 + sum(weight for weight, _ in odds)
    answers = tuple(replace(span, score=weight / whole_weight) for weight, span in kept)
    answered = bool(kept) and kept[0][0] >= 1.0
    return QuestionAnsweringResult(answers, answered, 1.0 / whole_weight, windows)


def _at(result: QuestionAnsweringResult, by: int) -> QuestionAnsweringResult:
    return replace(result, answers=tuple(shifted(span, by) for span in result.answers))


def _odds(span: Span, result: QuestionAnsweringResult) -> float:
    """How many times likelier ``span`` is than no answer in its part."""
    score = span.score or 0.0
    if result.no_answer_score is None:
        return score
    return score / max(result.no_answer_score, 1e-9)


QUESTION_ANSWERING: Final = Task(
    slug="question_answering",
    title="Question answering",
    description="The answer to a question, shown at its place in the document.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
)
