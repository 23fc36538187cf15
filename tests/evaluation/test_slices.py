"""Parts of the test set, and the examples that changed."""

from dataclasses import replace

import numpy as np

from backend.evaluation.slices import changes, confusion, slices
from tests.evaluation.support import classified, given


def test_parts_are_by_class_length_and_source_and_never_too_small() -> None:
    gold = ["a"] * 60 + ["b"] * 30 + ["c"] * 5
    rows = [
        {
            "label": label,
            "text": "word " * (place % 30 + 1),
            "group": "news" if place % 2 else "web",
        }
        for place, label in enumerate(gold)
    ]
    examples, _, first = given("text_classification", rows, [{"label": "a"} for _ in gold])
    _, _, second = given("text_classification", rows, [{"label": label} for label in gold])
    found = slices(examples, first, second)
    by_class = {part.name: part for part in found if part.kind == "class"}
    assert set(by_class) == {"a", "b"}
    assert (by_class["b"].first, by_class["b"].second, by_class["b"].n) == (0.0, 1.0, 30)
    assert by_class["b"].difference.value == 1.0
    assert {part.name for part in found if part.kind == "source"} == {"news", "web"}
    assert sum(part.n for part in found if part.kind == "length") == 95


def test_examples_fall_into_four_sets() -> None:
    _, _, first = classified(["a", "a", "b", "b"], ["a", "b", "b", "a"])
    _, _, second = classified(["a", "a", "b", "b"], ["a", "a", "a", "a"])
    found = changes(first, second)
    assert {name: [one.id for one in members] for name, members in found.items()} == {
        "fixed": ["1"],
        "broken": ["2"],
        "both_wrong": ["3"],
        "both_right": ["0"],
    }


def test_the_largest_change_comes_first() -> None:
    _, _, one = classified(["a"] * 3, ["b"] * 3)
    first = replace(one, scores=np.array([0.1, 0.5, 0.3]))
    second = replace(one, scores=np.array([0.2, 0.1, 0.9]))
    found = changes(first, second)["both_wrong"]
    assert [member.id for member in found] == ["2", "1", "0"]
    assert found[0].change > 0 > found[1].change


def test_a_confusion_matrix_has_gold_in_its_rows() -> None:
    assert confusion(["a", "a", "b"], ["a", "b", "b"]) == (("a", "b"), [[1, 1], [0, 1]])
