"""Which sentences can stand in a summary, and on which others they hang."""

import pytest

from summarization.lexicon import bare, hangs
from summarization.prose import hanging, whole_sentences

PROSE = [
    "\u201cRevenue rose by a third,\u201d the board said.",
    "In 2016 it paid for the whole plant.",
]


def test_headings_are_no_sentences_of_a_summary() -> None:
    assert whole_sentences(["4.", "Risk factors", "Revenue rose by a third.", "12 34 56 78"]) == [2]
    assert whole_sentences(["4.", "Risk factors"]) == [0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "Contents of this report and its annexes ... 12",
        "\u2022 Help the offices to publish their data",
        "See https://example.org/policy for what it says.",
        "Write to office@example.org with what you found.",
        "Term | Meaning | Indicates a required action.",
        "Sales 2016: 94.6, 2015: 88.5, 2014: 83.2, 2013: 78.8 (in bn).",
        "and that is what it comes down to.",
        "Who Should Read This Document and Its Annexes?",
        "Figure 3: Sales of the company by quarter and region.",
        "Source: the company's own figures, not audited.",
        "OFFICE OF THE CHIEF INFORMATION OFFICER, ROOM TWELVE.",
        "Please contact the people team with any questions.",
    ],
)
def test_what_is_no_statement_does_not_stand_in_a_summary(text: str) -> None:
    assert whole_sentences([text, *PROSE]) == [1, 2]


def test_lines_stand_in_a_summary_where_there_is_next_to_no_prose() -> None:
    lines = [
        "call the supplier about the pump",
        "order two new seals for it",
        "It is done by noon.",
    ]
    more = ["ask Nadia to sign the form for us", "pay the freight on it"]
    assert whole_sentences([*lines, *more]) == [0, 1, 2, 3, 4]


def test_the_rest_of_a_sentence_behind_a_page_number_is_no_sentence() -> None:
    broken = ["We may lose prices or", "7 margins of our products and services."]
    assert whole_sentences([*broken, *PROSE]) == [2, 3]
    assert whole_sentences(["It rained all day.", "7 members voted for it.", *PROSE]) == [
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It provides guidance.",
        "These are the rules.",
        "However, the board disagreed.",
        "In this case nothing is paid.",
        "A. It establishes a programme.",
        "For example, a pump failed.",
    ],
)
def test_what_points_back_hangs_on_the_sentence_before(text: str) -> None:
    assert hangs(text)


@pytest.mark.parametrize(
    "text",
    [
        "This memorandum provides guidance.",
        "In this paper, we propose a method.",
        "This standard operating procedure has two purposes.",
        "It was the board that decided.",
        "Italy voted for it.",
        "Sales rose this year.",
    ],
)
def test_what_speaks_for_itself_hangs_on_nothing(text: str) -> None:
    assert not hangs(text)


def test_each_hanging_sentence_knows_what_it_needs() -> None:
    texts = ["Ana left.", "She took the car.", "It was new.", "A heading", "It rained."]
    assert hanging(texts, [0, 1, 2, 4]) == ([0, 1, 2], [None, 0, 1])
    assert hanging(["It rained."], [0]) == ([0], [None])


def test_the_sign_of_a_list_is_no_part_of_its_sentence() -> None:
    assert [text[bare(text) :] for text in ("1. Ana left.", "(a) We left.", "- Go", "A man")] == [
        "Ana left.",
        "We left.",
        "Go",
        "A man",
    ]
