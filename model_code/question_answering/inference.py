"""Serving question answering: ranked spans of the context, or no answer."""

from dataclasses import dataclass
from typing import Any

from common import payload
from common.engine import Engine
from common.together import Steps, together
from question_answering.calibration import Calibration
from question_answering.decode import Candidate, rank
from question_answering.features import question_windows

TOP_ANSWERS = 3
MOST_ANSWERS = 20


@dataclass(frozen=True)
class Question:
    """A request; ``plain`` asks for the short form ``{"answer": …}`` of a list-text request."""

    question: str
    context: str
    top: int = TOP_ANSWERS
    plain: bool = False


def model_fn(model_dir: str) -> Engine:
    """Load the exported model."""
    return Engine(model_dir)


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> Question:
    """``{"question", "context", "parameters": {"topk"}}`` or list-text ``[question, context]``."""
    if payload.media_type(content_type) == payload.LIST_TEXT:
        pair = payload.parse_json(body)
        if not isinstance(pair, list) or len(pair) != 2:
            raise payload.BadRequestError("Send a list of two texts: the question and the context.")
        request = dict(zip(("question", "context"), pair, strict=True))
        return Question(*_texts(request), plain=True)
    request = payload.parse_object(body, content_type)
    values = payload.parameters(request)
    key = "topk" if "topk" in values else "top_k"
    top = payload.whole_number(values, key, TOP_ANSWERS, lowest=1, highest=MOST_ANSWERS)
    return Question(*_texts(request), top=top or TOP_ANSWERS)


def _texts(request: dict[str, Any]) -> tuple[str, str]:
    return payload.required_text(request, "question"), payload.required_text(request, "context")


@payload.one_or_many
def predict_fn(requests: list[Question], engine: Engine) -> list[dict[str, Any]]:
    """Answers, best first; an empty one leads them where none is likely enough to be given.

    ``score`` is the probability that an answer is right, ``probably`` whether it is to be given
    with doubt.
    """
    return together(engine, [_answers(request, engine) for request in requests])


def _answers(request: Question, engine: Engine) -> Steps[dict[str, Any]]:
    config = engine.config
    parts = question_windows(engine.tokenizer, request.question, request.context, config.max_length)
    calibration = Calibration.of(config.settings)
    ranking = rank(parts, (yield parts))
    scores = calibration.probabilities(ranking)
    answers = [
        _answer(request.context, span, score, probably=score < calibration.answered)
        for span, score in zip(ranking.spans[: request.top], scores, strict=False)
    ]
    none = 1.0 - (scores[0] if scores else 0.0)
    if 1.0 - none < calibration.probably:
        answers.insert(0, {"answer": "", "start": 0, "end": 0, "score": none, "probably": False})
    if request.plain:
        return {"answer": answers[0]["answer"]}
    return {"answers": answers, "no_answer_score": none, "windows": len(parts)}


def _answer(context: str, span: Candidate, score: float, *, probably: bool) -> dict[str, Any]:
    return {
        "answer": context[span.start : span.end],
        "start": span.start,
        "end": span.end,
        "score": score,
        "probably": probably,
    }


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
