"""Question answering: the places in a document that answer a question."""

import re
from dataclasses import dataclass
from typing import Any, Final

from backend.errors import InputError, ModelError
from backend.tasks.base import (
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


QUESTION_ANSWERING: Final = Task(
    slug="question_answering",
    title="Question answering",
    description="The answer to a question, shown at its place in the document.",
    encode=encode,
    decode=decode,
)
