"""Folding: what case, punctuation and blanks do not tell apart, everywhere alike."""

import pytest

from backend.data.schemas import likeness
from backend.evaluation.memory import fingerprint
from backend.tasks.folding import words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [("It 's fine , really .", "IT’S FINE: REALLY!"), ("a  b\n", "A b"), ("5-star", "5 star")],
)
def test_near_duplicates_fold_alike_before_training_and_after(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)
    assert likeness(one) == likeness(other)
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(("one", "other"), [("!!!", "???"), ("😊", "😢"), ("a b", "ab")])
def test_what_has_no_words_in_common_stays_apart(one: str, other: str) -> None:
    assert words_of(one) != words_of(other)
