"""Texts with two marked spans, as a relation encoder reads them. No torch here."""

from dataclasses import dataclass

from tokenizers import Tokenizer

from common.windows import Features, encode, special_tokens

MARKERS = ("[E1]", "[/E1]", "[E2]", "[/E2]")
ELLIPSIS = " … "


@dataclass(frozen=True)
class Pair:
    """Two spans of a text, each (start, end); ``first`` begins no later than ``second``."""

    first: tuple[int, int]
    second: tuple[int, int]


def marked(text: str, pair: Pair) -> str:
    """``text`` with the markers around both spans (which may nest, not cross)."""
    (start1, end1), (start2, end2) = pair.first, pair.second
    # At one place what ends comes before what begins, and the outer span around the inner one.
    insertions = [
        (start1, 2, "[E1] "),
        (end1, 1, " [/E1]"),
        (start2, 3, "[E2] "),
        (end2, 0, " [/E2]"),
    ]
    parts, at = [], 0
    for position, _, marker in sorted(insertions):
        parts += [text[at:position], marker]
        at = position
    return "".join([*parts, text[at:]])


def encode_pairs(
    tokenizer: Tokenizer, text: str, pairs: list[Pair], max_length: int
) -> list[Features]:
    """One sequence a pair, at most ``max_length`` tokens, both spans always inside.

    Where the text is longer, what lies farthest from the two spans is left out.
    """
    sequences = encode(tokenizer, [marked(text, pair) for pair in pairs], [0] * len(pairs))
    return [
        sequence if len(sequence) <= max_length else _shortened(tokenizer, text, pair, max_length)
        for sequence, pair in zip(sequences, pairs, strict=True)
    ]


def _shortened(tokenizer: Tokenizer, text: str, pair: Pair, max_length: int) -> Features:
    """Halve the surroundings of the spans until the sequence fits."""
    margin = max(len(text), 1)
    while True:
        margin //= 2
        short, inner = surroundings(text, pair, margin)
        sequence = encode(tokenizer, [marked(short, inner)], [0])[0]
        if len(sequence) <= max_length or margin == 0:
            return _cut(sequence, max_length, special_tokens(tokenizer, pair=False))


def _cut(sequence: Features, max_length: int, specials: int) -> Features:
    # Only spans that are themselves longer than the model come here.
    if len(sequence) <= max_length:
        return sequence
    keep = max_length - (specials - 1)
    tail = len(sequence) - (specials - 1)
    return Features(
        sequence.input_ids[:keep] + sequence.input_ids[tail:],
        sequence.token_type_ids[:keep] + sequence.token_type_ids[tail:],
        sequence.offsets[:keep] + sequence.offsets[tail:],
    )


def surroundings(text: str, pair: Pair, margin: int) -> tuple[str, Pair]:
    """The spans with ``margin`` characters on each side, and where they lie in that."""
    (start1, end1), (start2, end2) = pair.first, pair.second
    left = max(0, start1 - margin)
    right = min(len(text), max(end1, end2) + margin)
    gap = (end1 + margin, start2 - margin)
    if gap[1] - gap[0] > len(ELLIPSIS):
        short = text[left : gap[0]] + ELLIPSIS + text[gap[1] : right]
        shift = gap[1] - gap[0] - len(ELLIPSIS)
    else:
        short, shift = text[left:right], 0
    return short, Pair((start1 - left, end1 - left), (start2 - left - shift, end2 - left - shift))
