"""The parts of a text that are classified one by one."""

from collections.abc import Sequence

from common import windows
from common.engine import Engine
from common.sentences import sentences
from text_classification.request import By

SECTION_TOKENS = 160


def parts(engine: Engine, text: str, by: By) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text``, or of its sections."""
    if by == "section":
        return sections(engine, text)
    budget = engine.config.max_length - windows.special_tokens(engine.tokenizer, pair=False)
    return [
        (start + a, start + b)
        for start, end in sentences(text)
        for a, b in windows.spans(engine.tokenizer, text[start:end], budget, 0)
    ]


def sections(engine: Engine, text: str) -> list[tuple[int, int]]:
    """Spans that are classified one by one: the whole of a short text, else runs of sentences.

    A sentence longer than a section is cut between words.
    """
    budget = engine.config.max_length - windows.special_tokens(engine.tokenizer, pair=False)
    if len(engine.tokenizer.encode(text, add_special_tokens=False)) <= min(budget, SECTION_TOKENS):
        return [(0, len(text))]
    budget = min(budget, SECTION_TOKENS)
    parts = sentences(text)
    encodings = engine.tokenizer.encode_batch(
        [text[start:end] for start, end in parts], add_special_tokens=False
    )
    return _packed(engine, text, parts, [len(encoding) for encoding in encodings], budget)


def _packed(
    engine: Engine, text: str, parts: Sequence[tuple[int, int]], sizes: Sequence[int], budget: int
) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    used = 0
    for (start, end), size in zip(parts, sizes, strict=True):
        if size > budget:
            inner = windows.spans(engine.tokenizer, text[start:end], budget, 0)
            result += [(start + a, start + b) for a, b in inner]
            used = budget
        elif result and used + size <= budget:
            result[-1] = (result[-1][0], end)
            used += size
        else:
            result.append((start, end))
            used = size
    return result
