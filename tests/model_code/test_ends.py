"""Which mentions business relations may relate."""

import pytest

from relation_extraction.ends import ENDS, TITLE, Mention, fits, listed, relatable
from relation_extraction.posts import posts


def mentions(text: str, *names: tuple[str, str]) -> list[Mention]:
    return [Mention(text.index(n), text.index(n) + len(n), label) for n, label in names]


def test_a_person_works_for_an_organisation_and_not_for_a_person() -> None:
    assert fits("per:employee_of", "PERSON", "ORG")
    assert not fits("per:employee_of", "PERSON", "PERSON")
    assert not relatable("DATE", "PERSON")
    assert relatable("GPE", "ORG")


def test_a_mention_without_a_type_fits_wherever_the_other_end_does() -> None:
    assert fits("org:founded_by", "", "PERSON")
    assert not fits("org:founded_by", "GPE", "")


def test_every_relation_has_types_for_both_its_ends() -> None:
    assert len(ENDS) == 18
    assert all(head and tail for head, tail in ENDS.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann is chief financial officer of Acme.", ["chief financial officer"]),
        ("The Secretary met the Vice President.", ["Secretary", "Vice President"]),
        ("The board met.", []),
    ],
)
def test_posts_are_found(text: str, expected: list[str]) -> None:
    found = posts(text, [])
    assert [text[one.start : one.end] for one in found] == expected
    assert {one.label for one in found} <= {TITLE}


def test_items_of_one_list_are_not_related_unless_words_relate_them() -> None:
    roll = "Voting: Ann Lee, Bob May, and Eve Fox."
    people = mentions(roll, ("Ann Lee", "PERSON"), ("Bob May", "PERSON"), ("Eve Fox", "PERSON"))
    assert listed(roll, people[0], people[2], people)
    told = "Ann Lee married Bob May."
    pair = mentions(told, ("Ann Lee", "PERSON"), ("Bob May", "PERSON"))
    assert not listed(told, pair[0], pair[1], pair)
