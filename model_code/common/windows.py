"""Long text in windows that a model can read, with offsets into the text that stay exact."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer


@dataclass(frozen=True)
class Features:
    """One sequence for the model, and where each of its tokens lies in the text.

    ``offsets[i]`` are the characters of token ``i`` in the text, or None for special tokens and
    for those of a question that goes before it.
    """

    input_ids: list[int]
    token_type_ids: list[int]
    offsets: list[tuple[int, int] | None]

    def __len__(self) -> int:
        return len(self.input_ids)


def spans(tokenizer: Tokenizer, text: str, budget: int, overlap: int) -> list[tuple[int, int]]:
    """Character spans that cover ``text`` with at most ``budget`` tokens each.

    Neighbours share about ``overlap`` tokens. Spans begin and end between words, except inside a
    word that is itself longer than the budget.
    """
    encoding = tokenizer.encode(text, add_special_tokens=False)
    count = len(encoding)
    if count <= budget:
        return [(0, len(text))]
    offsets, words = encoding.offsets, encoding.word_ids  # each access builds the list anew
    result: list[tuple[int, int]] = []
    first = 0
    while True:
        last = min(first + budget, count)
        if last < count:
            last = _word_start(words, last, first)
        start = 0 if first == 0 else offsets[first][0]
        end = len(text) if last == count else offsets[last][0]
        result.append((start, end))
        if last == count:
            return result
        first = max(_word_start(words, max(last - overlap, first + 1), first), first + 1)


def _word_start(words: list[int | None], index: int, lowest: int) -> int:
    """The first token of the word of token ``index``, or ``index`` if that is not above lowest."""
    start = index
    while start > lowest and words[start] is not None and words[start - 1] == words[start]:
        start -= 1
    return start if start > lowest else index


def encode(tokenizer: Tokenizer, texts: Sequence[str], starts: Sequence[int]) -> list[Features]:
    """Encode single sequences; ``starts[i]`` is where ``texts[i]`` begins in the whole text."""
    encodings = tokenizer.encode_batch(list(texts))
    return [
        _features(encoding, start, 0) for encoding, start in zip(encodings, starts, strict=True)
    ]


def encode_pairs(
    tokenizer: Tokenizer, question: str, texts: Sequence[str], starts: Sequence[int]
) -> list[Features]:
    """Encode ``question`` with each text; offsets are given for the text's tokens alone."""
    encodings = tokenizer.encode_batch([(question, text) for text in texts])
    return [
        _features(encoding, start, 1) for encoding, start in zip(encodings, starts, strict=True)
    ]


def _features(encoding: Encoding, start: int, sequence: int) -> Features:
    offsets = [
        (begin + start, end + start) if owner == sequence else None
        for (begin, end), owner in zip(encoding.offsets, encoding.sequence_ids, strict=True)
    ]
    return Features(encoding.ids, encoding.type_ids, offsets)


def special_tokens(tokenizer: Tokenizer, *, pair: bool) -> int:
    """How many special tokens the tokenizer puts around one text, or around a pair."""
    return int(tokenizer.num_special_tokens_to_add(pair))
