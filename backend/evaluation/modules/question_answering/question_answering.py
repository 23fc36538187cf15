"""SQuAD 1.1 and 2.0: exact match and F1, of 0 to 1, with HasAns and NoAns."""

from typing import Any

import datasets
import evaluate

from backend.evaluation.scoring import score_rows


class QuestionAnswering(evaluate.Metric):  # type: ignore[misc]  # it has no types
    """``compute(predictions=[answer], references=[[accepted answer, …]])``."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=__doc__,
            citation="Rajpurkar et al. 2016, 2018",
            inputs_description="predictions: one answer each; references: all accepted answers",
            features=datasets.Features(
                {"predictions": text, "references": datasets.Sequence(text)}
            ),
        )

    def _compute(self, predictions: list[str], references: list[list[str]]) -> dict[str, Any]:
        return score_rows(
            "question_answering",
            [{"answers": list(accepted)} for accepted in references],
            [{"answer": answer} for answer in predictions],
        )
