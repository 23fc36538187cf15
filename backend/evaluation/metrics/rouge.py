"""ROUGE-1, -2, -L and -Lsum (Lin 2004) of one summary, equal to what rouge-score computes.

rouge-score's tables of longest common subsequences are Python lists, a millisecond or more an
example. Here a row of the table is one whole number: its bits are 0 where the length grows
(Hyyrö 2004, "Bit-parallel LCS-length computation revisited"). Words and stems are rouge-score's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple

KINDS: Final = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class Rouge(NamedTuple):
    """F-measures from 0 to 1."""

    rouge1: float
    rouge2: float
    rougeL: float  # noqa: N815 - the measure's name
    rougeLsum: float  # noqa: N815


class Text(NamedTuple):
    """A summary's words: of each line, and of all of it as often as they occur, by one and two."""

    lines: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    ones: Counter[str]
    twos: Counter[tuple[str, str]]


class Reader:
    """From a summary to its words, each word stemmed once."""

    def __init__(self) -> None:
        # Loaded here: they bring all of nltk, which whoever only reads scores does not need.
        from nltk.stem.porter import PorterStemmer  # type: ignore[import-untyped]
        from rouge_score import tokenize

        self.stem = lru_cache(maxsize=100_000)(PorterStemmer().stem)
        self._tokenize: Any = tokenize.tokenize

    def read(self, summary: str) -> Text:
        """The words that count; each line is a sentence."""
        lines = tuple(tuple(self._tokenize(line, self)) for line in summary.split("\n") if line)
        words = tuple(chain.from_iterable(lines))
        return Text(lines, words, Counter(words), Counter(pairwise(words)))


def best(references: Iterable[Text], summary: Text) -> Rouge:
    """For each measure by itself, that of the reference that ``summary`` comes closest to."""
    return Rouge(*map(max, zip(*(rouge(one, summary) for one in references), strict=True)))


def rouge(reference: Text, summary: Text) -> Rouge:
    """``summary`` against one reference."""
    if not reference.words or not summary.words:
        return Rouge(0.0, 0.0, 0.0, 0.0)
    size = len(reference.words) + len(summary.words)
    longest = 2 * _length(reference.words, summary.words) / size
    lines = longest
    if len(reference.lines) > 1 or len(summary.lines) > 1:
        lines = 2 * _by_line(reference, summary) / size
    twos = max(len(reference.words) - 1, 0) + max(len(summary.words) - 1, 0)
    return Rouge(
        2 * (reference.ones & summary.ones).total() / size,
        2 * (reference.twos & summary.twos).total() / twos if twos else 0.0,
        longest,
        lines,
    )


def _by_line(reference: Text, summary: Text) -> int:
    """The words of the reference's lines that are in a common subsequence with some line of the
    summary (section 3.2), each at most as often as the summary has it.
    """
    left = Counter(summary.ones)
    hits = 0
    for line in reference.lines:
        common = set().union(*(_places(line, other) for other in summary.lines))
        for place in sorted(common):
            word = line[place]
            if left[word] > 0:
                left[word] -= 1
                hits += 1
    return hits


def _rows(reference: Sequence[str], summary: Sequence[str]) -> list[int]:
    """The table of lengths: bit j of row i is 0 where word j makes the subsequence of the first i
    and the first j + 1 words longer than that of the first j.
    """
    match: dict[str, int] = {}
    for place, word in enumerate(summary):
        match[word] = match.get(word, 0) | 1 << place
    full = (1 << len(summary)) - 1
    row = full
    rows = [row]
    for word in reference:
        common = row & match.get(word, 0)
        row = ((row + common) | (row - common)) & full
        rows.append(row)
    return rows


def _length(reference: Sequence[str], summary: Sequence[str]) -> int:
    return len(summary) - _rows(reference, summary)[-1].bit_count()


def _places(reference: Sequence[str], summary: Sequence[str]) -> list[int]:
    """The places in ``reference`` of one longest common subsequence: that which rouge-score takes,
    since which it is matters to their union.
    """
    rows = _rows(reference, summary)

    def length(row: int, words: int) -> int:
        return words - (rows[row] & ((1 << words) - 1)).bit_count()

    found = []
    at, other = len(reference), len(summary)
    while at > 0 and other > 0:
        if reference[at - 1] == summary[other - 1]:
            found.append(at - 1)
            at, other = at - 1, other - 1
        elif length(at, other - 1) > length(at - 1, other):
            other -= 1
        else:
            at -= 1
    return found
