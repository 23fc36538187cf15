"""How likely an answer is right, and what is said of it: answered, probably, or no answer.

The logits of a span reader rank its answers, but neither their difference nor their softmax is a
probability: both grow with the text, and differ from one kind of text to the next. A logistic
regression on them (Platt 1999), fitted on questions of several kinds, makes one. No torch here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from question_answering.decode import Ranking

LARGEST_MARGIN = 30.0  # beyond it nothing changes, and sums stay finite
RIDGE = 1e-2
STEPS = 50
ANSWERED = 0.5
"""An answer that is likelier right than wrong is given without a word of doubt."""


@dataclass(frozen=True)
class Calibration:
    """Weights of margin and of the logarithm of the share, and what is added to them; from the
    probability ``probably`` on an answer is given with doubt, from ``answered`` on without.
    """

    margin: float = 1.0
    share: float = 0.0
    bias: float = 0.0
    answered: float = ANSWERED
    probably: float = ANSWERED

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Calibration":
        """As a model has it in its settings; models from before had a threshold on the margin."""
        if "calibration" in settings:
            return cls(**settings["calibration"])
        return cls(bias=-float(settings.get("no_answer_threshold", 0.0)))

    def probabilities(self, ranking: Ranking) -> list[float]:
        """That each span is right; as they are ranked."""
        rows = [
            features(span.margin, share)
            for span, share in zip(ranking.spans, ranking.shares, strict=True)
        ]
        if not rows:
            return []
        weights = np.array([self.margin, self.share, self.bias])
        values: list[float] = (1.0 / (1.0 + np.exp(-(np.array(rows) @ weights)))).tolist()
        return values


def features(margin: float, share: float) -> tuple[float, float, float]:
    """What the regression reads of one span."""
    limited = min(max(margin, -LARGEST_MARGIN), LARGEST_MARGIN)
    return limited, float(np.log(max(share, 1e-6))), 1.0


def fitted(
    rankings: Sequence[Ranking], right: Sequence[float], weights: Sequence[float]
) -> Calibration:
    """The regression of ``right`` (0..1: how right the best span of each ranking is) on what is
    known of that span, each row counting ``weights`` times; by Newton's method.
    """
    rows = [
        (features(ranking.margin, ranking.shares[0]), value, weight)
        for ranking, value, weight in zip(rankings, right, weights, strict=True)
        if ranking.spans
    ]
    x, y, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-(x @ beta)))
        gradient = x.T @ (w * (y - p)) - RIDGE * beta
        curvature = (x * (w * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(beta))
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    # A better span must not be likelier wrong.
    return Calibration(max(0.0, float(beta[0])), max(0.0, float(beta[1])), float(beta[2]))
