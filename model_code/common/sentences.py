"""Sentences of a text, by spaCy's rule-based splitter, paragraph by paragraph."""

import re
from collections.abc import Iterator
from functools import cache
from threading import Thread
from typing import Any

# spaCy refuses longer texts; a paragraph beyond it is taken in pieces.
LONGEST = 500_000
_MOST_MARKS = 4  # that open one sentence, the blank before them included
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# The splitter counts every mark behind a full stop to the sentence before, opening ones too.
_OPENING = re.compile(r"(?<=\s)[\"'“‘„«‹(\[{]+$")
# A line of its own above running text. The first line of a paragraph that is broken at a width is
# longer, and a sentence ends in a mark.
_HEADING = re.compile(r"[^\W_][^\n]{0,58}[^\s.,;:!?]\n(?=\s*[^\W\d_a-z])")


@cache
def _splitter() -> Any:
    import spacy

    splitter = spacy.blank("en")
    splitter.add_pipe("sentencizer")
    splitter.max_length = LONGEST + 1
    return splitter


def warm_up() -> None:
    """Load the splitter in the background: the first text need not wait for its import then."""
    Thread(target=_splitter, daemon=True).start()


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
    """Character spans of the sentences of ``text``, without the blanks around them.

    A heading is a sentence of its own, as is every paragraph without a full stop.
    """
    found: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        for begin in range(start, end, LONGEST):
            piece = text[begin : min(end, begin + LONGEST)]
            starts = [_opened(piece, sentence.start_char) for sentence in _splitter()(piece).sents]
            for left, right in zip(starts, [*starts[1:], len(piece)], strict=True):
                span = trimmed(text, begin + left, begin + right)
                if span[0] < span[1]:
                    found.append(span)
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Headings and what is below them, paragraph by paragraph."""
    for start, end in paragraphs(text):
        heading = _HEADING.match(text, start, end)
        if heading:
            yield start, heading.end()
            start = heading.end()
        yield start, end


def _opened(piece: str, start: int) -> int:
    """Where the sentence at ``start`` begins with the marks that open it."""
    opening = _OPENING.search(piece, max(0, start - _MOST_MARKS), start)
    return opening.start() if opening else start
