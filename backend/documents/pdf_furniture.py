"""Running headers, footers and page numbers, found by what repeats at the edges of pages.

Careful on purpose: only the outermost lines of a page are looked at, from the edge inwards until
one is not furniture, so that nothing inside a page can be lost.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

L = TypeVar("L")

_EDGE = 4
"""How many lines at the top and at the bottom may be furniture."""
_MIN_PAGES = 3
_MIN_SHARE = 0.4
"""Headers often differ on left and right pages, so each is on half of them."""
_MAX_LENGTH = 150
_NUMBER = re.compile(r"\d+")


def without_furniture(
    pages: Sequence[Sequence[L]], *, text_of: Callable[[L], str]
) -> list[list[L]]:
    """The pages less their furniture.

    A page number is a line whose number grows with the pages; it goes everywhere. A line that is
    the same on many pages goes from all but the first, where it may be the title.
    """
    edges = [_edge_texts([text_of(line) for line in page]) for page in pages]
    numbers, repeated = _page_numbers(edges), _repeated(edges)
    stripped = []
    for index, page in enumerate(pages):
        outer = _outer([text_of(line) for line in page], numbers[index] | repeated)
        dropped = numbers[index] if index == 0 else numbers[index] | repeated
        kept = [
            line
            for place, line in enumerate(page)
            if not (place in outer and text_of(line) in dropped)
        ]
        stripped.append(kept or list(page))  # a page of furniture alone says just that
    return stripped


def _edge_texts(texts: Sequence[str]) -> frozenset[str]:
    near = [*texts[:_EDGE], *texts[-_EDGE:]]
    return frozenset(text for text in near if len(text) <= _MAX_LENGTH)


def _enough(count: int, pages: int) -> bool:
    return count >= max(_MIN_PAGES, _MIN_SHARE * pages)


def _repeated(edges: Sequence[frozenset[str]]) -> frozenset[str]:
    counts: defaultdict[str, int] = defaultdict(int)
    for texts in edges:
        for text in texts:
            counts[text] += 1
    return frozenset(text for text, count in counts.items() if _enough(count, len(edges)))


def _page_numbers(edges: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """For each page the lines of which a number is the page's, at a constant offset.

    Lines are alike that differ in one number only. A figure at the head of a table does not grow
    by exactly one from page to page, so it stays.
    """
    alike: defaultdict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for index, texts in enumerate(edges):
        for text in texts:
            for key in _with_one_number_open(text, index):
                alike[key].append((index, text))
    found: list[set[str]] = [set() for _ in edges]
    for members in alike.values():
        if _enough(len({index for index, _ in members}), len(edges)):
            for index, text in members:
                found[index].add(text)
    return [frozenset(texts) for texts in found]


def _with_one_number_open(text: str, index: int) -> Iterable[tuple[str, int]]:
    """For each number in ``text``: the text with it blanked, and how far it is from ``index``."""
    for match in _NUMBER.finditer(text):
        if len(match[0]) <= 5:
            yield f"{text[: match.start()]}\0{text[match.end() :]}", int(match[0]) - index


def _outer(texts: Sequence[str], furniture: frozenset[str]) -> frozenset[int]:
    """The places of the lines from either edge inwards that are furniture."""
    first, last = 0, len(texts)
    while first < min(_EDGE, last) and texts[first] in furniture:
        first += 1
    while last > max(first, len(texts) - _EDGE) and texts[last - 1] in furniture:
        last -= 1
    return frozenset([*range(first), *range(last, len(texts))])
