"""SemEval-2010 Task 8's macro-F1, official and in the other conventions."""

from typing import Any

import datasets
import evaluate

from backend.evaluation.scoring import score_rows


class RelationExtraction(evaluate.Metric):  # type: ignore[misc]  # it has no types
    """``compute(predictions=[label], references=[label])``: "Cause-Effect(e1,e2)", "Other"."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=__doc__,
            citation="Hendrickx et al. 2010",
            inputs_description="predictions and references: one directed label each",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(self, predictions: list[str], references: list[str]) -> dict[str, Any]:
        return score_rows(
            "relation_extraction",
            [{"label": label} for label in references],
            [{"label": label} for label in predictions],
        )
