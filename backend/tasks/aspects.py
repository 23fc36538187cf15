"""The tone of a review by what its sentences are about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.tasks.text_classification import Section, TextClassificationResult

CLEAR: Final = 0.97
"""Probability from which on the tone of one sentence counts. In two samples of reviews, which chose
it, 22 of the 23 sentences above it are judged rightly, and about 35 of the 45 above 0.7.
"""
ABOUT: Final = 0.4
"""Probability from which on a sentence is about an aspect."""
POSITIVE: Final = "positive"
_ENDED: Final = re.compile(r"[.!?…][\"”’»)\]]*\s*$")
"""What a sentence ends with, and a heading does not."""


@dataclass(frozen=True)
class Aspect:
    """What is judged, with the sentences that praise it and those that complain, each with its tone
    and that tone's probability.
    """

    name: str
    praise: tuple[Section, ...]
    complaints: tuple[Section, ...]

    @property
    def sentences(self) -> int:
        """How many judge it."""
        return len(self.praise) + len(self.complaints)


def tone_by_aspect(
    about: TextClassificationResult, tone: TextClassificationResult
) -> tuple[Aspect, ...]:
    """The aspects of a text, those judged most often first.

    Both results are of the same text sentence by sentence: ``about`` with aspects as labels,
    ``tone`` with "positive" and others. Headings and sentences about no aspect or without a clear
    tone do not count.
    """
    tones = {(one.span.start, one.span.end): one for one in tone.sections if _tells(one)}
    found: dict[str, list[Section]] = {}
    for section in about.sections:
        judged = tones.get((section.span.start, section.span.end))
        if judged and _clear(section, ABOUT) and not section.none:
            found.setdefault(section.span.label, []).append(judged)
    aspects = [_aspect(name, sentences) for name, sentences in found.items()]
    return tuple(sorted(aspects, key=lambda aspect: -aspect.sentences))


def _tells(section: Section) -> bool:
    return _clear(section, CLEAR) and bool(_ENDED.search(section.span.text))


def _clear(section: Section, least: float) -> bool:
    return (section.span.score or 0.0) >= least


def _aspect(name: str, sentences: Sequence[Section]) -> Aspect:
    praise = tuple(one for one in sentences if one.span.label.casefold() == POSITIVE)
    return Aspect(name, praise, tuple(one for one in sentences if one not in praise))
