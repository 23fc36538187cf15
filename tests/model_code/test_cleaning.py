"""Names as people would mark them, rule by rule."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.folding import fold
from named_entities.cleaning import clean
from named_entities.document import joined
from named_entities.words import Entity


def cleaned(
    text: str, *entities: tuple[str, str] | tuple[str, str, float]
) -> list[tuple[str, str]]:
    """What remains of the entities, given by their words, label and score."""
    spans, at = [], 0
    for words, label, *score in entities:
        start = text.index(words, at)
        at = start + 1
        spans.append(Entity(start, start + len(words), label, *score))
    return [(text[e.start : e.end], e.label) for e in clean(text, spans)]


@pytest.mark.parametrize(
    ("text", "words", "label", "expected"),
    [
        ("Ask the Federal Reserve’s staff.", "the Federal Reserve’s", "ORG", "Federal Reserve"),
        ("He said “Acme” won.", "“Acme”", "ORG", "Acme"),
        ("• Ann spoke.", "• Ann", "PERSON", "Ann"),
        ("The Bank of England (BOE) cut.", "Bank of England (BOE)", "ORG", "Bank of England (BOE)"),
        ("We paid $280bn.", "280bn", "MONEY", "$280bn"),
        ("We paid €1,200 today.", "1,200", "CARDINAL", "€1,200"),
        ("It cost USD 5 million.", "5", "MONEY", "USD 5 million"),
        ("By Ann Lee\nBoard of Trade met.", "Ann Lee\nBoard of Trade", "ORG", "Board of Trade"),
    ],
)
def test_a_name_is_marked_whole_and_without_what_surrounds_it(
    text: str, words: str, label: str, expected: str
) -> None:
    assert [found for found, _ in cleaned(text, (words, label))] == [expected]


@pytest.mark.parametrize(
    ("text", "words", "label"),
    [
        ("• Costs rose for Ann.", "•", "CARDINAL"),
        ("See Item 7 of the Report.", "Item 7", "EVENT"),
        ("See http://a.example/careers for Jobs.", "http://a.example/careers", "DATE"),
        ("Save it as .csv for Ann.", ".csv", "PERSON"),
        ("A third party at Acme said so.", "third", "ORDINAL"),
        ("The Board met.\n3. Costs rose.", "3", "CARDINAL"),
        ("He met amortization at Acme.", "amortization", "PERSON"),
    ],
)
def test_what_is_no_name_is_not_marked(text: str, words: str, label: str) -> None:
    assert cleaned(text, (words, label, 0.5)) == []


def test_a_heading_is_no_name_but_what_it_names_elsewhere_is() -> None:
    text = "Swim Lane\n\nPaterson\n\nWe asked Paterson."
    names = (("Swim Lane", "PERSON", 0.5), ("Paterson", "PERSON", 0.5), ("Paterson", "PERSON", 0.5))
    assert cleaned(text, *names) == [("Paterson", "PERSON"), ("Paterson", "PERSON")]


def test_all_mentions_of_a_name_have_the_type_that_most_of_them_speak_for() -> None:
    text = "Owen Paterson spoke. Paterson left. Paterson is back."
    spans = [Entity(0, 13, "PERSON"), Entity(21, 29, "GPE", 0.4), Entity(36, 44, "GPE", 0.4)]
    assert {entity.label for entity in clean(text, spans)} == {"PERSON"}


def test_the_tagger_decides_names_and_the_pipeline_the_rest() -> None:
    names = [Entity(0, 4, "ORG"), Entity(10, 16, "LOC")]
    others = [
        Entity(0, 4, "PERSON"),
        Entity(10, 16, "FAC"),
        Entity(20, 24, "DATE"),
        Entity(30, 33, "ORG"),
    ]
    found = [(e.start, e.label) for e in joined(names, others)]
    assert found == [(0, "ORG"), (10, "FAC"), (20, "DATE")]


@given(st.text(alphabet="aeé\u0301 o\u00ad\u200b\u00a0nñ\u0303.\n", max_size=40))
def test_each_folded_character_stands_where_it_says(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origins) == len(folded.ends)
    for index, character in enumerate(folded.text):
        start, end = folded.place(index, index + 1)
        given_there = "".join(c for c in text[start:end] if c not in "\u00ad\u200b")
        assert unicodedata.normalize("NFC", given_there.replace("\u00a0", " ")) == character


def test_text_that_looks_the_same_is_folded_to_the_same() -> None:
    plain = "José Núñez met Ann Lee"
    odd = unicodedata.normalize("NFD", plain).replace(" Lee", "\u00a0Le\u00ade")
    assert fold(odd).text == plain
