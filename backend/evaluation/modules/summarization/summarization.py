"""ROUGE-1, -2, -L and -Lsum: F-measures with stemming, the best of the references."""

from typing import Any

import datasets
import evaluate

from backend.evaluation.scoring import score_rows


class Summarization(evaluate.Metric):  # type: ignore[misc]  # it has no types
    """``compute(predictions=[summary], references=[[summary, …]])``."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=__doc__,
            citation="Lin 2004",
            inputs_description="predictions: one summary each; references: all accepted summaries",
            features=datasets.Features(
                {"predictions": text, "references": datasets.Sequence(text)}
            ),
        )

    def _compute(self, predictions: list[str], references: list[list[str]]) -> dict[str, Any]:
        return score_rows(
            "summarization",
            [{"summaries": list(accepted)} for accepted in references],
            [{"summary": summary} for summary in predictions],
        )
