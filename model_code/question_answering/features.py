"""A question with each window of its context. No torch here."""

from tokenizers import Tokenizer

from common import windows
from common.windows import Features
from question_answering.tables import Reading, reading

MAX_QUESTION_TOKENS = 96
OVERLAP = 64


def question_windows(
    tokenizer: Tokenizer, question: str, context: str, max_length: int
) -> list[Features]:
    """``question`` before each window of ``context``, at most ``max_length`` tokens each.

    A question longer than ``MAX_QUESTION_TOKENS`` is cut there, so that some context always fits.
    Rows of tables are read with the names of their columns, which have no place in the context.
    """
    limit = min(MAX_QUESTION_TOKENS, max_length // 2)
    start, end = windows.spans(tokenizer, question, limit, 0)[0]
    short = question[start:end]
    used = len(tokenizer.encode(short, add_special_tokens=False))
    budget = max_length - used - windows.special_tokens(tokenizer, pair=True)
    read = reading(context)
    parts = windows.spans(tokenizer, read.text, budget, min(OVERLAP, budget // 2))
    sequences = windows.encode_pairs(
        tokenizer, short, [read.text[a:b] for a, b in parts], [a for a, _ in parts]
    )
    return (
        [_placed(sequence, read) for sequence in sequences] if read.text != context else sequences
    )


def _placed(sequence: Features, read: Reading) -> Features:
    offsets = [None if span is None else read.place(*span) for span in sequence.offsets]
    return Features(sequence.input_ids, sequence.token_type_ids, offsets)
