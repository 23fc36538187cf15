"""A question with each window of its context. No torch here."""

from tokenizers import Tokenizer

from common import windows
from common.windows import Features

MAX_QUESTION_TOKENS = 96
OVERLAP = 64


def question_windows(
    tokenizer: Tokenizer, question: str, context: str, max_length: int
) -> list[Features]:
    """``question`` before each window of ``context``, at most ``max_length`` tokens each.

    A question longer than ``MAX_QUESTION_TOKENS`` is cut there, so that some context always fits.
    """
    limit = min(MAX_QUESTION_TOKENS, max_length // 2)
    start, end = windows.spans(tokenizer, question, limit, 0)[0]
    short = question[start:end]
    used = len(tokenizer.encode(short, add_special_tokens=False))
    budget = max_length - used - windows.special_tokens(tokenizer, pair=True)
    parts = windows.spans(tokenizer, context, budget, min(OVERLAP, budget // 2))
    return windows.encode_pairs(
        tokenizer, short, [context[a:b] for a, b in parts], [a for a, _ in parts]
    )
