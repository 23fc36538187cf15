"""The sentence around a place, as screens show it beside an answer or a fact."""

import doctest

import pytest

from backend.tasks import sentences
from backend.tasks.sentences import LONGEST, sentence_around, sentences_of

TEXT = """Budget

It rained. Dr. May paid $5.3 million to the Fed. "We left." She smiled.
- first point of a list
- second point
Name | Age | City
Bob | 12 | Rome
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("$5.3", "Dr. May paid $5.3 million to the Fed."),
        ("left", '"We left."'),
        ("Budget", "Budget"),
        ("second", "- second point"),
        ("12", "Bob | 12 | Rome"),
    ],
)
def test_a_place_comes_with_its_sentence_item_or_row(words: str, expected: str) -> None:
    start = TEXT.index(words)
    found = sentence_around(TEXT, start, start + len(words))
    assert found.text == expected
    assert TEXT[found.start : found.end] == found.text


def test_a_line_without_a_stop_is_cut_on_both_sides() -> None:
    text = "word " * 1000
    found = sentence_around(text, 2500, 2504)
    assert len(found.text) <= 2 * LONGEST + 4
    assert found.start <= 2500
    assert found.end >= 2504


def test_the_example_in_the_docstring_is_true() -> None:
    assert doctest.testmod(sentences).failed == 0


def test_all_sentences_of_a_text_lie_at_their_places() -> None:
    text = "Title\n\nIt rained. Dr. May paid $5.\n- One item\n- Another\nA | B\nC | D"
    found = sentences_of(text)
    assert [sentence.text for sentence in found][1:3] == ["It rained.", "Dr. May paid $5."]
    assert all(text[one.start : one.end] == one.text for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())
