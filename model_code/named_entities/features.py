"""Words and their first word pieces, window by window. No torch here."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from common import windows
from common.windows import Features

OVERLAP = 32


@dataclass(frozen=True)
class WordWindow:
    """A window of a text and, for each of its words, (number of the word, index of the token)."""

    sequence: Features
    firsts: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.sequence)


def word_windows(
    tokenizer: Tokenizer, text: str, words: Sequence[tuple[int, int]], max_length: int
) -> list[WordWindow]:
    """Windows over ``text``; a word belongs to each window that holds its first piece whole."""
    budget = max_length - windows.special_tokens(tokenizer, pair=False)
    parts = windows.spans(tokenizer, text, budget, min(OVERLAP, budget // 4))
    sequences = windows.encode(tokenizer, [text[a:b] for a, b in parts], [a for a, _ in parts])
    return [WordWindow(sequence, _firsts(sequence, words)) for sequence in sequences]


def _firsts(sequence: Features, words: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    low = 0
    tokens = [(span, index) for index, span in enumerate(sequence.offsets) if span]
    if tokens:
        low = _first_word_after(words, tokens[0][0][0])
    for (start, end), index in tokens:
        while low < len(words) and words[low][1] <= start:
            low += 1
        if low < len(words) and words[low][0] < end and not (result and result[-1][0] == low):
            result.append((low, index))
    return result


def _first_word_after(words: Sequence[tuple[int, int]], position: int) -> int:
    """Number of the first word that ends behind ``position`` (words are in order)."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high) // 2
        if words[middle][1] <= position:
            low = middle + 1
        else:
            high = middle
    return low
