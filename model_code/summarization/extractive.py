"""Which sentences summarise a text: the best by their scores, chosen up to a length. No torch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from summarization.vectors import unit

Measure = Callable[[str], int]

PASSED_OVER = 2  # sentences at least that may be too long for what is left of a summary
FILLING = 200  # sentences that a summary which came out too short is made from instead
LONGEST_FILLED = 20_000
COMPARED = 400  # sentences whose likeness to one another is looked at, the best by their scores
MARGIN = 0.5  # how much better, in standard deviations, a sentence is that is worth cutting


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


@dataclass(frozen=True)
class Candidates:
    """The sentences that may be chosen.

    ``scores`` (sentences) and ``embeddings`` (sentences, hidden) are theirs; ``after`` says on
    which other one each hangs, which is then chosen with it (None: on none).
    """

    texts: Sequence[str]
    scores: np.ndarray
    embeddings: np.ndarray
    after: Sequence[int | None] = ()

    def with_what_it_needs(self, index: int) -> list[int]:
        """``index`` and what it hangs on, and what that does."""
        found = [index]
        while self.after and (before := self.after[found[-1]]) is not None:
            found.append(before)
        return found

    def stands_alone(self, index: int) -> bool:
        """Whether the sentence hangs on none."""
        return not self.after or self.after[index] is None


def choose(
    candidates: Candidates, length: Length, ranking: Ranking = Ranking(), most_sentences: int = 0
) -> list[int]:
    """Indices of the chosen sentences, in the text's order; at most ``most_sentences`` if not 0.

    Sentences are taken best first, with what they hang on; one that says the same as one taken is
    passed over, and so are a few that would exceed ``length.most``: what fits further down says
    little. Where nothing fits, or only what is clearly worse than the best, that one is the
    summary, however long. Where what was taken is shorter than ``length.least``, another choice
    that is not is looked for among the best.
    """
    sizes = [length.measure(text) for text in candidates.texts]
    order = _order(_values(candidates, sizes, ranking), candidates.embeddings, ranking.redundancy)
    chosen = _taken(candidates, sizes, order, length.most, ranking.same, most_sentences)
    if not most_sentences and sum(sizes[index] for index in chosen) < length.least:
        chosen = _lengthened(candidates, sizes, order, length, ranking) or chosen
    return sorted(chosen or order[:1])


def _values(candidates: Candidates, sizes: Sequence[int], ranking: Ranking) -> np.ndarray:
    """The scores, each the mean of a sentence and what it needs, weighed by their sizes."""
    place = np.arange(len(sizes)) / max(1, len(sizes) - 1)
    values = candidates.scores + ranking.position * (1.0 - place)
    if not candidates.after:
        return values
    groups = [candidates.with_what_it_needs(index) for index in range(len(sizes))]
    return np.array(
        [np.average(values[group], weights=[sizes[one] + 1 for one in group]) for group in groups]
    )


def _taken(
    candidates: Candidates,
    sizes: Sequence[int],
    order: Sequence[int],
    most: int,
    same: float,
    most_sentences: int,
) -> list[int]:
    vectors = unit(candidates.embeddings)
    if cut := _worth_cutting(candidates, sizes, order, most):
        return cut
    chosen: list[int] = []
    repeated = np.zeros(len(sizes), dtype=bool)
    total = passed_over = 0
    for index in order:
        if repeated[index]:
            continue
        group = [one for one in candidates.with_what_it_needs(index) if one not in chosen]
        size = sum(sizes[one] for one in group)
        if total + size <= most:
            chosen += group
            total += size
            for one in group:
                repeated |= vectors @ vectors[one] >= same
            if most_sentences and len(chosen) >= most_sentences:
                break
        elif chosen and (passed_over := passed_over + 1) > max(PASSED_OVER, len(chosen)):
            break
    return chosen


def _worth_cutting(
    candidates: Candidates, sizes: Sequence[int], order: Sequence[int], most: int
) -> list[int]:
    """The best sentence that stands alone, where the limit is less than a sentence usually has,
    and those that keep to it are clearly worse.
    """
    alone = [index for index in order if candidates.stands_alone(index)]
    if not alone or most >= np.mean(sizes):
        return []
    fitting = next((index for index in order if sizes[index] <= most), None)
    scores = candidates.scores
    if fitting is not None and scores[alone[0]] - scores[fitting] < MARGIN * scores.std():
        return []
    return alone[:1]


def _lengthened(
    candidates: Candidates,
    sizes: Sequence[int],
    order: Sequence[int],
    length: Length,
    ranking: Ranking,
) -> list[int]:
    """A choice that is long enough: of sentences that say different things and stand alone, if
    there is one, else of any.
    """
    alone = [index for index in order if candidates.stands_alone(index)]
    distinct = _distinct(alone, unit(candidates.embeddings), ranking.same)
    fillings = (
        _filled(part[:FILLING], candidates.scores, sizes, length)
        for part in (distinct, alone, list(order))
    )
    return next(filter(None, fillings), [])


def _distinct(order: Iterable[int], vectors: np.ndarray, same: float) -> list[int]:
    """The first of each set of sentences that say the same."""
    kept: list[int] = []
    repeated = np.zeros(len(vectors), dtype=bool)
    for index in order:
        if len(kept) == FILLING:
            break
        if not repeated[index]:
            kept.append(index)
            repeated |= vectors @ vectors[index] >= same
    return kept


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
    order = [int(index) for index in np.argsort(-values, kind="stable")]
    if not redundancy:
        return order
    vectors = unit(embeddings)
    left, rest = order[:COMPARED], order[COMPARED:]
    nearest = np.zeros(len(values))
    order = []
    while left:
        best = max(left, key=lambda index: (values[index] - redundancy * nearest[index], -index))
        left.remove(best)
        order.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return order + rest
