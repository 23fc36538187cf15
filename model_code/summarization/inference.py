"""Serving summaries: extractive by sentence embeddings, or abstractive by a seq2seq model."""

from pathlib import Path
from typing import Any, Protocol

from common import payload, weights
from common.model_card import CONFIG_NAME
from summarization.request import Request, read_request
from summarization.summarizer import BULLET, ExtractiveSummarizer


class Summarizer(Protocol):
    """Makes a summary; see :func:`predict_fn` for its parts."""

    def summarize(self, request: Request) -> dict[str, Any]: ...


def model_fn(model_dir: str) -> Summarizer:
    """The extractive model of a fine-tuned folder, else the seq2seq model in it."""
    if Path(model_dir, CONFIG_NAME).exists():
        return ExtractiveSummarizer(model_dir)
    from summarization.abstractive import AbstractiveSummarizer

    return AbstractiveSummarizer(model_dir, weights.referenced(model_dir))


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> Request:
    """``{"text", "parameters": {max_words, min_words, max_length, min_length, style, bullets,
    focus, …}}``.
    """
    return read_request(body, content_type)


@payload.one_or_many
def predict_fn(requests: list[Request], model: Summarizer) -> list[dict[str, Any]]:
    """``summary``, its ``sentences``, and the lengths of source and summary in words."""
    return [_summary(request, model) for request in requests]


def _summary(request: Request, model: Summarizer) -> dict[str, Any]:
    result = model.summarize(request)
    words = (word for word in result["summary"].split() if word != BULLET)
    return {
        **result,
        "words": sum(1 for _ in words),
        "source_words": len(request.text.split()),
    }


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
