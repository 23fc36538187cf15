"""The sentence around a place in a document, for screens: light, and right for most of prose.

What models read is split by their own code; this one never has to load a language model.
"""

import re
from itertools import pairwise
from typing import Final

from backend.tasks.base import Span

LONGEST: Final = 400
"""Characters of a sentence that are shown: a line without a stop may go on for pages."""

_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|No|Nos|Inc|Ltd|Co|Corp|vs|etc|approx|Fig|Sec|Art|al"
    r"|Gen|Col|Sen|Rep|Gov|Hon|Rev|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
    r"|\b[A-Z]|\b[a-z]\.[a-z]|(?:^|\n)\s*\d{1,3})$"
)
_STOP: Final = re.compile(r"[.!?…][\"”’»)\]]*(?=\s)")
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
_ITEM: Final = re.compile(r"\n(?=\s*(?:[-–—•*▪◦‣]|\(?\w{1,3}[.)])\s)|\n(?=[^\n]* \| )")


def sentence_around(text: str, start: int, end: int) -> Span:
    """The sentence, list item or row of a table of ``text`` that holds ``start`` to ``end``.

    >>> sentence_around("It rained. Dr. May paid $5. We left.", 15, 18).text
    'Dr. May paid $5.'
    """
    left = max([0, start - LONGEST, *_ends(text, start - LONGEST, start)])
    right = min([len(text), end + LONGEST, *_ends(text, end - 1, end + LONGEST)])
    right = max(right, end)
    left += len(text[left:right]) - len(text[left:right].lstrip())
    right = left + len(text[left:right].rstrip())
    return Span(left, right, text[left:right])


def sentences_of(text: str) -> tuple[Span, ...]:
    """All sentences, list items and rows of ``text`` in its order, of any length.

    >>> [one.text for one in sentences_of("It rained. Dr. May paid $5.")]
    ['It rained.', 'Dr. May paid $5.']
    """
    cuts = [0, *sorted(set(_ends(text, 0, len(text)))), len(text)]
    found = []
    for start, end in pairwise(cuts):
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        words = words.strip()
        if words:
            found.append(Span(start, start + len(words), words))
    return tuple(found)


def _ends(text: str, first: int, last: int) -> list[int]:
    """Where sentences, paragraphs, list items and rows end between two places of the text."""
    first, last = max(0, first), min(len(text), last)
    found = [match.start() for match in _BLANK_LINE.finditer(text, first, last)]
    found += [match.start() for match in _ITEM.finditer(text, first, last)]
    found += [
        match.end()
        for match in _STOP.finditer(text, first, last)
        if text[match.start()] != "."
        or not _ABBREVIATION.search(text, max(0, match.start() - 12), match.start())
    ]
    return [at for at in found if first < at <= last]
