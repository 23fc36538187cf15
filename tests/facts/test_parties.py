"""Parties of contracts, and from whom to whom a letter goes."""

from backend.facts import key_facts
from backend.tasks.base import Span

LEASE = (
    "This lease agreement is made between Harbor Point Properties, LLC, a Delaware limited "
    'liability company ("Landlord"), and Bluefin Robotics, Inc., a California corporation '
    '(the "Tenant"). The premises (the "Premises") are let for five years.'
)


def found(text: str, *entities: Span) -> list[tuple[str, str]]:
    """The parties of ``text``."""
    return [(fact.value, fact.about) for fact in key_facts(text, entities) if fact.kind == "party"]


def test_parties_are_named_with_their_roles() -> None:
    assert found(LEASE) == [
        ("Harbor Point Properties, LLC", "The Landlord"),
        ("Bluefin Robotics, Inc.", "The Tenant"),
    ]


def test_a_role_says_more_than_a_short_form_of_the_name() -> None:
    text = 'An agreement with Peverell Ltd ("Peverell" or the "Buyer") on cold boxes.'
    assert found(text) == [("Peverell Ltd", "The Buyer")]


def test_parties_without_roles_stand_between_between_and_and() -> None:
    text = "Agreement between Northgate GmbH, Munich, and Kestrel S.A., Luxembourg.\n\nThey trade."
    assert [name.split(",")[0] for name, _ in found(text)] == ["Northgate GmbH", "Kestrel S.A."]


def test_a_person_is_a_party_where_a_model_saw_a_name() -> None:
    text = "Contract of employment between Ann Lee and Corby Ltd on work in the mill."
    assert found(text) == []
    assert [name for name, _ in found(text, Span(31, 38, "Ann Lee", "PERSON"))] == [
        "Ann Lee",
        "Corby Ltd",
    ]


def test_a_text_that_is_no_contract_has_no_parties() -> None:
    assert (
        found('The match between Halifax Ltd ("Halifax") and Leeds Ltd ("Leeds") was lost.') == []
    )


def test_a_memo_says_from_whom_it_is() -> None:
    text = "MEMORANDUM\n\nTo: All heads of department\nFrom: Ann Lee, Chief Officer\n\nWe move."
    assert found(text) == [("All heads of department", "To"), ("Ann Lee, Chief Officer", "From")]
