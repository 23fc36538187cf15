"""Serving question answering: ranked spans of the context, or no answer."""

from dataclasses import dataclass
from typing import Any

from common import payload
from common.engine import Engine
from common.together import Steps, together
from question_answering.decode import Answer, rank
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
    """Answers, best first; no answer leads them where it is likelier than any span."""
    return together(engine, [_answers(request, engine) for request in requests])


def _answers(request: Question, engine: Engine) -> Steps[dict[str, Any]]:
    config = engine.config
    parts = question_windows(engine.tokenizer, request.question, request.context, config.max_length)
    threshold = float(config.settings.get("no_answer_threshold", 0.0))
    ranking = rank(parts, (yield parts), top=request.top, threshold=threshold)
    answers = [_answer(request.context, span) for span in ranking.spans]
    if not answers or ranking.no_answer > answers[0]["score"]:
        answers.insert(0, {"answer": "", "start": 0, "end": 0, "score": ranking.no_answer})
    if request.plain:
        return {"answer": answers[0]["answer"]}
    return {"answers": answers, "no_answer_score": ranking.no_answer, "windows": len(parts)}


def _answer(context: str, span: Answer) -> dict[str, Any]:
    text = context[span.start : span.end]
    return {"answer": text, "start": span.start, "end": span.end, "score": span.score}


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
