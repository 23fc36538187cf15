"""Summarization: the original solution's T5, and JumpStart's text in, text out."""

import math
from dataclasses import replace
from functools import partial
from typing import Any, Final

from backend.tasks.base import JSON, Payload, json_payload, parse, require_text, unexpected
from backend.tasks.dialects.base import OURS, Dialect, anything, has
from backend.tasks.parts import stretches
from backend.tasks.summarization import (
    SUMMARIZATION,
    SummarizationRequest,
    SummarizationResult,
)
from backend.tasks.summarization import encode as encode_ours

LONGEST_PART: Final = 4_000
"""Characters in one request; the article that the original solution summarises has 2,790."""
TOKENS_PER_WORD: Final = 4 / 3
_LEAST: Final = 30
"""Tokens: the original's shortest summary unless told."""

_PROBE: Final = SummarizationRequest(
    text="The committee met on Monday. It approved the budget for the new library. The work "
    "begins in spring, and the doors will open to the public a year later."
)


def encode_solution(request: SummarizationRequest) -> Payload:
    """``{"text", "parameters"}`` with lengths in tokens. ``do_sample`` is a text there, and on
    unless told: off, so that the same document gives the same summary.
    """
    encode_ours(request)  # what it refuses
    parameters: dict[str, Any] = {}
    most, least = _tokens(request.max_length, request.max_words), None
    if most is not None:
        parameters["max_length"] = most
        least = min(_LEAST, most)
    least = _tokens(request.min_length, request.min_words) or least
    if least is not None:
        parameters["min_length"] = least
    return json_payload({"text": request.text, "parameters": parameters | {"do_sample": "false"}})


def _tokens(tokens: int | None, words: int | None) -> int | None:
    if tokens is not None or words is None:
        return tokens
    return math.ceil(words * TOKENS_PER_WORD)


def encode_text(request: SummarizationRequest) -> Payload:
    """The text alone, as JumpStart's summarizers take it."""
    encode_ours(request)
    return Payload(require_text(request.text).encode(), "application/x-text", JSON)


def decode_text(body: bytes, request: SummarizationRequest) -> SummarizationResult:
    """``{"summary_text"}`` or ``{"generated_text"}``, or the first of a list of them."""
    answer = parse(body)
    first = answer[0] if isinstance(answer, list) and answer else answer
    found = first if isinstance(first, dict) else {}
    summary = found.get("summary_text", found.get("generated_text"))
    if not isinstance(summary, str):
        raise unexpected("“summary_text”")
    words = len(summary.split())
    return SummarizationResult(summary, (), words, len(request.text.split()), None)


_parts: Final = partial(stretches, size=LONGEST_PART)

DIALECTS: Final = (
    Dialect(OURS, "a model of this project", SUMMARIZATION, _PROBE, has("windows")),
    Dialect(
        "solution",
        "a summarizer of the original solution",
        replace(SUMMARIZATION, encode=encode_solution, parts=_parts),
        _PROBE,
        has("summary"),
    ),
    Dialect(
        "jumpstart",
        "a JumpStart summarizer",
        replace(SUMMARIZATION, encode=encode_text, decode=decode_text, parts=_parts),
        _PROBE,
        anything,
    ),
)
