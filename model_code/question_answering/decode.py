"""From start and end logits to ranked answers, over all windows of a context. No torch here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.numeric import softmax
from common.windows import Features

MAX_ANSWER_TOKENS = 30
CANDIDATES = 20  # answers among which probability is shared
SPANS_PER_WINDOW = 400  # many, because the best ones overlap each other


@dataclass(frozen=True)
class Candidate:
    """A span of the context and its margin: the logit of the span, which is the sum of those of
    its start and end, less the logit of no answer in the window that it was read in.
    """

    start: int
    end: int
    margin: float


@dataclass(frozen=True)
class Ranking:
    """Spans that do not overlap, best first, and how much of the spans' probability each has."""

    spans: list[Candidate]
    shares: list[float]

    @property
    def margin(self) -> float:
        """How far the best span is above no answer; minus infinity where there is no span."""
        return self.spans[0].margin if self.spans else float("-inf")


def rank(windows: Sequence[Features], logits: Sequence[Sequence[np.ndarray]]) -> Ranking:
    """The best spans of all windows, on one scale.

    Each window was trained to be a distribution of its own, in which its first token stands for no
    answer, so that logits of two windows have no common zero (Clark and Gardner 2018, section 3):
    how far a span is above *its* window's no answer can be compared.
    """
    found: dict[tuple[int, int], float] = {}
    for window, (start, end) in zip(windows, logits, strict=True):
        null = float(start[0] + end[0])
        for span, value in _candidates(window, start, end):
            found[span] = max(value - null, found.get(span, -np.inf))
    kept = _distinct(sorted(found.items(), key=lambda item: (-item[1], item[0])), CANDIDATES)
    shares = softmax(np.array([value for _, value in kept])) if kept else np.array([])
    return Ranking([Candidate(start, end, value) for (start, end), value in kept], shares.tolist())


def _candidates(
    window: Features, start: np.ndarray, end: np.ndarray
) -> list[tuple[tuple[int, int], float]]:
    """The best spans of a window: characters and logit."""
    inside = np.array([span is not None and span[1] > span[0] for span in window.offsets])
    tokens = np.flatnonzero(inside)
    if not len(tokens):
        return []
    first, size = int(tokens[0]), int(tokens[-1]) + 1
    starts = np.where(inside, start, -np.inf)[first:size]
    ends = np.where(inside, end, -np.inf)[first:size]
    length = len(starts)
    # band[i, d]: a span from token i over d + 1 tokens
    padded = np.concatenate([ends, np.full(MAX_ANSWER_TOKENS, -np.inf)])
    reach = np.lib.stride_tricks.sliding_window_view(padded, MAX_ANSWER_TOKENS)[:length]
    band = starts[:, None] + reach
    count = min(SPANS_PER_WINDOW, band.size)
    best = np.argpartition(band, -count, axis=None)[-count:]
    result = []
    for row, distance in zip(*np.unravel_index(best, band.shape), strict=True):
        value = float(band[row, distance])
        if np.isfinite(value):
            begin = window.offsets[first + int(row)]
            stop = window.offsets[first + int(row) + int(distance)]
            assert begin is not None
            assert stop is not None
            result.append(((begin[0], stop[1]), value))
    return result


def _distinct(
    ranked: list[tuple[tuple[int, int], float]], count: int
) -> list[tuple[tuple[int, int], float]]:
    """The best spans of which none overlaps a better one."""
    kept: list[tuple[tuple[int, int], float]] = []
    for (start, end), value in ranked:
        if all(end <= other[0] or start >= other[1] for other, _ in kept):
            kept.append(((start, end), value))
        if len(kept) == count:
            break
    return kept
