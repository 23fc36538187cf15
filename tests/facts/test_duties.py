"""Obligations: who has to do what."""

import pytest

from backend.facts import key_facts


def found(text: str) -> list[tuple[str, str]]:
    """The obligations of ``text``."""
    return [(fact.value, fact.about) for fact in key_facts(text) if fact.kind == "obligation"]


@pytest.mark.parametrize(
    ("text", "who", "what"),
    [
        ("Tenant shall pay the rent in advance.", "Tenant", "shall pay the rent in advance"),
        (
            "If a part fails, the Supplier must send a technician.",
            "The Supplier",
            "must send a technician",
        ),
        (
            "Authorities in Poland, Germany and Denmark must approve the deal.",
            "Authorities in Poland, Germany and Denmark",
            "must approve the deal",
        ),
        (
            "4.2 The buyer agrees to comply with all laws.",
            "The buyer",
            "agrees to comply with all laws",
        ),
        (
            "Each office is required to name two leads.",
            "Each office",
            "is required to name two leads",
        ),
        (
            "No employee shall accept gifts from a bidder.",
            "No employee",
            "shall accept gifts from a bidder",
        ),
    ],
)
def test_an_obligation_says_whose_it_is(text: str, who: str, what: str) -> None:
    assert found(text) == [(who, what)]


@pytest.mark.parametrize(
    "text",
    [
        "It must be said that nobody likes the colour.",
        "They must have been naive to think so at all.",
        "This agreement shall be governed by the laws of Ontario.",
        "Neither party is obliged to enter into further agreements.",
        "The report must include: costs, dates, names.",
        "Students typically take four courses and must keep their marks.",
        "Must the tenant pay for the repair of the roof?",
    ],
)
def test_what_obliges_nobody_is_no_obligation(text: str) -> None:
    assert found(text) == []


def test_a_number_of_an_item_is_no_part_of_who() -> None:
    facts = key_facts("(b) The Bank shall return the deed at once.")
    assert [fact.place.text for fact in facts] == ["The Bank"]
