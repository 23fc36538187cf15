"""ROUGE against rouge-score itself."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from backend.evaluation.metrics.rouge import Reader, best
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


READER = Reader()


def agrees(references: list[list[str]], summaries: list[str]) -> None:
    for accepted, summary in zip(references, summaries, strict=True):
        scores = [SCORER.score(one, summary) for one in accepted]
        wanted = [max(one[name].fmeasure for one in scores) for name in KINDS]
        assert best(map(READER.read, accepted), READER.read(summary)) == pytest.approx(
            wanted, abs=1e-9
        )


def test_hundreds_of_random_summaries_agree_with_rouge_score() -> None:
    rng = random.Random(13)

    def text() -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(0, 12)))

    references = [[text() for _ in range(rng.randint(1, 3))] for _ in range(500)]
    agrees(references, [text() for _ in range(500)])


def test_scores_are_means_over_documents() -> None:
    gold = [{"summaries": ["the cat sat", "a dog"]}, {"summaries": ["so it was"]}]
    found = score_rows("summarization", gold, [{"summary": "the cat"}, {"summary": "so it was"}])
    assert found["rouge1"] == pytest.approx((0.8 + 1) / 2)


@unhurried
@given(*[st.lists(st.sampled_from([*"aaabbcde", "\n", "\n"]), max_size=30)] * 2)
def test_summaries_of_many_short_lines_agree_with_rouge_score(
    reference: list[str], summary: list[str]
) -> None:
    agrees([[" ".join(reference)]], [" ".join(summary)])


@unhurried
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_agrees_with_rouge_score(reference: str, summary: str) -> None:
    agrees([[reference]], [summary])
