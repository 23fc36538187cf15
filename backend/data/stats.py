"""What is in a dataset, in numbers."""

import math
from collections import Counter
from collections.abc import Iterable

from backend.data.schemas import Example, Schema


def label_counts(schema: Schema, examples: Iterable[Example]) -> dict[str, int]:
    """How often each label occurs, the most frequent first."""
    counts = Counter(label for example in examples for label in schema.labels(example))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def tokens(text: str) -> int:
    """An estimate of the word pieces in ``text``: the larger of 1.3 a word and one for each five
    characters, which is a little above what the WordPiece vocabulary of BERT makes of English.
    """
    return math.ceil(max(1.3 * len(text.split()), len(text) / 5))
