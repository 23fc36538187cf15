"""Where the lines of a paragraph break its text: headings, list items, rows of tables, turns."""

import re
from collections.abc import Iterator

_SIGN = 12  # characters at most of a list item's number or sign, and a blank
SHORT = 60
"""Characters of a line that is broken because it is at its end, not at the width of a page."""

_BREAK = re.compile(r"\n\s*")
_ITEM = re.compile(r"\s*(?:[-–—*•▪◦‣·○●■]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])[^\S\n]")
_ROW = re.compile(r"\S \| |^\|")
# "Project Manager:" or "Hon. Ana Vidal (Minister of Finance):" before what somebody says.
_TURN = re.compile(r"(?:[A-Z][\w.'’-]*[^\S\n]){0,5}[A-Z][\w.'’-]*(?:[^\S\n]\([^\n()]{1,60}\))?:\s")
_MARKED = re.compile(r"#{1,6}[^\S\n]")
_HEADING = re.compile(r"[^\W_].{0,58}[^\s.,;:!?]$")
_CAPITAL = re.compile(r"[^\W\d_a-z]|#")
_STOP = re.compile(r"[.!?…][\"”’')\]]*$")


def blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Character spans of the paragraph ``start`` to ``end`` of ``text`` whose line breaks are only
    those of its width: a heading, a list item, a row or a speaker's turn is a span of its own.
    """
    breaks = list(_BREAK.finditer(text, start, end))
    ends = [*(found.start() for found in breaks), end][1:]
    block = line = start
    begins = True
    for found, next_end in zip(breaks, ends, strict=True):
        one, other = text[line : found.start()].rstrip(), text[found.end() : next_end]
        if _is_item_over(text[block : block + _SIGN], one, other, indented=len(found.group()) > 1):
            ended = True
        else:
            ended = _ends(one, other, begins=begins)
        if ended:
            yield block, found.start()
            block = found.end()
        begins = ended or bool(_STOP.search(one))
        line = found.end()
    yield block, end


def _ends(line: str, following: str, *, begins: bool) -> bool:
    """Whether a block ends between two lines; ``begins``: whether the first one begins one."""
    if any(_ROW.search(one) for one in (line, following)):
        return True
    if _ITEM.match(following) or _TURN.match(following) or _MARKED.match(line):
        return True
    heading = begins and not _ITEM.match(line) and bool(_HEADING.fullmatch(line))
    return heading and bool(_CAPITAL.match(following))


def _is_item_over(item: str, line: str, following: str, *, indented: bool) -> bool:
    """Whether a list item ends with its ``line``: the next is no part of it, to look at."""
    if not _ITEM.match(item) or indented or following[:1].islower():
        return False
    return len(line) < SHORT or bool(_STOP.search(line))
