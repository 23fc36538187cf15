"""Which column of a file of words and tags holds what: a property of the file, not of a line."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TAG: Final = re.compile(r"[Oo_]|[BIESLUMWbieslumw][-_]\S+|\S+[-_][BIES]")
_LABEL: Final = re.compile(r"O|[A-Za-z][\w.&/+-]{0,39}")
_LOOKED_AT: Final = 20_000
_MOST_LABELS: Final = 60
_WIDEST: Final = 30
"""Columns that CoNLL's files have at the most; lines of prose and JSON have more."""

_COMMENT: Final = re.compile(r"#($|[\s\w])")
_RANGE: Final = re.compile(r"\d+[-.]\d+")
"""A word of several in CoNLL-U, or one that is not in the text."""


@dataclass(frozen=True)
class Layout:
    """``word`` and ``tag`` are numbers of columns, ``tabs`` says whether tabs or any blanks stand
    between them, ``width`` how many cells most lines have; ``indexed``
    files number their words, and ``titled`` ones name their columns in the first line.
    """

    word: int
    tag: int
    tabs: bool
    width: int
    indexed: bool = False
    titled: bool = False

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        return line.rstrip("\r\n").split("\t") if self.tabs else line.split()

    def is_comment(self, line: str) -> bool:
        """Whether a line speaks about the sentence: it begins with # and has another number of
        cells than words have, or no tag.
        """
        if not _COMMENT.match(line):
            return False
        cells = self.cells(line)
        return len(cells) != self.width or TAG.fullmatch(cells[self.tag].strip()) is None

    def index(self, cells: Sequence[str], before: int) -> int:
        """The number of a word in its sentence, after the one ``before``."""
        first = cells[0] if self.indexed and cells else ""
        return int(first) if first.isdigit() else before + 1

    def is_extra(self, cells: Sequence[str]) -> bool:
        """Whether a line repeats words that lines of their own hold."""
        return self.indexed and _RANGE.fullmatch(cells[0]) is not None


def is_blank(line: str) -> bool:
    """Whether a line ends a sentence."""
    return not line.strip("\ufeff \t\r\n\u200b")


def layout_of(text: str) -> Layout | None:
    """The layout of a file of words and tags; None where it is none: where too few lines have a
    tag, or no word is outside of all entities.
    """
    lines = text.split("\n")[:_LOOKED_AT]
    if text.count("\n") >= _LOOKED_AT:
        lines = lines[:-1]
    filled = [line for line in lines if not is_blank(line) and not line.startswith("-DOCSTART-")]
    if not filled:
        return None
    tabs = sum("\t" in line for line in filled) > 0.5 * len(filled)
    rows = [
        line.split("\t") if tabs else line.split()
        for line in filled
        if line[:2] not in ("# ", "#\t")
    ]
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if not 2 <= width <= _WIDEST or count < 0.8 * len(rows) or len(rows) < 2:
        return None
    rows = [row for row in rows if len(row) == width]
    indexed = width > 2 and _is_indexed(lines, rows, tabs=tabs)
    columns = range(2 if indexed else 1, width)
    word = 1 if indexed else 0
    blank = any(map(is_blank, lines[:-1]))
    commas = sum(re.search(r"\S,\S", line) is not None for line in filled)
    if any(" " in row[word].strip() for row in rows[:500]) or (
        not blank and not tabs and commas > 0.5 * len(filled)
    ):
        return None  # texts, not words
    tag = _tag_column(rows, list(columns), first=indexed, sentences=blank)
    if tag is None:
        return None
    titled = TAG.fullmatch(rows[0][tag].strip()) is None and _is_tag_column(rows, tag)
    place = -1 if tag == width - 1 else tag
    return Layout(word, place, tabs, width, indexed=indexed, titled=titled)


def _is_indexed(lines: Sequence[str], rows: Sequence[Sequence[str]], *, tabs: bool) -> bool:
    """Whether the first cells are 1, 2, 3, … anew in each sentence."""
    if not all(row[0].isdigit() or _RANGE.fullmatch(row[0]) or row[0] == "#" for row in rows):
        return False
    before, steps, breaks = -1, 0, 0
    for line in lines[:5_000]:
        first = (line.split("\t") if tabs else line.split() or [""])[0]
        if is_blank(line):
            before = -1
        elif first.isdigit():
            goes_on = int(first) == before + 1 or first in ("0", "1")
            steps, breaks = steps + goes_on, breaks + (not goes_on)
            before = int(first)
    return steps > 9 * breaks


def _is_tag_column(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether nearly all cells are tags, of which some are outside."""
    good = sum(TAG.fullmatch(row[at].strip()) is not None for row in rows)
    outside = any(row[at].strip() in ("O", "o") for row in rows)
    return outside and good >= 0.95 * len(rows)


def _tag_column(
    rows: Sequence[Sequence[str]], columns: list[int], *, first: bool, sentences: bool
) -> int | None:
    """The column of tags: the last, or after an index the first; or else that of bare labels."""
    ordered = columns if first else columns[::-1]
    for at in ordered:
        if _is_tag_column(rows, at):
            return at
    for at in ordered:
        labels = Counter(row[at].strip() for row in rows)
        if (
            sentences
            and labels["O"] > 0.2 * len(rows)
            and 1 < len(labels) <= _MOST_LABELS
            and all(_LABEL.fullmatch(label) for label in labels)
        ):
            return at
    return None
