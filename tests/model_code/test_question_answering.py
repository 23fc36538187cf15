"""Ranking answers over windows, and the threshold that decides on no answer."""

import itertools

import numpy as np
import pytest

from common.windows import Features
from question_answering.decode import Answer, Ranking, rank
from question_answering.train import answer_f1, best_threshold, locate, scores


def window(*offsets: tuple[int, int] | None) -> Features:
    return Features([0] * len(offsets), [0] * len(offsets), list(offsets))


WINDOW = window(None, None, (0, 4), (5, 9), (10, 14), None)


def test_the_best_span_starts_before_it_ends() -> None:
    start = np.array([0.0, 0, 1, 0, 9, 0])
    end = np.array([0.0, 0, 9, 8, 0, 0])
    ranking = rank([WINDOW], [[start, end]], top=2)
    assert (ranking.spans[0].start, ranking.spans[0].end) == (0, 4)


def test_spans_of_the_question_and_of_special_tokens_are_never_answers() -> None:
    high = np.array([50.0, 50, 0, 0, 0, 50])
    ranking = rank([WINDOW], [[high, high]], top=20)
    assert all(0 <= span.start < span.end <= 14 for span in ranking.spans)


def test_answers_do_not_overlap() -> None:
    start = end = np.array([0.0, 0, 3, 3, 3, 0])
    spans = sorted((s.start, s.end) for s in rank([WINDOW], [[start, end]], top=5).spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


def test_probabilities_of_spans_and_of_no_answer_sum_to_one() -> None:
    start = end = np.array([1.0, 0, 3, 2, 1, 0])
    ranking = rank([WINDOW], [[start, end]], top=20)
    assert ranking.no_answer + sum(span.score for span in ranking.spans) == pytest.approx(1.0)


def test_no_answer_wins_only_where_every_window_says_so() -> None:
    sure = [np.array([9.0, 0, 0, 0, 0, 0])] * 2
    unsure = [np.array([-9.0, 0, 2, 0, 0, 0])] * 2
    assert rank([WINDOW], [sure], top=1).no_answer > 0.9
    assert rank([WINDOW, WINDOW], [sure, unsure], top=1).no_answer < 0.1


def test_the_threshold_moves_the_decision() -> None:
    logits = [np.array([1.0, 0, 1.1, 0, 0, 0])] * 2
    ranking = rank([WINDOW], [logits], top=1)
    assert ranking.margin == pytest.approx(0.2)
    assert ranking.no_answer < ranking.spans[0].score
    raised = rank([WINDOW], [logits], top=1, threshold=0.3)
    assert raised.no_answer > raised.spans[0].score


def test_a_context_without_tokens_has_no_answer() -> None:
    logits = [np.array([1.0, 1.0, 1.0])] * 2
    ranking = rank([window(None, None, None)], [logits], top=3)
    assert ranking.spans == []
    assert ranking.no_answer == 1.0


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
    span = [Answer(0, 3, 0.5)]
    rankings = [Ranking(span, 0.5, 2.0), Ranking(span, 0.5, -1.0)]
    threshold, f1 = best_threshold([yes, no], rankings)
    assert f1 == 1.0
    assert -1.0 < threshold < 2.0
    assert scores([yes, no], rankings)["HasAns_f1"] == 1.0


def test_as_many_answers_come_as_are_asked_for_though_the_best_overlap() -> None:
    offsets = [(3 * index, 3 * index + 2) for index in range(40)]
    logits = np.zeros(41)
    logits[10:20] = 9.0
    ranking = rank([window(None, *offsets)], [[logits, logits]], top=3)
    assert len(ranking.spans) == 3
