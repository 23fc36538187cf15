"""What a document names, each thing once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tasks.base import Span
from backend.tasks.entity_groups import EntityGroup, entity_groups


def groups_of(*names: tuple[str, str]) -> tuple[EntityGroup, ...]:
    """Groups of entities that stand one after the other, given by their words and label."""
    spans, at = [], 0
    for words, label in names:
        spans.append(Span(at, at + len(words), words, label))
        at += len(words) + 1
    return entity_groups(spans)


def forms(label: str, *names: str) -> list[tuple[str, ...]]:
    """How names of one type are joined."""
    groups = groups_of(*((name, label) for name in names))
    return [tuple(form for form, _ in group.forms) for group in groups]


@pytest.mark.parametrize(
    "names",
    [
        ("Jerome H. Powell", "Chair Powell", "POWELL", "Jerome Powell", "Mr. Powell"),
        ("Ms. Lin Zhang", "Ms. Zhang", "Lin"),
        ("J. Meireles", "Meireles", "João Meireles"),
    ],
)
def test_a_person_is_listed_once(names: tuple[str, ...]) -> None:
    assert len(forms("PERSON", *names)) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Owen Paterson", "Mark Paterson"),
        ("Neil Irwin", "Neil Lee"),
        ("Ann Lee", "Bob Lee"),
    ],
)
def test_people_who_share_a_name_stay_apart(names: tuple[str, ...]) -> None:
    shared = (set(names[0].split()) & set(names[1].split())).pop()
    assert len(forms("PERSON", *names, shared)) == 3


@pytest.mark.parametrize(
    "names",
    [
        ("Federal Open Market Committee", "the Committee", "FOMC"),
        ("Securities and Exchange Commission", "SEC", "the SEC’s"),
        ("Bank of England", "BOE"),
        ("U.S. Small Business Administration", "SBA"),
        ("Department of Veterans Affairs", "Veterans Affairs", "VA", "Department"),
        ("Office of the Chief Information Officer", "OCIO"),
        ("Federal Reserve System", "the Federal Reserve's", "Fed"),
        ("Peverell Cold Chain B.V.", "Peverell"),
        ("Acme", "Acme Inc.", "ACME"),
        ("Board of Governors", "the Board"),
    ],
)
def test_an_organization_is_listed_once(names: tuple[str, ...]) -> None:
    assert len(forms("ORG", *names)) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Audit Committee", "Federal Open Market Committee", "Committee"),
        ("SBA", "SBA Digital Strategy"),
        ("Peverell Cold Chain B.V.", "Peverell Foods Ltd", "Peverell"),
        ("Federal Reserve", "Federal Reserve Bank of New York"),
        ("Bank of Canada", "Bank of China", "BOC"),
        ("General Motors", "General Mills", "GM"),
    ],
)
def test_organizations_that_may_be_others_stay_apart(names: tuple[str, ...]) -> None:
    assert len(forms("ORG", *names)) == len(names)


def test_spellings_of_a_country_are_one_and_its_commonest_is_shown() -> None:
    (group,) = groups_of(("U.S.", "GPE"), ("the United States", "GPE"), ("U.S.", "GPE"))
    assert (group.text, group.forms) == ("U.S.", (("U.S.", 2), ("the United States", 1)))


@pytest.mark.parametrize(
    ("label", "names", "shown"),
    [
        ("PERSON", ("MICHELLE SMITH", "Michelle Smith"), "Michelle Smith"),
        ("PERSON", ("Mr. Joe Salvatore", "Joe Salvatore"), "Joe Salvatore"),
        ("PERSON", ("Evan", "EVAN RYSER"), "EVAN RYSER"),
        ("ORG", ("OMB", "Office of Management and Budget"), "Office of Management and Budget"),
    ],
)
def test_a_group_is_called_by_its_fullest_name(
    label: str, names: tuple[str, ...], shown: str
) -> None:
    assert [group.text for group in groups_of(*((name, label) for name in names))] == [shown]


def test_a_missed_plural_makes_no_other_organization() -> None:
    names = ("Department of Veterans Affairs", "Department of Veteran Affairs", "VA")
    assert len(forms("ORG", *names)) == 1
    assert len(forms("ORG", "Smiths Group", "Smith Group")) == 2


def test_a_short_form_belongs_to_the_name_that_it_stands_behind() -> None:
    text = "Solution Data Group (SDG) and Science Data Group: what SDG does"
    names = ("Solution Data Group", "Science Data Group", "SDG", "SDG")
    places = [0, text.index("Science"), text.index("SDG"), text.rindex("SDG")]
    spans = [Span(at, at + len(name), name, "ORG") for at, name in zip(places, names, strict=True)]
    assert [len(group.spans) for group in entity_groups(spans)] == [3, 1]


def test_a_law_is_listed_once_with_and_without_who_issued_it() -> None:
    assert len(forms("LAW", "OMB M-13-13", "M-13-13")) == 1
    assert len(forms("LAW", "5 U.S.C. § 552", "44 U.S.C. § 552", "§ 552")) == 3


def test_types_are_never_joined() -> None:
    assert len(groups_of(("Paris", "GPE"), ("Paris", "PERSON"))) == 2


def test_people_and_organizations_come_first_and_numbers_last() -> None:
    names = (("3", "CARDINAL"), ("3", "CARDINAL"), ("$5", "MONEY"), ("Oslo", "GPE"))
    groups = groups_of(*names, ("Ann", "PERSON"), ("Acme", "ORG"), ("Acme", "ORG"))
    assert [group.text for group in groups] == ["Acme", "Ann", "Oslo", "$5", "3"]


WORDS = st.sampled_from(["Ann", "Lee", "A.", "Acme", "Inc.", "the", "Board", "of", "AL", "’s"])
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["PERSON", "ORG", "GPE", "LAW"])), max_size=8))
def test_each_mention_is_in_one_group_of_its_type(names: list[tuple[str, str]]) -> None:
    groups = groups_of(*names)
    spans = [span for group in groups for span in group.spans]
    assert sorted((span.text, span.label) for span in spans) == sorted(names)
    assert all(span.label == group.label for group in groups for span in group.spans)
    assert len({group.id for group in groups}) == len(groups)
