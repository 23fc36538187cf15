"""Lines on pages to running text: furniture dropped, paragraphs re-joined, words de-hyphenated.

A PDF has no paragraphs. They are inferred from what a reader sees: the space between lines, their
indent and length, the size of the type, and how a line ends.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from backend.documents.document import Extraction, Heading
from backend.documents.pdf_furniture import without_furniture


@dataclass(frozen=True)
class Line:
    """One line and where it starts: ``x``, ``y`` (upwards) and ``size`` of type in points.

    ``length`` is in points, 0 where it is not known; ``row`` says that it is a table's,
    ``starts`` that nothing before it goes on in it.
    """

    text: str
    x: float
    y: float
    size: float
    length: float = 0.0
    row: bool = False
    starts: bool = False

    @property
    def width(self) -> float:
        """How long the line is, in points; by the usual widths of letters where nobody knows."""
        if self.length:
            return self.length
        wide, narrow = len(_WIDE.findall(self.text)), len(_NARROW.findall(self.text))
        return self.size * (0.47 * len(self.text) + 0.22 * wide - 0.2 * narrow)


@dataclass(frozen=True)
class _Measure:
    """What is usual on a page, in points: the distance of lines and the length of a full one."""

    leading: float
    width: float


_WIDE = re.compile(r"[A-Z@%&mw—\u2e80-\U0003ffff]")
_NARROW = re.compile(r"[ijltfrI.,:;'’|()\[\]!/ -]")


_HEADING_SIZE = 1.15
"""Size of type, in that of the running text, from which a line is a heading."""
_LONGEST_HEADING = 120
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*\d{0,2}$")
_ITEM = re.compile(
    r"(?:[•◦▪■□●○–—*\u2023\u2043\uf000-\uf0ff-]|o(?=\s[A-Z])"
    r"|\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-z]|[A-Z]|[ivx]{1,4}|[IVX]{1,4})[.)])\s"
)
_SYMBOL_BULLET = re.compile(r"^[\uf000-\uf0ff]\s*")
_CONTENTS_ENTRY = re.compile(r"\.{4,}\s*\d+$")
_DOT_LEADERS = re.compile(r"(?:\.[ ]?){4,}")
_BROKEN_WORD = re.compile(r"([^\W\d_]+)-$")
_NO_BLANKS = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Chinese and Japanese, which have no blanks between words."""
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def layout(pages: Sequence[Sequence[Line]]) -> str:
    """The text of all pages; a paragraph that runs over a page's end is one."""
    return laid_out(pages).text


def laid_out(pages: Sequence[Sequence[Line]]) -> Extraction:
    """The text of all pages, with the places of their starts and of the headings."""
    body = without_furniture(pages, text_of=lambda line: line.text)
    words = _vocabulary(body)
    usual_width = median([_width(lines) for lines in body if lines] or [0.0])
    paragraphs: list[str] = []
    gaps: list[str] = []
    first = before = Line("", 0.0, 0.0, 0.0)
    starts: list[tuple[int, int]] = []
    large = _HEADING_SIZE * _usual_size(body)
    headings: list[int] = []
    for lines in body:
        starts.append((len(paragraphs), 0))
        measure = _Measure(_leading(lines), max(_width(lines), usual_width))
        for place, line in enumerate(lines):
            if paragraphs and _continues(first, before, line, measure, turned=place == 0):
                before_join = len(paragraphs[-1])
                paragraphs[-1] = _join(paragraphs[-1], line.text, words)
                if place == 0:
                    starts[-1] = (len(paragraphs) - 1, min(before_join + 1, len(paragraphs[-1])))
            else:
                paragraphs.append(_SYMBOL_BULLET.sub("• ", line.text))
                gaps.append(_gap(before, line, turned=place == 0) if gaps else "")
                first = line
                if line.size >= large and not line.row and len(line.text) <= _LONGEST_HEADING:
                    headings.append(len(paragraphs) - 1)
            before = line
    shown = [_DOT_LEADERS.sub("... ", text) for text in paragraphs]
    ends = list(accumulate(len(gap) + len(text) for gap, text in zip(gaps, shown, strict=True)))
    begins = [end - len(text) for end, text in zip(ends, shown, strict=True)]
    text = "".join(gap + text for gap, text in zip(gaps, shown, strict=True))
    return Extraction(
        text,
        len(pages),
        (),
        tuple(
            begins[at] + min(within, len(shown[at])) if at < len(begins) else len(text)
            for at, within in starts
        ),
        tuple(Heading(begins[at], ends[at]) for at in headings if len(shown[at]) <= 200),
    )


