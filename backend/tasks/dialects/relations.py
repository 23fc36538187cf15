"""Relation extraction: the original solution's model relates one pair of spans at a time."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.errors import InputError
from backend.tasks.base import Part, Payload, Span
from backend.tasks.dialects.base import OURS, Dialect, has
from backend.tasks.relation_extraction import (
    RELATION_EXTRACTION,
    RelationExtractionRequest,
)
from backend.tasks.relation_extraction import encode as encode_ours
from backend.tasks.relation_extraction import parts as parts_ours

MOST_PAIRS: Final = 60
"""Pairs of one document that are asked about, one request each."""
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”’')\]]*\s+|\n\s*\n")
_TEXT: Final = "The engine is a part of the car."
_PROBE: Final = RelationExtractionRequest(
    _TEXT, pair=(Span(4, 10, _TEXT[4:10]), Span(28, 31, _TEXT[28:31]))
)


def encode_pair(request: RelationExtractionRequest) -> Payload:
    """A pair; raises ``InputError`` for a whole document, in which this model finds nothing."""
    if request.pair is None:
        raise InputError(
            "This model relates two names that it is given and finds none itself: choose "
            "“Ask about two names”, or another model."
        )
    return encode_ours(request)


def parts(request: RelationExtractionRequest) -> Sequence[Part[RelationExtractionRequest]]:
    """One request for each pair of given entities within a sentence."""
    if request.pair is not None or not request.entities:
        return parts_ours(request)
    found = sorted(request.entities, key=lambda span: span.start)
    pairs = [
        pair
        for pair in itertools.combinations(found, 2)
        if not _SENTENCE_END.search(request.text, pair[0].end, pair[1].start)
    ]
    asked = [RelationExtractionRequest(request.text, pair=pair) for pair in pairs[:MOST_PAIRS]]
    return [part for one in asked for part in parts_ours(one)] or parts_ours(request)


DIALECTS: Final = (
    Dialect(OURS, "a model of this project", RELATION_EXTRACTION, _PROBE, has("score")),
    Dialect(
        "solution-pairs",
        "a relation extractor of the original solution",
        replace(RELATION_EXTRACTION, encode=encode_pair, parts=parts),
        _PROBE,
        has("id", "Label_id", "str", "Label"),
    ),
)
