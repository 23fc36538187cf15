"""Summaries: ROUGE-1, -2, -L and -Lsum against people's summaries (Lin 2004), by rouge-score.

F-measures with Porter's stemmer; of several references the best counts, for each measure by
itself; -Lsum takes each line as a sentence.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from backend.evaluation.formulas import Metric, ratio
from backend.evaluation.metrics.rows import Rows, of_columns

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

KINDS: Final = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def rows(references: Sequence[Sequence[str]], predicted: Sequence[str]) -> Rows:
    """One row a document; its score is its ROUGE-L."""
    scorer = _scorer()
    found = [
        scorer.score_multi(list(accepted), summary)
        for accepted, summary in zip(references, predicted, strict=True)
    ]
    columns = {kind: np.array([scores[kind].fmeasure for scores in found]) for kind in KINDS}
    return of_columns({"n": np.ones(len(found)), **columns}, columns["rougeL"])


def metrics(columns: Sequence[str]) -> tuple[Metric, ...]:
    """The mean over documents of each measure."""
    return tuple(Metric(kind, ratio(kind, "n")) for kind in KINDS if kind in columns)


def _scorer() -> "RougeScorer":
    # Loaded here: it brings all of nltk, which whoever only reads scores does not need.
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), tokenizer=_StemmedWords())


class _StemmedWords:
    """rouge-score's own words and stems, each word stemmed once."""

    def __init__(self) -> None:
        from nltk.stem.porter import PorterStemmer  # type: ignore[import-untyped]

        self.stem = lru_cache(maxsize=100_000)(PorterStemmer().stem)

    def tokenize(self, text: str) -> list[str]:
        from rouge_score import tokenize

        words: Any = tokenize.tokenize(text, self)
        return list(words)
