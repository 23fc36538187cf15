"""Accuracy, precision, recall, F1 and Matthews' correlation of single labels."""

from typing import Any

import datasets
import evaluate

from backend.evaluation.scoring import score_rows


class TextClassification(evaluate.Metric):  # type: ignore[misc]  # it has no types
    """``compute(predictions=[label], references=[label], positive=…)``."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=__doc__,
            citation="",
            inputs_description="predictions and references: one label each",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(
        self, predictions: list[str], references: list[str], positive: str | None = None
    ) -> dict[str, Any]:
        return score_rows(
            "text_classification",
            [{"label": label} for label in references],
            [{"label": label} for label in predictions],
            positive=positive,
        )
