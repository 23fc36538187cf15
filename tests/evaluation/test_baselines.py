"""The answers that need no model."""

from typing import Any

import pytest

from backend.evaluation.baselines import baseline, baseline_name, lead_sentences
from backend.evaluation.examples import TASKS, examples_of
from backend.evaluation.scoring import score
from tests.evaluation.test_examples import GOLD


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_baseline_that_can_be_scored(task: Any) -> None:
    examples = examples_of(task, [{"id": place, **GOLD[task]} for place in range(3)])
    assert score(examples, baseline(examples)).n == 3
    assert baseline_name(task)


def test_the_majority_is_that_of_the_training_data_where_there_is_any() -> None:
    examples = examples_of("text_classification", [{"id": 1, "label": "a"}])
    assert baseline(examples, ["b", "b", "a"]) == ("b",)
    assert baseline(examples) == ("a",)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("One. Two! Three? Four.", "One.\nTwo!\nThree?"),
        ("Version 3.8 is out. It works", "Version 3.8 is out.\nIt works"),
        ("A title\nA sentence.", "A title\nA sentence."),
        ("", ""),
    ],
)
def test_the_lead_is_the_first_three_sentences(text: str, lead: str) -> None:
    assert lead_sentences(text) == lead


def test_of_two_classes_the_constant_answer_is_the_one_that_the_f1_is_about() -> None:
    rows = [{"id": place, "label": "neg" if place < 6 else "pos"} for place in range(10)]
    examples = examples_of("text_classification", rows)
    scored = score(examples, baseline(examples))
    assert scored.values()[scored.primary] == pytest.approx(2 * 4 / 14)
