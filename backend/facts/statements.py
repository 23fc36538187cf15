"""The sentences of a document that state something: no headings, no contents, no rows of tables."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from backend.facts.fact import Statement
from backend.tasks.base import Span
from backend.tasks.sentences import sentences_of

LONGEST: Final = 900
"""Characters: what is longer is a table or a list whose signs were lost."""

_CONTENTS: Final = re.compile(r"\.\s?\.\s?\.\s?\d*\s*$|\.{4,}")
_ROW: Final = re.compile(r" \| ")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LINE: Final = re.compile(r"[^\n]+")
_HEADING_LENGTH: Final = 70


def statements(text: str) -> tuple[Statement, ...]:
    """The sentences of ``text`` that facts are read from, in its order."""
    found = (piece for sentence in sentences_of(text) for piece in _without_headings(sentence))
    return tuple(
        Statement(piece.start, piece.text.replace("\n", " "), piece.text)
        for piece in found
        if _states(piece.text)
    )


def _without_headings(sentence: Span) -> Iterator[Span]:
    """``sentence`` cut where a short line without a stop is followed by a new beginning."""
    lines = list(_LINE.finditer(sentence.text))
    begin = 0
    for line, after in pairwise(lines):
        first = line.group().strip()
        short = len(first) < _HEADING_LENGTH and first[-1:] not in {",", ";", "-", "–"}
        if short and len(first) < 0.8 * len(after.group()) and _begins(after.group()):
            yield _cut(sentence, begin, line.end())
            begin = after.start()
    yield _cut(sentence, begin, len(sentence.text))


def _begins(line: str) -> bool:
    return line.lstrip("\"“'( ")[:1].isupper()


def _cut(sentence: Span, start: int, end: int) -> Span:
    words = sentence.text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    return Span(sentence.start + start, sentence.start + start + len(words), words)


def _states(words: str) -> bool:
    if len(words) > LONGEST or _CONTENTS.search(words) or _ROW.search(words):
        return False
    found = _WORD.findall(words)
    small = sum(word[0].islower() for word in found)
    ends = words.rstrip("\"”’')]»* ")[-1:] in {".", "!", ";", ":", ",", "…"}
    return small >= 3 and 2 * small >= len(found) and (ends or small >= 6)
