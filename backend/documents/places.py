"""Where in a document something stands: its page and the heading above it.

A parser gives the places in its own text; cleaning that text moves them, so they travel through it
as two characters that no text has (U+FDD0 and U+FDD1 are set aside for such use).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from backend.documents.clean import clean
from backend.documents.document import Document, Extraction, Heading

_PAGE: Final = "\ufdd0"
_HEADING: Final = "\ufdd1"
_MARK: Final = re.compile(f"[{_PAGE}{_HEADING}]")


@dataclass(frozen=True)
class Place:
    """``page`` counts from 1, None where the document has no pages; ``heading`` may be ``""``."""

    page: int | None
    heading: str

    @property
    def name(self) -> str:
        """As people say it.

        >>> Place(4, "Budget").name
        'page 4, Budget'
        """
        page = f"page {self.page}" if self.page else ""
        return ", ".join(part for part in (page, self.heading) if part)


def place_of(document: Document, start: int) -> Place:
    """The place of the character at ``start``."""
    page = bisect_right(document.page_starts, start) if document.page_starts else None
    above = bisect_right([heading.start for heading in document.headings], start)
    if not above:
        return Place(page, "")
    heading = document.headings[above - 1]
    return Place(page, document.text[heading.start : heading.end])


def cleaned(found: Extraction) -> Extraction:
    """``found`` with its text cleaned, and its places where that has moved them."""
    whole = _MARK.sub("\N{REPLACEMENT CHARACTER}", found.text)
    marks = [(_onwards(whole, start), _PAGE) for start in found.page_starts]
    for one in found.headings:
        start, end = _onwards(whole, one.start), _back(whole, one.end)
        marks += [(start, _HEADING), (end, _HEADING)] if start < end else []
    text, at = [], 0
    for place, mark in sorted(marks, key=lambda one: one[0]):
        text += [whole[at:place], mark]
        at = place
    return _unmarked(found, clean("".join([*text, whole[at:]])))


def _onwards(text: str, at: int) -> int:
    """The next place from ``at`` on with something that cleaning leaves: marks must not keep a
    blank from being one at the end of a line.
    """
    while at < len(text) and not clean(text[at]):
        at += 1
    return at


def _back(text: str, at: int) -> int:
    while at > 0 and not clean(text[at - 1]):
        at -= 1
    return at


def _unmarked(found: Extraction, text: str) -> Extraction:
    pages: list[int] = []
    edges: list[int] = []
    for gone, mark in enumerate(_MARK.finditer(text)):
        (pages if mark[0] == _PAGE else edges).append(mark.start() - gone)
    plain = clean(_MARK.sub("", text))
    headings = _whole(plain, zip(edges[::2], edges[1::2], strict=False))
    starts = tuple(min(start, len(plain)) for start in pages)
    return replace(found, text=plain, page_starts=starts, headings=tuple(headings))


def _whole(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[Heading]:
    """The headings without the blanks around them; those that nothing is left of go."""
    for start, end in spans:
        words = text[start:end]
        left = start + len(words) - len(words.lstrip())
        if words.strip():
            yield Heading(left, left + len(words.strip()))
