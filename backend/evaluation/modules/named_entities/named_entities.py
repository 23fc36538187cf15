"""Precision, recall and F1 of whole entities from tags, strict (IOB2) or as CoNLL reads them."""

from typing import Any

import datasets
import evaluate

from backend.evaluation.metrics.tags import Mode, chunks
from backend.evaluation.scoring import score_rows


class NamedEntities(evaluate.Metric):  # type: ignore[misc]  # it has no types
    """``compute(predictions=[[tag, …]], references=[[tag, …]], mode="strict")``."""

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description=__doc__,
            citation="",
            inputs_description="predictions and references: one tag a word (B-PER, I-PER, O)",
            features=datasets.Features({"predictions": tags, "references": tags}),
        )

    def _compute(
        self, predictions: list[list[str]], references: list[list[str]], mode: Mode = "strict"
    ) -> dict[str, Any]:
        return score_rows(
            "named_entities",
            [{"entities": _entities(tags, mode)} for tags in references],
            [{"entities": _entities(tags, mode)} for tags in predictions],
        )


def _entities(tags: list[str], mode: Mode) -> list[dict[str, Any]]:
    """Places are numbers of words here, as there is no text."""
    return [
        {"start": first, "end": last, "label": label}
        for first, last, label in chunks(tags, mode=mode)
    ]
