"""Texts that are part of a longer text of the same data, as the phrases of SST-2 are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

SHORTEST: Final = 4
"""Words; anything shorter ("one of the best") stands in many sentences by chance."""

COMMON: Final = 3
"""A phrase of more sentences than this is a commonplace, which gives nothing away."""

_LONGEST: Final = 60
_MOST_WORDS: Final = 6_000_000
"""Words that are looked through, so that there is an end to it."""

_Starts = dict[str, dict[int, dict[str, int]]]


def sentences_of(texts: Sequence[str]) -> Mapping[int, tuple[int, ...]]:
    """For each text (by its number) that is a run of words of others: the longest ones of these,
    at most ``COMMON`` of them; texts that are part of more, or of none, are left out.

    ``texts`` are folded and differ from each other.

    >>> sentences_of(["a very fine film indeed", "very fine film indeed", "something else"])
    {1: (0,)}
    """
    rows = [text.split(" ") for text in texts]
    starts = _starts(rows, texts)
    if not starts:
        return {}
    order = sorted(range(len(rows)), key=lambda number: (-len(rows[number]), texts[number]))
    found: dict[int, set[int]] = defaultdict(set)
    left = _MOST_WORDS
    for number in order:
        words = rows[number]
        left -= len(words)
        if len(words) <= SHORTEST or left < 0:
            break
        longest = found.get(number) or {number}
        for part in _parts(words, starts):
            # Longer texts come first, so that what is known of ``number`` is complete by now.
            if len(found[part]) <= COMMON:
                found[part] |= longest
    return {part: tuple(sorted(whole)) for part, whole in found.items() if len(whole) <= COMMON}


def _starts(rows: Sequence[list[str]], texts: Sequence[str]) -> _Starts:
    """Texts by their first words and their number of words."""
    starts: _Starts = defaultdict(lambda: defaultdict(dict))
    for number, words in enumerate(rows):
        if SHORTEST <= len(words) <= _LONGEST:
            starts[" ".join(words[:SHORTEST])][len(words)][texts[number]] = number
    return starts


def _parts(words: list[str], starts: _Starts) -> set[int]:
    """The texts that are a part, and not the whole, of ``words``."""
    found = set()
    for at in range(len(words) - SHORTEST + 1):
        by_length = starts.get(" ".join(words[at : at + SHORTEST]))
        for length, texts in by_length.items() if by_length else ():
            if at + length <= len(words) and length < len(words):
                part = texts.get(" ".join(words[at : at + length]))
                if part is not None:
                    found.add(part)
    return found
