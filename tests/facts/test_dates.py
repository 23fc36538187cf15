"""Dates with what happens, and deadlines with what has to be done."""

import pytest

from backend.facts import key_facts


def found(text: str) -> list[tuple[str, str, str]]:
    """The dates and deadlines of ``text``."""
    facts = key_facts(text)
    return [(f.kind, f.value, f.about) for f in facts if f.kind in {"date", "deadline"}]


@pytest.mark.parametrize(
    ("text", "value", "about"),
    [
        (
            "The new policy will be reviewed in January 2028.",
            "January 2028",
            "The new policy will be reviewed",
        ),
        ("On August 12, 2025, we recalled the soup.", "August 12, 2025", "we recalled the soup"),
        (
            "It was agreed to meet on Thursday, 6 November 2025.",
            "Thursday, 6 November 2025",
            "It was agreed to meet",
        ),
        ("The fair will be held on 6–7 May 2025.", "6–7 May 2025", "The fair will be held"),
    ],
)
def test_a_date_comes_with_what_happens(text: str, value: str, about: str) -> None:
    assert found(text) == [("date", value, about)]


@pytest.mark.parametrize(
    ("text", "value", "about"),
    [
        (
            "Send nominations to Ms. Zhang no later than Friday, September 20, 2013.",
            "Friday, September 20, 2013",
            "Send nominations to Ms. Zhang",
        ),
        ("By 30 May, please send Dev the list.", "30 May", "please send Dev the list"),
        (
            "Each invoice is due within 45 days of the delivery note.",
            "within 45 days of the delivery note",
            "Each invoice is due",
        ),
        (
            "Please tell your manager at least ten weeks before the leave begins.",
            "at least ten weeks",
            "Please tell your manager at least ten weeks before the leave begins",
        ),
        (
            "The agreement with the union expires on November 30.",
            "November 30",
            "The agreement with the union expires",
        ),
        (
            "Every office should meet the November 1, 2013, deadline.",
            "November 1, 2013",
            "Every office should meet the November 1, 2013, deadline",
        ),
    ],
)
def test_a_deadline_comes_with_what_has_to_be_done(text: str, value: str, about: str) -> None:
    assert found(text) == [("deadline", value, about)]


@pytest.mark.parametrize(
    "text",
    [
        "Sales rose in the nine months ended September 27, 2025 by far.",
        "The guidance (dated May 9, 2013) was followed by all.",
        "Interest is due on March 15 of each year under the notes.",
        "The matter was settled within three weeks by the two firms.",
        "In 2021 the house was still half empty and cold.",
        "Introduction ...... May 9, 2013",
        "Our pro forma December 31 liquidity was by far the best.",
        "It was worth $32 billion then, up from $28 billion in September 2010 or so.",
        "You may march with us in a decent way.",
    ],
)
def test_a_date_at_which_nothing_happens_is_no_fact(text: str) -> None:
    assert found(text) == []


def test_what_was_done_by_a_date_is_no_deadline() -> None:
    kinds = [kind for kind, _, _ in found("By 30 May 2024 the firm had sold all of its vans.")]
    assert kinds == ["date"]


def test_the_head_of_a_letter_dates_it() -> None:
    text = "To: All\nFrom: Ann Lee\nDate: 12 May 2025\n\nThe move is over."
    assert ("date", "12 May 2025", "Date of the document") in found(text)
