"""A trained scorer's scores, balanced by what is right for documents of every kind."""

from collections.abc import Sequence

import numpy as np

from summarization.extractive import Length
from summarization.leanings import leanings
from summarization.signals import Document, commonness, standard
from summarization.vectors import centrality

COVERING = (0.15, 0.30)
"""A summary that is more of its text than the second has to cover all of it: the most central
sentences. One that is less than the first has to pick what matters. Between the two, both count."""
COVERING_SENTENCES = 3  # that a summary must have room for to cover anything
CENTRAL = 0.35  # of centrality in the score of a sentence that is picked
BY_WORDS = 0.3  # of centrality by common words, added to that by embeddings


def balanced(
    scores: np.ndarray, document: Document, whole: Sequence[int], length: Length
) -> np.ndarray:
    """Scores (sentences,) for a summary of this length out of ``scores``, which are in standard
    deviations; ``whole`` are the sentences that can stand in it.
    """
    central = standard(centrality(document.embeddings))
    covering = standard(central + BY_WORDS * standard(commonness(document.texts)))
    picking = (1.0 - CENTRAL) * scores + CENTRAL * covering + leanings(document.texts, whole)
    share = _covering(document, length)
    result: np.ndarray = share * covering + (1.0 - share) * picking
    return result


def _covering(document: Document, length: Length) -> float:
    """From 0 to 1: how far a summary of this length has to cover the document."""
    low, high = COVERING
    sizes = [length.measure(text) for text in document.texts]
    if length.most < COVERING_SENTENCES * np.mean(sizes):
        return 0.0
    return float(np.clip((length.most / max(1, sum(sizes)) - low) / (high - low), 0.0, 1.0))
