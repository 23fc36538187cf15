"""Cutting a text at the borders of its spans, which may nest, overlap and touch.

>>> [[(piece.text, piece.marks) for piece in block] for block in cut("one two", [(0, 3), (2, 7)])]
[[('on', (0,)), ('e', (0, 1)), (' two', (1,))]]
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_BLOCK: Final = 8_000
"""Characters; a longer paragraph is shown in several blocks, so that a browser need not lay out
all of it at once."""

_PARAGRAPH: Final = re.compile(r"[^\n]*\n|[^\n]+")
_ROOM: Final = re.compile(r"\s")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that the same spans cover: their numbers, the outermost first, and the
    numbers of those that end with it.
    """

    text: str
    marks: tuple[int, ...] = ()
    closing: tuple[int, ...] = ()


def cut(text: str, spans: Sequence[tuple[int, int]]) -> list[list[Piece]]:
    """``text`` in blocks (paragraphs) of pieces. Offsets count code points.

    All pieces together are the text, and all pieces of a span together are ``text[start:end]``.
    Raises ``ValueError`` for a span outside the text or empty.
    """
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise ValueError(f"the span {start}..{end} does not lie in {len(text)} characters")
    order = sorted(range(len(spans)), key=lambda number: (spans[number][0], -spans[number][1]))
    borders = sorted({border for span in spans for border in span})
    waiting = iter([*order, -1])
    following = next(waiting)
    open_now: list[int] = []
    at = 0
    blocks: list[list[Piece]] = []
    for first, last in _blocks(text):
        pieces: list[Piece] = []
        start = first
        while start < last:
            while at < len(borders) and borders[at] <= start:
                at += 1
            end = min(last, borders[at]) if at < len(borders) else last
            while following >= 0 and spans[following][0] <= start:
                open_now.append(following)
                following = next(waiting)
            closing = tuple(number for number in open_now if spans[number][1] == end)
            pieces.append(Piece(text[start:end], tuple(open_now), closing))
            if closing:
                open_now = [number for number in open_now if spans[number][1] > end]
            start = end
        blocks.append(pieces)
    return blocks


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        while end - start > LONGEST_BLOCK:
            room = _ROOM.search(text, start + LONGEST_BLOCK // 2, start + LONGEST_BLOCK)
            stop = room.end() if room else start + LONGEST_BLOCK
            yield start, stop
            start = stop
        yield start, end
