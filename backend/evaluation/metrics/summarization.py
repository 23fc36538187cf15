"""Summaries: ROUGE-1, -2, -L and -Lsum against people's summaries (Lin 2004), as rouge-score's.

F-measures with Porter's stemmer; of several references the best counts, for each measure by
itself; -Lsum takes each line as a sentence.
"""

from collections.abc import Sequence

import numpy as np

from backend.evaluation.formulas import Metric, ratio
from backend.evaluation.metrics.rouge import KINDS, Reader, best
from backend.evaluation.metrics.rows import Rows, of_columns


def rows(references: Sequence[Sequence[str]], predicted: Sequence[str]) -> Rows:
    """One row a document; its score is its ROUGE-L."""
    reader = Reader()
    found = np.array(
        [
            best(map(reader.read, accepted), reader.read(summary))
            for accepted, summary in zip(references, predicted, strict=True)
        ]
    )
    columns = {kind: found[:, place] for place, kind in enumerate(KINDS)}
    return of_columns({"n": np.ones(len(found)), **columns}, columns["rougeL"])


def metrics(columns: Sequence[str]) -> tuple[Metric, ...]:
    """The mean over documents of each measure."""
    return tuple(Metric(kind, ratio(kind, "n")) for kind in KINDS if kind in columns)
