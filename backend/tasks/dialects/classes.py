"""Text classification: JumpStart's classifiers read one short text and name no sections."""

from dataclasses import replace
from functools import partial
from typing import Final

from backend.tasks.dialects.base import OURS, Dialect, has
from backend.tasks.parts import stretches
from backend.tasks.text_classification import (
    TEXT_CLASSIFICATION,
    TextClassificationRequest,
    join,
)

LONGEST_PART: Final = 1_500
"""Characters in one request: BERT reads 512 tokens and passes over the rest."""

_PROBE: Final = TextClassificationRequest("The service was friendly and the room was clean.")

DIALECTS: Final = (
    Dialect(OURS, "a model of this project", TEXT_CLASSIFICATION, _PROBE, has("sections")),
    Dialect(
        "jumpstart",
        "a JumpStart text classifier",
        replace(
            TEXT_CLASSIFICATION,
            parts=partial(stretches, size=LONGEST_PART),
            join=partial(join, size=LONGEST_PART),
        ),
        _PROBE,
        has("probabilities"),
    ),
)
