"""Ranking answers over windows, and the threshold that decides on no answer."""

import itertools

import numpy as np
import pytest

from common.windows import Features
from question_answering.calibration import Calibration, fitted
from question_answering.decode import Candidate, Ranking, rank
from question_answering.train import answer_f1, best_threshold, locate, scores


def window(*offsets: tuple[int, int] | None) -> Features:
    return Features([0] * len(offsets), [0] * len(offsets), list(offsets))


WINDOW = window(None, None, (0, 4), (5, 9), (10, 14), None)


def test_the_best_span_starts_before_it_ends() -> None:
    start = np.array([0.0, 0, 1, 0, 9, 0])
    end = np.array([0.0, 0, 9, 8, 0, 0])
    ranking = rank([WINDOW], [[start, end]])
    assert (ranking.spans[0].start, ranking.spans[0].end) == (0, 4)


def test_spans_of_the_question_and_of_special_tokens_are_never_answers() -> None:
    high = np.array([50.0, 50, 0, 0, 0, 50])
    ranking = rank([WINDOW], [[high, high]])
    assert all(0 <= span.start < span.end <= 14 for span in ranking.spans)


def test_answers_do_not_overlap() -> None:
    start = end = np.array([0.0, 0, 3, 3, 3, 0])
    spans = sorted((s.start, s.end) for s in rank([WINDOW], [[start, end]]).spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


def test_the_spans_share_one_probability() -> None:
    start = end = np.array([1.0, 0, 3, 2, 1, 0])
    ranking = rank([WINDOW], [[start, end]])
    assert sum(ranking.shares) == pytest.approx(1.0)
    assert ranking.shares == sorted(ranking.shares, reverse=True)


def test_an_answer_is_missing_only_where_every_window_says_so() -> None:
    sure = [np.array([9.0, 0, 0, 0, 0, 0])] * 2
    unsure = [np.array([-9.0, 0, 2, 0, 0, 0])] * 2
    assert rank([WINDOW], [sure]).margin < 0
    assert rank([WINDOW, WINDOW], [sure, unsure]).margin > 0


def test_a_span_is_compared_with_no_answer_in_its_own_window() -> None:
    doubted = [np.array([11.0, 0, 10, 0, 0, 0])] * 2  # the span's logit is high, no answer's higher
    likely = [np.array([1.0, 0, 0, 4, 0, 0])] * 2
    other = window(None, None, (20, 24), (25, 29), (30, 34), None)
    ranking = rank([WINDOW, other], [doubted, likely])
    assert (ranking.spans[0].start, ranking.spans[0].end) == (25, 29)
    assert ranking.margin == pytest.approx(6.0)


def test_a_threshold_of_an_earlier_model_moves_the_decision() -> None:
    ranking = rank([WINDOW], [[np.array([1.0, 0, 1.1, 0, 0, 0])] * 2])
    assert ranking.margin == pytest.approx(0.2)
    kept, raised = (
        Calibration.of({"no_answer_threshold": threshold}).probabilities(ranking)[0]
        for threshold in (0.0, 0.3)
    )
    assert kept > 0.5 > raised


def test_a_calibrated_probability_is_how_often_such_answers_are_right() -> None:
    rng = np.random.default_rng(3)
    margins = rng.normal(2.0, 4.0, 4000)
    right = (rng.random(4000) < 1 / (1 + np.exp(-(0.5 * margins - 1.0)))).astype(float)
    rankings = [Ranking([Candidate(0, 1, margin)], [1.0]) for margin in margins]
    calibration = fitted(rankings, right.tolist(), [1.0] * 4000)
    likely = np.array([calibration.probabilities(ranking)[0] for ranking in rankings])
    for low in (0.0, 0.25, 0.5, 0.75):
        inside = (likely >= low) & (likely < low + 0.25)
        assert right[inside].mean() == pytest.approx(likely[inside].mean(), abs=0.05)


def test_a_better_span_is_never_made_less_likely() -> None:
    rankings = [Ranking([Candidate(0, 1, margin)], [1.0]) for margin in (-2.0, -1.0, 1.0, 2.0)]
    calibration = fitted(rankings, [1.0, 1.0, 0.0, 0.0], [1.0] * 4)
    assert calibration.margin == 0.0


def test_a_context_without_tokens_has_no_answer() -> None:
    logits = [np.array([1.0, 1.0, 1.0])] * 2
    ranking = rank([window(None, None, None)], [logits])
    assert ranking.spans == []
    assert Calibration().probabilities(ranking) == []


def test_an_answer_is_found_at_its_tokens() -> None:
    assert locate(WINDOW, 5, 14) == (3, 4)
    assert locate(WINDOW, 6, 8) == (3, 3)
    assert locate(WINDOW, 12, 20) is None
    assert locate(WINDOW, 20, 25) is None


@pytest.mark.parametrize(
    ("predicted", "answers", "expected"),
    [
        ("the cat", ["cat"], 1.0),
        ("cat cat dog", ["cat dog dog"], 2 / 3),
        ("", [], 1.0),
        ("cat", [], 0.0),
        ("dog", ["cat", "a dog"], 1.0),
    ],
)
def test_f1_counts_words_as_a_multiset(predicted: str, answers: list[str], expected: float) -> None:
    assert answer_f1(predicted, answers) == pytest.approx(expected)


def test_the_best_threshold_separates_answerable_from_unanswerable() -> None:
    yes = {"context": "cat", "answers": [{"text": "cat", "start": 0}]}
    no = {"context": "cat", "answers": []}
    rankings = [Ranking([Candidate(0, 3, margin)], [1.0]) for margin in (2.0, -1.0)]
    threshold, f1 = best_threshold([yes, no], rankings, [2.0, -1.0])
    assert f1 == 1.0
    assert -1.0 < threshold < 2.0
    assert scores([yes, no], rankings)["HasAns_f1"] == 1.0


def test_a_threshold_weighs_questions_as_it_is_told() -> None:
    yes = {"context": "cat", "answers": [{"text": "cat", "start": 0}]}
    no = {"context": "cat", "answers": []}
    rankings = [Ranking([Candidate(0, 3, margin)], [1.0]) for margin in (1.0, 2.0)]
    assert best_threshold([yes, no], rankings, [1.0, 2.0], [3.0, 1.0])[0] < 1.0
    assert best_threshold([yes, no], rankings, [1.0, 2.0], [1.0, 3.0])[0] > 2.0


def test_answers_enough_come_though_the_best_overlap() -> None:
    offsets = [(3 * index, 3 * index + 2) for index in range(40)]
    logits = np.zeros(41)
    logits[10:20] = 9.0
    assert len(rank([window(None, *offsets)], [[logits, logits]]).spans) >= 3
