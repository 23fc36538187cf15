"""Contact data: never a number that is something else."""

import pytest

from backend.facts import key_facts
from backend.tasks.base import Span


def found(text: str, *entities: Span) -> list[tuple[str, str]]:
    """The contact data of ``text``."""
    facts = key_facts(text, entities)
    return [(fact.value, fact.about) for fact in facts if fact.kind == "contact"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Write to ann.lee+news@example.org today.", "ann.lee+news@example.org"),
        ("Call us at (510) 555-0142 until five.", "(510) 555-0142"),
        ("Our line is +44 117 496 0123.", "+44 117 496 0123"),
        ("Tel. 020 7946 0958 is open at night.", "020 7946 0958"),
        ("Visit https://www.example.org/help for more.", "https://www.example.org/help"),
        ("We moved to 9 Tanner Street, Bristol BS1 4QA.", "9 Tanner Street, Bristol BS1 4QA"),
        (
            "It stands at 480 Maritime Avenue, Oakland, CA 94607.",
            "480 Maritime Avenue, Oakland, CA 94607",
        ),
    ],
)
def test_contact_data_is_found(text: str, value: str) -> None:
    assert [shown for shown, _ in found(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Net sales were 318 400 200 in 2024 and 299 800 100 in 2023.",
        "The order 029-078-555 was sent on 2024-05-06.",
        "See OMB Memorandum M-10-06, available at https://example.org/m10-06.pdf",
        "The suit cost $1,234,567 to settle in 1999.",
    ],
)
def test_numbers_and_sources_are_no_contact_data(text: str) -> None:
    assert found(text) == []


def test_it_says_whose_it_is_by_the_name_before_it() -> None:
    text = "Please contact Joe Marsh at joe@example.org."
    assert found(text, Span(15, 24, "Joe Marsh", "PERSON")) == [
        ("joe@example.org", "E-mail: Joe Marsh")
    ]


def test_without_a_name_it_says_what_stands_before() -> None:
    text = "Requests should be submitted by foia@example.org."
    assert found(text) == [("foia@example.org", "E-mail: Requests should be submitted by")]
