"""Question answering: the places in a document that answer a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

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

State = Literal["answered", "probably", "none"]

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

    ``state`` says what to make of them: ``"answered"``, ``"probably"`` (the best is an answer, but
    a doubtful one) or ``"none"`` (they only come closest). ``no_answer_score`` and ``windows`` are
    None where the model does not say.
    """

    answers: tuple[Span, ...]
    state: State
    no_answer_score: float | None
    windows: int | None

    @property
    def answered(self) -> bool:
        """Whether there is an answer, sure or not."""
        return self.state != "none"

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
    """The answer in ``body``: ours (where ``probably`` stands beside the score of an answer that
    is doubtful), the original's list or single object, or JumpStart's
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
        state=_state(spans, ranked),
        no_answer_score=no_answer if stated is None else stated,
        windows=whole(content, "windows"),
    )


def _state(spans: Sequence[Span], ranked: Sequence[dict[str, Any]]) -> State:
    if not spans or not spans[0].text:
        return "none"
    return "probably" if ranked[0].get("probably") is True else "answered"


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
    """The best answers of all parts.

    A score is the probability that an answer is right, whatever part it is in: the best of all is
    the answer, and as sure as it was in its part. Parts that say *none* leave only what comes
    closest, which stands behind every answer that is given.
    """
    moved = [_at(result, by) for by, result in results]
    if len(moved) == 1:
        return moved[0]
    ranked = sorted(
        (not result.answered, -(span.score or 0.0), place, span.start, span)
        for place, result in enumerate(moved)
        for span in result.answers
    )
    stated = [result.no_answer_score for result in moved if result.no_answer_score is not None]
    return QuestionAnsweringResult(
        answers=tuple(row[-1] for row in ranked[: request.top_k]),
        state=moved[ranked[0][2]].state if ranked else "none",
        no_answer_score=min(stated) if len(stated) == len(moved) else None,
        windows=total([result.windows for result in moved]),
    )


def _at(result: QuestionAnsweringResult, by: int) -> QuestionAnsweringResult:
    return replace(result, answers=tuple(shifted(span, by) for span in result.answers))


QUESTION_ANSWERING: Final = Task(
    slug="question_answering",
    title="Question answering",
    description="The answer to a question, shown at its place in the document.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
)
