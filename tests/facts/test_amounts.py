"""Amounts: with what they are of; what only stands beside them is no fact."""

import pytest

from backend.facts import key_facts


def found(text: str) -> list[tuple[str, str]]:
    """The amounts of ``text`` with what they are of."""
    return [(fact.value, fact.about) for fact in key_facts(text) if fact.kind == "amount"]


@pytest.mark.parametrize(
    ("text", "value", "about"),
    [
        ("Net debt stood at £18.6 million.", "£18.6 million", "Net debt"),
        ("Operating income fell to $28.3 million last year.", "$28.3 million", "Operating income"),
        ("The firm paid a contractual penalty of EUR 50,000.", "EUR 50,000", "contractual penalty"),
        (
            "The board declared an interim dividend of 2.1 pence a share.",
            "2.1 pence",
            "interim dividend",
        ),
        ("Gross margin was 27.4 percent of net sales.", "27.4 percent", "Gross margin"),
    ],
)
def test_an_amount_is_named_by_what_it_is_of(text: str, value: str, about: str) -> None:
    assert found(text) == [(value, about)]


def test_where_nothing_names_it_the_clause_around_says_what_it_is_of() -> None:
    text = "The recall reduced operating income by $3.7 million."
    assert found(text) == [("$3.7 million", text.rstrip("."))]


@pytest.mark.parametrize(
    "text",
    [
        "Net sales rose to $318 million from $299 million in the quarter.",
        "Cash was $318 million, compared with $81.0 million a year earlier.",
    ],
)
def test_an_amount_to_compare_with_is_left_out(text: str) -> None:
    assert [value for value, _ in found(text)] == ["$318 million"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("We expect earnings between $2.38 and $2.46 a share.", ["$2.38 and $2.46"]),
        ("The hull costs $12–14.5 billion to build in the yard.", ["$12–14.5 billion"]),
        ("The guidance was raised by $0.50 to $6.30 for the year.", ["$0.50", "$6.30"]),
    ],
)
def test_a_range_is_one_amount_and_a_step_is_two(text: str, values: list[str]) -> None:
    assert [value for value, _ in found(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "The shares gained $0.02 and $0.06 in the two years, respectively.",
        "Why did it cost £4,000 to repair a single door?",
        "Net sales | $94,595 | $88,519",
        "Costs and fees ........ $12",
        "Sales grew by 11.5 percent over the year.",
    ],
)
def test_an_amount_without_a_clear_owner_is_no_fact(text: str) -> None:
    assert found(text) == []


def test_a_decision_weighs_more_than_a_remark() -> None:
    text = "Some lunch cost £40 that day. The board approved a grant of £600,000 for the works."
    remark, decision = (fact for fact in key_facts(text) if fact.kind == "amount")
    assert decision.weight > remark.weight
