"""All key facts of a document: their places, their order, the few that matter most."""

import doctest
from collections import Counter

import pytest

from backend import facts
from backend.documents.samples import samples
from backend.facts import KINDS, foremost, key_facts

TEXTS = {sample.slug: sample.text for sample in samples()}


@pytest.mark.parametrize("slug", TEXTS)
def test_every_fact_lies_at_its_place_and_in_its_sentence(slug: str) -> None:
    text = TEXTS[slug]
    for fact in key_facts(text):
        assert text[fact.place.start : fact.place.end] == fact.place.text
        assert text[fact.sentence.start : fact.sentence.end] == fact.sentence.text
        assert fact.sentence.start <= fact.place.start < fact.place.end <= fact.sentence.end
        assert fact.about
        assert "\n" not in fact.value + fact.about


def test_places_hold_in_any_script_and_over_line_breaks() -> None:
    text = "👩‍🔬 Zoë.\n\nThe works council of the\nfirm got a grant of\n£600,000 in all."
    (fact,) = key_facts(text)
    assert fact.place.text == "£600,000"
    assert fact.sentence.text.startswith("The works council of the\nfirm")


def test_a_contract_has_facts_of_many_kinds() -> None:
    kinds = {fact.kind for fact in key_facts(TEXTS["supply-agreement"])}
    assert {"party", "deadline", "amount", "date", "contact"} <= kinds


def test_the_foremost_are_few_and_stand_by_kind() -> None:
    facts = key_facts(TEXTS["quarterly-report"])
    few = foremost(facts, most=6)
    assert len(few) == 6
    assert [KINDS.index(fact.kind) for fact in few] == sorted(KINDS.index(f.kind) for f in few)


def test_one_kind_does_not_hide_the_others() -> None:
    amounts = "".join(f"The fee for part {n} came to ${n},500 in all. " for n in range(1, 30))
    facts = key_facts(amounts + "\n\nThe tenant must leave by 30 June 2026.")
    counts = Counter(fact.kind for fact in foremost(facts, most=5))
    assert counts["deadline"] == 1
    assert counts["amount"] == 4


def test_a_deadline_is_not_told_twice_as_an_obligation() -> None:
    facts = key_facts("Tenant must deliver a certificate to the bank no later than 31 May 2026.")
    assert {fact.kind for fact in facts} == {"deadline", "obligation"}
    assert len(foremost(facts, most=12)) == 1


@pytest.mark.parametrize(
    "text", ["", " \n ", "1 2 3", "Table of contents", "$" * 5_000, "(" * 5_000]
)
def test_a_text_without_facts_has_none(text: str) -> None:
    assert key_facts(text) == ()


def test_the_example_is_true() -> None:
    assert doctest.testmod(facts).failed == 0
