"""Sentences and paragraphs of a text."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from common.sentences import paragraphs, sentences
from common.spacy_model import blocks

texts = st.text(st.one_of(st.sampled_from("aB. \n\t?!\u2029"), st.characters(codec="utf-8")))


@given(texts)
@settings(deadline=None)
def test_sentences_hold_every_character_that_is_no_blank_once(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)


def test_a_blank_line_ends_a_sentence() -> None:
    text = "A heading\n\nIt rose. It fell.\nStill here."
    found = [text[a:b] for a, b in sentences(text)]
    assert found == ["A heading", "It rose.", "It fell.", "Still here."]


def test_marks_that_open_a_sentence_belong_to_it() -> None:
    text = 'He asked Ana. "We agree." (She did.) “Why?” he said.'
    found = [text[a:b] for a, b in sentences(text)]
    assert found == ["He asked Ana.", '"We agree."', "(She did.)", "“Why?”", "he said."]


def test_a_heading_is_a_sentence_of_its_own() -> None:
    text = "Terms of payment\nThe buyer pays in\nthirty days.\n\nOf the\nsame order, they say."
    found = [" ".join(text[a:b].split()) for a, b in sentences(text)]
    assert found == [
        "Terms of payment",
        "The buyer pays in thirty days.",
        "Of the same order, they say.",
    ]


def test_paragraphs_are_found_in_linear_time() -> None:
    assert paragraphs(" \n" * 500_000) == []
    assert len(paragraphs("a\n \n" * 100_000)) == 100_000


@given(texts, st.integers(1, 20))
def test_blocks_cover_the_text(text: str, size: int) -> None:
    parts = blocks(text, size)
    assert "".join(text[a:b] for a, b in parts) == text
    assert all(b - a <= size for a, b in parts)
