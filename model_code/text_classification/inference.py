"""Serving text classification: raw text in, probabilities out, long text by section."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from common import payload, windows
from common.engine import Engine
from common.numeric import softmax
from common.sentences import sentences
from common.together import Steps, together

SECTION_TOKENS = 160


def model_fn(model_dir: str) -> Engine:
    """Load the exported model."""
    return Engine(model_dir)


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> str:
    """The text: ``application/x-text``, or JSON ``{"text": …}``."""
    if payload.media_type(content_type) in payload.PLAIN_TEXT:
        return payload.non_empty(payload.text(body))
    return payload.required_text(payload.parse_object(body, content_type), "text")


def sections(engine: Engine, text: str) -> list[tuple[int, int]]:
    """Spans that are classified one by one: the whole of a short text, else runs of sentences.

    A sentence longer than a section is cut between words.
    """
    budget = engine.config.max_length - windows.special_tokens(engine.tokenizer, pair=False)
    if len(engine.tokenizer.encode(text, add_special_tokens=False)) <= min(budget, SECTION_TOKENS):
        return [(0, len(text))]
    budget = min(budget, SECTION_TOKENS)
    parts = sentences(text)
    encodings = engine.tokenizer.encode_batch(
        [text[start:end] for start, end in parts], add_special_tokens=False
    )
    return _packed(engine, text, parts, [len(encoding) for encoding in encodings], budget)


def _packed(
    engine: Engine, text: str, parts: Sequence[tuple[int, int]], sizes: Sequence[int], budget: int
) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    used = 0
    for (start, end), size in zip(parts, sizes, strict=True):
        if size > budget:
            inner = windows.spans(engine.tokenizer, text[start:end], budget, 0)
            result += [(start + a, start + b) for a, b in inner]
            used = budget
        elif result and used + size <= budget:
            result[-1] = (result[-1][0], end)
            used += size
        else:
            result.append((start, end))
            used = size
    return result


@payload.one_or_many
def predict_fn(texts: list[str], engine: Engine) -> list[dict[str, Any]]:
    """Probabilities of each section, and of the text: their mean, weighted by length in tokens."""
    return together(engine, [_classify(text, engine) for text in texts])


def _classify(text: str, engine: Engine) -> Steps[dict[str, Any]]:
    parts = sections(engine, text)
    sequences = windows.encode(
        engine.tokenizer, [text[start:end] for start, end in parts], [start for start, _ in parts]
    )
    probabilities = np.array([softmax(values[0]) for values in (yield sequences)])
    weights = np.array([len(sequence) for sequence in sequences], dtype=float)
    total = (probabilities * weights[:, None]).sum(axis=0) / weights.sum()
    labels = engine.config.labels
    return {
        "probabilities": total.tolist(),
        "labels": labels,
        "predicted_label": labels[int(total.argmax())],
        "sections": [
            {
                "start": start,
                "end": end,
                "probabilities": row.tolist(),
                "predicted_label": labels[int(row.argmax())],
            }
            for (start, end), row in zip(parts, probabilities, strict=True)
        ],
        "windows": len(parts),
    }


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
