"""A dataset of the examples of a user's own labels."""

import pytest

from backend.data.errors import DatasetError
from backend.data.label_examples import FEWEST, as_splits
from backend.tasks.label_sets import Label


def label(name: str, count: int) -> Label:
    return Label(name, "", tuple(f"{name} number {number}" for number in range(count)))


def test_examples_of_each_label_are_in_every_split() -> None:
    splits = as_splits([label("law", 10), label("music", 10)])
    assert set(splits) == {"train", "validation", "test"}
    assert sum(len(examples) for examples in splits.values()) == 20
    for examples in splits.values():
        assert {example["label"] for example in examples} == {"law", "music"}


def test_with_too_few_examples_it_says_how_many_are_missing() -> None:
    with pytest.raises(DatasetError, match=f"“music” has 1 of the {FEWEST} examples"):
        as_splits([label("law", 10), label("music", 1)])


def test_one_label_teaches_nothing() -> None:
    with pytest.raises(DatasetError, match="add a second one"):
        as_splits([label("law", 10)])
