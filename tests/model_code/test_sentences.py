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


def of(text: str) -> list[str]:
    """The sentences of a text, each in one line."""
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


def test_a_blank_line_ends_a_sentence() -> None:
    text = "A heading\n\nIt rose. It fell.\nStill here."
    found = [text[a:b] for a, b in sentences(text)]
    assert found == ["A heading", "It rose.", "It fell.", "Still here."]


def test_marks_that_open_a_sentence_belong_to_it() -> None:
    assert of('He asked Ana. "We agree." (She did.) “Why?” He said so.') == [
        "He asked Ana.",
        '"We agree."',
        "(She did.)",
        "“Why?”",
        "He said so.",
    ]


def test_a_quotation_in_the_middle_does_not_end_its_sentence() -> None:
    assert of("“Why?” he said. Ana left.") == ["“Why?” he said.", "Ana left."]
    assert of('3,"It works well.",4 stars') == ['3,"It works well.",4 stars']


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert of("He paid No. 5 and Fig. 3 of Sec. 2. It rained.") == [
        "He paid No. 5 and Fig. 3 of Sec. 2.",
        "It rained.",
    ]


def test_the_number_of_a_list_is_no_sentence() -> None:
    assert of("1. Minutes\nThey were approved.") == ["1. Minutes", "They were approved."]


def test_list_items_end_where_their_lines_do() -> None:
    assert of("We need:\n- a new pump\n- two seals, which\n  are here\nIt is urgent.") == [
        "We need:",
        "- a new pump",
        "- two seals, which are here",
        "It is urgent.",
    ]


def test_rows_of_a_table_are_apart() -> None:
    assert of("Term | Meaning\nmust | A duty\nIt ends here.") == [
        "Term | Meaning",
        "must | A duty",
        "It ends here.",
    ]


def test_what_each_says_in_a_meeting_begins_with_the_name() -> None:
    assert of("Ana Vidal: so we\nProject Manager: Yes . It is done .\nHon. Bo (Chair): No") == [
        "Ana Vidal: so we",
        "Project Manager: Yes .",
        "It is done .",
        "Hon. Bo (Chair): No",
    ]


def test_a_heading_that_runs_into_its_text_is_apart() -> None:
    text = "It rose. Staff Review of the Economic Situation The information suggested more."
    assert of(text) == [
        "It rose.",
        "Staff Review of the Economic Situation",
        "The information suggested more.",
    ]
    assert of("President Anna Smith In Oslo said no.") == ["President Anna Smith In Oslo said no."]


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
