"""Sentences of a text, by spaCy's rule-based splitter, paragraph by paragraph."""

import re
from functools import cache
from itertools import pairwise
from threading import Thread
from typing import Any

from common.layout import blocks

# spaCy refuses longer texts; a paragraph beyond it is taken in pieces.
LONGEST = 500_000
_MOST_MARKS = 4  # that open one sentence, the blank before them included
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# The splitter counts every mark behind a full stop to the sentence before, opening ones too.
_OPENING = re.compile(r"(?<=\s)[\"'“‘„«‹(\[{]+$")
# What the splitter takes for the end of a sentence and is none: a list's number, an abbreviation,
# a quotation in the middle of its sentence.
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[Nn]os?|[Ss]ecs?|[Ff]igs?|[Aa]rts?|[Cc]f|pp?|vs|al|[Aa]pprox|[Pp]aras?|[Vv]ol"
    r"|[Ee]qs?|ca)\.$"
)
_TITLED = re.compile(r"(?:^|[\s(])(?:Hon|Messrs|Mmes|Rt)\.$")
_QUOTED = re.compile(r"[.!?…][\"”’']+$")
_CLOSING = re.compile(r"[\"”’')\],;]")
# A heading in Title Case that extraction has left in one line with what is below it.
_TITLE = r"[A-Z][\w’'&/-]*,?"
_RUN_IN = re.compile(
    rf"{_TITLE}(?: (?:{_TITLE}|of|and|the|for|on|in|to|with|or|at|by|a)){{0,9}} {_TITLE} "
    r"(?=(?:The|This|These|A|An|In|At|As|During|After|Since|There|It|We|Our|Although|While|When|If"
    r"|All|Most|Some|Several|Many|Participants|Members) [a-z])"
)


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

    A heading is a sentence of its own, as are a list item, a row of a table and a paragraph
    without a full stop; what somebody says in a meeting begins with the name before it.
    """
    found: list[tuple[int, int]] = []
    for paragraph in paragraphs(text):
        for start, end in blocks(text, *paragraph):
            for begin in range(start, end, LONGEST):
                cuts = _cuts(text[begin : min(end, begin + LONGEST)])
                for left, right in pairwise(cuts):
                    span = trimmed(text, begin + left, begin + right)
                    if span[0] < span[1]:
                        found.append(span)
    return found


def _cuts(piece: str) -> list[int]:
    """Where the sentences of one block begin, and its end."""
    starts = [_opened(piece, sentence.start_char) for sentence in _splitter()(piece).sents]
    cuts = [0]
    for start in starts[1:]:
        if not _goes_on(piece[cuts[-1] : start], piece[start : start + 2]):
            cuts.append(start)
    headings = [_RUN_IN.match(piece, start) for start in cuts]
    return sorted({*cuts, *(heading.end() for heading in headings if heading), len(piece)})


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence goes on at a place where the splitter begins another."""
    words = before.strip()
    if not before[-1:].isspace():
        return bool(_CLOSING.match(after))
    if _TITLED.search(words):
        return True
    if _ABBREVIATION.search(words):
        return not after[0].isupper()
    if _QUOTED.search(words):
        return after[0].islower()
    return bool(_NUMBER.fullmatch(words))


def _opened(piece: str, start: int) -> int:
    """Where the sentence at ``start`` begins with the marks that open it."""
    opening = _OPENING.search(piece, max(0, start - _MOST_MARKS), start)
    return opening.start() if opening else start
