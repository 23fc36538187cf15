"""Which sentences summarise a text: embedding centrality, chosen up to a length. No torch here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Measure = Callable[[str], int]

PASSED_OVER = 2  # sentences that are too long for what is left of a summary
FILLING = 200  # sentences that a summary which came out too short is made from instead
LONGEST_FILLED = 20_000


@dataclass(frozen=True)
class Length:
    """How long a summary may and should be, in the unit of ``measure``."""

    most: int
    least: int
    measure: Measure


@dataclass(frozen=True)
class Ranking:
    """How sentences are scored.

    ``position`` adds a bonus that falls from the first sentence to the last; ``redundancy`` takes
    away the likeness to what is already chosen (Carbonell & Goldstein 1998). Both are 0 by default:
    on news they made summaries slightly worse. What is as alike as ``same`` (a cosine) to something
    chosen says it once more, as tables and their text do in reports, and is passed over.
    """

    position: float = 0.0
    redundancy: float = 0.0
    same: float = 0.85


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; a row of zeros stays one."""
    result: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return result


def centrality(embeddings: np.ndarray) -> np.ndarray:
    """The mean cosine of each sentence to all sentences: (sentences,).

    Equal to the cosine matrix's row means, in linear time: the mean of dot products is the dot
    product with the mean.
    """
    vectors = unit(embeddings)
    result: np.ndarray = vectors @ vectors.mean(axis=0)
    return result


def features(embeddings: np.ndarray) -> np.ndarray:
    """What a trained sentence scorer reads: (sentences, 2 x hidden + 3).

    The sentence's unit embedding, its product with the document's, centrality, and its place.
    """
    vectors = unit(embeddings)
    document = unit(vectors.mean(axis=0, keepdims=True))
    place = np.arange(len(vectors)) / max(1, len(vectors) - 1)
    columns = [
        centrality(embeddings)[:, None],
        place[:, None],
        (np.arange(len(vectors)) == 0)[:, None],
    ]
    return np.concatenate([vectors, vectors * document, *columns], axis=1).astype(np.float32)


def choose(
    texts: Sequence[str],
    scores: np.ndarray,
    embeddings: np.ndarray,
    length: Length,
    ranking: Ranking = Ranking(),
) -> list[int]:
    """Indices of the chosen sentences, in the text's order.

    Sentences are taken best first; one that says the same as one taken is passed over, and so are
    the first ``PASSED_OVER`` that would exceed ``length.most``: what fits further down says little.
    Where nothing fits, the best one is the summary. Where what was taken is shorter than
    ``length.least``, another choice that is not is looked for among the best.
    """
    sizes = [length.measure(text) for text in texts]
    place = np.arange(len(texts)) / max(1, len(texts) - 1)
    values = scores + ranking.position * (1.0 - place)
    order = _order(values, embeddings, ranking.redundancy)
    vectors = unit(embeddings)
    chosen: list[int] = []
    repeated = np.zeros(len(texts), dtype=bool)
    total = passed_over = 0
    for index in order:
        if repeated[index]:
            continue
        if total + sizes[index] <= length.most:
            chosen.append(index)
            total += sizes[index]
            repeated |= vectors @ vectors[index] >= ranking.same
        elif chosen and (passed_over := passed_over + 1) > PASSED_OVER:
            break
    if total < length.least:
        repeated[chosen] = False
        distinct = [index for index in order if not repeated[index]]
        fillings = (
            _filled(candidates[:FILLING], values, sizes, length) for candidates in (distinct, order)
        )
        chosen = next(filter(None, fillings), chosen)
    return sorted(chosen or order[:1])


def _filled(
    candidates: Sequence[int], values: np.ndarray, sizes: Sequence[int], length: Length
) -> list[int]:
    """The best-scored choice whose size lies between least and most: a knapsack, by size."""
    if length.most > LONGEST_FILLED or length.least > length.most:
        return []
    gains = values - values.min() + 1e-6
    best = np.full(length.most + 1, -np.inf)
    best[0] = 0.0
    taken = np.zeros((len(candidates), length.most + 1), dtype=bool)
    for row, index in enumerate(candidates):
        size = sizes[index]
        if 0 < size <= length.most:
            with_it = np.full_like(best, -np.inf)
            with_it[size:] = best[: length.most + 1 - size] + gains[index]
            taken[row] = with_it > best
            best = np.maximum(best, with_it)
    total = length.least + int(best[length.least :].argmax())
    if not np.isfinite(best[total]):
        return []
    result: list[int] = []
    for row in reversed(range(len(candidates))):
        if taken[row, total]:
            result.append(candidates[row])
            total -= sizes[candidates[row]]
    return result


def _order(values: np.ndarray, embeddings: np.ndarray, redundancy: float) -> list[int]:
    if not redundancy:
        return [int(index) for index in np.argsort(-values, kind="stable")]
    vectors = unit(embeddings)
    left = list(range(len(values)))
    nearest = np.zeros(len(values))
    order: list[int] = []
    while left:
        best = max(left, key=lambda index: (values[index] - redundancy * nearest[index], -index))
        left.remove(best)
        order.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return order
