"""Summaries against the first words of their texts, of the same length: ROUGE by kind of text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from backend.evaluation.metrics.rouge import Reader, best


def table(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """A Markdown table of ``rows`` with ``kind``, ``summary``, ``lead`` and ``summaries``, the
    references.
    """
    scores: dict[str, list[tuple[Sequence[float], Sequence[float]]]] = {}
    reader = Reader()
    for row in rows:
        references = [reader.read(one) for one in row["summaries"]]
        both = [best(references, reader.read(row[name]))[:3] for name in ("summary", "lead")]
        scores.setdefault(row["kind"], []).append((both[0], both[1]))
    return [
        "| text | n | ROUGE-1 | ROUGE-2 | ROUGE-L | over the lead: 1 | 2 | L |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_row(kind, np.array(pairs)) for kind, pairs in sorted(scores.items())),
    ]


def _row(kind: str, pairs: np.ndarray) -> str:
    """One line, of scores (texts, summary and lead, measures)."""
    differences = pairs[:, 0] - pairs[:, 1]
    means, gains = pairs[:, 0].mean(axis=0), differences.mean(axis=0)
    about = 1.96 * differences[:, 0].std() / len(pairs) ** 0.5
    cells = [
        kind,
        str(len(pairs)),
        *(f"{value:.3f}" for value in means),
        f"{gains[0]:+.3f} ± {about:.3f}",
        *(f"{value:+.3f}" for value in gains[1:]),
    ]
    return f"| {' | '.join(cells)} |"
