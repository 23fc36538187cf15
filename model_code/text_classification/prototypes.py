"""Labels as directions among embeddings: from their words at first, from examples as they come.

Pure numpy. All vectors are of length 1, so that a product is a cosine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SCALE = 15.0  # of cosines to logits: what made probabilities mean what they say
WORDS_COUNT = 3.0  # examples that the words of a label weigh as much as
FEWEST = 2  # examples of each label from which on they are told apart by regression
_STEPS, _RATE, _STAY = 200, 0.02, 0.3
_REGRESSION_SCALE = 10.0


@dataclass(frozen=True)
class Prototypes:
    """What labels look like: ``centres`` (labels, hidden), of length 1, say how like a text is to
    each of them; ``directions`` (labels, hidden) tell them apart.
    """

    centres: np.ndarray
    directions: np.ndarray

    def logits(self, vectors: np.ndarray) -> np.ndarray:
        """(texts, labels), before softmax, of unit ``vectors`` (texts, hidden)."""
        logits: np.ndarray = SCALE * (vectors @ self.directions.T)
        return logits

    def likeness(self, vectors: np.ndarray) -> np.ndarray:
        """(texts,): the cosine of each text to the label that is most like it."""
        likeness: np.ndarray = (vectors @ self.centres.T).max(axis=1)
        return likeness


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each row at length 1."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: np.ndarray = vectors / np.maximum(norms, 1e-9)
    return scaled


def learn(words: np.ndarray, examples: Sequence[np.ndarray]) -> Prototypes:
    """Prototypes from the embeddings of the labels' ``words`` (labels, hidden) and of the examples
    of each label (examples, hidden), which may be none.

    A centre is the mean of both, where the words count for ``WORDS_COUNT`` examples. From
    ``FEWEST`` examples of every label on, a logistic regression that stays near the centres turns
    them to where they tell the labels apart.
    """
    sums = np.array([vectors.sum(axis=0) for vectors in examples])
    centres = unit(WORDS_COUNT * unit(words) + sums)
    if min(len(vectors) for vectors in examples) < FEWEST:
        return Prototypes(centres, centres)
    owners = np.repeat(np.arange(len(words)), [len(vectors) for vectors in examples])
    return Prototypes(centres, _regression(centres, np.concatenate(examples), owners))


def _regression(start: np.ndarray, vectors: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Directions (labels, hidden) by gradient descent on cross entropy, each label counting the
    same, with a penalty on the distance to ``start``.
    """
    wanted = np.eye(len(start))[owners]
    weights = 1.0 / np.bincount(owners)[owners] / len(start)
    moved = np.zeros_like(start)
    for _ in range(_STEPS):
        logits = _REGRESSION_SCALE * (vectors @ (start + moved).T)
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        errors = (chances - wanted) * weights[:, None]
        moved -= _RATE * (_REGRESSION_SCALE * errors.T @ vectors + _STAY * moved)
    directions: np.ndarray = start + moved
    return directions
