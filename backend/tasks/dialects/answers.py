"""Question answering: the original solution's pre-trained model, and JumpStart's list of two."""

import json
from dataclasses import replace
from functools import partial
from typing import Final

from backend.tasks.base import JSON, Payload
from backend.tasks.dialects.base import OURS, Dialect, has
from backend.tasks.parts import stretches
from backend.tasks.question_answering import QUESTION_ANSWERING, QuestionAnsweringRequest
from backend.tasks.question_answering import encode as encode_ours

LONGEST_PART: Final = 1_500
"""Characters of context in one request: BERT reads 512 tokens and passes over the rest."""

_PROBE: Final = QuestionAnsweringRequest(
    "Who wrote the report?", "Maria Lopez wrote the report in March."
)


def encode_list(request: QuestionAnsweringRequest) -> Payload:
    """``[question, context]``, as JumpStart's fine-tuned models take it."""
    encode_ours(request)  # what it refuses
    pair = json.dumps([request.question, request.context], ensure_ascii=False)
    return Payload(pair.encode(), "application/list-text", f"{JSON};verbose")


DIALECTS: Final = (
    Dialect(OURS, "a model of this project", QUESTION_ANSWERING, _PROBE, has("windows")),
    Dialect(
        "solution",
        "a question answerer of the original solution",
        QUESTION_ANSWERING,
        _PROBE,
        has("answers", "answer"),
    ),
    Dialect(
        "jumpstart",
        "a JumpStart question answerer",
        replace(
            QUESTION_ANSWERING,
            encode=encode_list,
            parts=partial(stretches, size=LONGEST_PART, field="context"),
        ),
        _PROBE,
        has("answer"),
    ),
)
