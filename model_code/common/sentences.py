"""Sentences of a text, by spaCy's rule-based splitter, paragraph by paragraph."""

import re
from functools import cache
from typing import Any

# spaCy refuses longer texts; a paragraph beyond it is taken in pieces.
LONGEST = 500_000
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


@cache
def _splitter() -> Any:
    import spacy

    splitter = spacy.blank("en")
    splitter.add_pipe("sentencizer")
    splitter.max_length = LONGEST + 1
    return splitter


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Character spans of what blank lines separate, without the blanks around it."""
    breaks = [match.span() for match in _BLANK_LINE.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    spans = (trimmed(text, start, end) for start, end in zip(starts, ends, strict=True))
    return [span for span in spans if span[0] < span[1]]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its ends."""
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    return left, max(left, start + len(part.rstrip()))


def sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of ``text``, without the blanks around them."""
    found: list[tuple[int, int]] = []
    for start, end in paragraphs(text):
        for begin in range(start, end, LONGEST):
            piece = text[begin : min(end, begin + LONGEST)]
            for sentence in _splitter()(piece).sents:
                span = trimmed(text, begin + sentence.start_char, begin + sentence.end_char)
                if span[0] < span[1]:
                    found.append(span)
    return found
