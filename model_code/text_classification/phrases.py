"""Words that give a label away: how often they stand in a text, as evidence beside embeddings."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from text_classification.request import Label

OPENING = 300  # characters: a title names the kind of its document
_FEWEST_WORDS = 150  # that a text counts as: one hit in a short one is not a habit
_MOST = 6.0  # occurrences in 1,000 words that a single phrase counts for
_IN_OPENING = 0.5


def evidence(text: str, labels: Sequence[Label]) -> np.ndarray:
    """(labels,): what to add to the logits of ``labels`` for the phrases of theirs in ``text``.

    The logarithm of how many there are in 1,000 words, and a part of it again for those in the
    opening.
    """
    plain = " ".join(text.casefold().replace("’", "'").split())
    per_thousand = 1000 / max(len(plain.split()), _FEWEST_WORDS)
    found = []
    for label in labels:
        patterns = [_pattern(phrase) for phrase in label.phrases]
        rate = sum(min(len(p.findall(plain)) * per_thousand, _MOST) for p in patterns)
        opening = sum(bool(p.search(plain, 0, OPENING)) for p in patterns)
        found.append(np.log1p(rate) + _IN_OPENING * np.log1p(opening))
    return np.array(found)


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    """``phrase`` as whole words, whatever is in it."""
    words = " ".join(phrase.casefold().replace("’", "'").split())
    end = r"(?!\w)" if words[-1:].isalnum() else ""
    return re.compile(rf"(?<!\w){re.escape(words)}{end}")
