"""ROUGE against rouge-score itself."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from backend.evaluation.scoring import score_rows
from tests.evaluation.support import unhurried

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
WORDS = [
    "Running",
    "runs",
    "ran",
    "model",
    "models",
    "the",
    "of",
    "evaluation.",
    "U.S.",
    "\n",
    "é",
    "—",
    "2nd",
]
SCORER = RougeScorer(KINDS, use_stemmer=True)


def agrees(references: list[list[str]], summaries: list[str]) -> None:
    wanted = dict.fromkeys(KINDS, 0.0)
    for accepted, summary in zip(references, summaries, strict=True):
        for name in KINDS:
            best = max(SCORER.score(one, summary)[name].fmeasure for one in accepted)
            wanted[name] += best / len(summaries)
    ours = score_rows(
        "summarization",
        [{"summaries": accepted} for accepted in references],
        [{"summary": summary} for summary in summaries],
    )
    assert ours == pytest.approx(wanted, abs=1e-9)


def test_hundreds_of_random_summaries_agree_with_rouge_score() -> None:
    rng = random.Random(13)

    def text() -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(0, 12)))

    for _ in range(60):
        n = rng.randint(1, 6)
        references = [[text() for _ in range(rng.randint(1, 3))] for _ in range(n)]
        agrees(references, [text() for _ in range(n)])


@unhurried
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_agrees_with_rouge_score(reference: str, summary: str) -> None:
    agrees([[reference]], [summary])
