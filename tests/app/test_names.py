"""What people read instead of labels, and in which colour."""

import pytest

from pages.components.colours import entity_ink
from pages.components.names import entity_name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("ORG", "Organization"),
        ("ORGANIZATION", "Organization"),
        ("JOB_TITLE", "Job title"),
        ("IBAN", "IBAN"),
        ("Medicine", "Medicine"),
    ],
)
def test_an_entity_type_is_read_as_words(label: str, name: str) -> None:
    assert entity_name(label) == name


@pytest.mark.parametrize(
    ("one", "other"), [("PER", "PERSON"), ("ORGANIZATION", "ORG"), ("LOCATION", "LOC")]
)
def test_two_labels_of_the_same_type_share_a_colour(one: str, other: str) -> None:
    assert entity_ink(one) == entity_ink(other)