def _usual_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size of type that most letters have."""
    letters: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def is_marker(text: str) -> bool:
    """Whether ``text`` is the mark or number of an item, with nothing behind it."""
    return bool(_ITEM.fullmatch(f"{text} "))


def _gap(before: Line, line: Line, *, turned: bool) -> str:
    return "\n" if line.row and before.row and not turned else "\n\n"


def _leading(lines: Sequence[Line]) -> float:
    gaps = [a.y - b.y for a, b in pairwise(lines)]
    usual = [gap for gap in gaps if 0.5 < gap < 100]
    return median(usual) if usual else 14.0


def _width(lines: Sequence[Line]) -> float:
    """The length of a full line: the longest but for the odd one."""
    widths = sorted(line.width for line in lines)
    return widths[int(0.9 * (len(widths) - 1))] if widths else 0.0


def _continues(first: Line, before: Line, line: Line, measure: _Measure, *, turned: bool) -> bool:
    """Whether ``line`` goes on with the paragraph from ``first`` to ``before``.

    ``turned`` says that it is the first on a new page.
    """
    if line.row or line.starts or before.row or _starts_anew(before, line):
        return False
    gap = before.y - line.y
    if not turned and abs(gap) < 0.3 * line.size:
        return True  # pieces of one line
    ended = bool(_SENTENCE_END.search(before.text))
    if turned or gap < 0:  # a new page or column
        alone = first is before and not line.text[0].islower()
        return not ended and not alone and _flows(before, line, measure)
    if gap > 1.4 * max(measure.leading, 0.9 * line.size):
        return False
    if _ITEM.match(first.text):
        if line.x < first.x - 0.5 * line.size:
            return False
        if line.x > first.x:  # hanging indent
            return line.text[0].islower() or before.width >= 0.5 * measure.width
    if ended and (line.x > before.x + 0.8 * line.size or before.width < 0.75 * measure.width):
        return False
    return _flows(before, line, measure)


def _starts_anew(before: Line, line: Line) -> bool:
    """An item of a list, another size of type, or what follows a line of a table of contents."""
    if _ITEM.match(line.text) and not before.text.endswith("-"):
        return True
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    return bool(_CONTENTS_ENTRY.search(before.text))


def _flows(before: Line, line: Line, measure: _Measure) -> bool:
    """A short line before a capital is a heading, an address or a row of a table."""
    return line.text[0].islower() or before.width >= 0.7 * measure.width


def _join(text: str, line: str, words: frozenset[str]) -> str:
    if text.endswith("\N{SOFT HYPHEN}"):
        return text[:-1] + line
    broken, first = _BROKEN_WORD.search(text), _FIRST_WORD.match(line)
    if not broken or not first:
        together = bool(_NO_BLANKS.match(text[-1:]) and _NO_BLANKS.match(line))
        return text + line if together else f"{text} {line}"
    if first[0][0].islower() and not _is_compound(broken[1].lower(), first[0].lower(), words):
        return text[:-1] + line
    return text + line


def _is_compound(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether the hyphen belongs to the word, told by the words elsewhere in the document."""
    if left + right in words:
        return False
    return f"{left}-{right}" in words or (left in words and right in words)


def _vocabulary(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The document's words in lower case, but the broken ones at the ends of lines."""
    found: set[str] = set()
    for line in (line for lines in pages for line in lines):
        inner = _BROKEN_WORD.sub("", line.text)
        for match in _WORD.finditer(inner.lower()):
            found.add(match[0])
            found.update(match[0].split("-"))
    return frozenset(found)
