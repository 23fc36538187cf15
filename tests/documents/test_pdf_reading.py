"""PDFs are read by where their letters stand, not by the order in which they are drawn."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.documents.document import Limits
from backend.documents.pdf_text import read_pdf
from tests.documents.builders import Placed, form_pdf, pdf, placed

LEFT = [
    "Homes that were bought this year",
    "may give a credit of up to five",
    "hundred to the owner when the",
    "form is filed by the end of April",
    "or later if the house was flooded.",
]
RIGHT = [
    "Savings plans that were opened",
    "last year may take in two hundred",
    "more when the saver is over fifty",
    "and works for the same firm as in",
    "the year before the last one.",
]


def read(lines: Sequence[Placed], *, turned: int = 0) -> str:
    return read_pdf(pdf([lines], turned=turned), Limits()).text


def columns(*, offset: float = 0) -> list[Placed]:
    """Two columns, drawn line by line across both."""
    pairs = zip(placed(LEFT), placed(RIGHT, left=320, top=720 - offset), strict=True)
    return [line for pair in pairs for line in pair]


@pytest.mark.parametrize("offset", [0, 4, 7])
def test_columns_are_read_one_after_the_other(offset: float) -> None:
    assert read(columns(offset=offset)) == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_a_heading_over_columns_comes_before_them_and_what_is_below_after_them() -> None:
    heading: Placed = (72, 760, 18.0, "Credits for owners of homes and for savers")
    last: Placed = (72, 600, 12.0, "This line runs over the whole of the page, below both columns.")
    blocks = read([last, *columns(), heading]).split("\n\n")
    assert blocks == [heading[3], " ".join(LEFT), " ".join(RIGHT), last[3]]


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_drawing_does_not_matter(shuffler: random.Random) -> None:
    lines = columns()
    shuffler.shuffle(lines)
    assert read(lines) == read(columns())


def test_letters_set_one_by_one_are_words() -> None:
    widths = {"i": 2.7, "l": 2.7, "t": 3.3, " ": 3.3}
    x, letters = 72.0, []
    for letter in "the total bill is late":
        letters.append((x, 700.0, 12.0, letter))
        x += widths.get(letter, 6.7)
    assert read([line for line in letters if line[3] != " "]) == "the total bill is late"


def test_letters_drawn_twice_to_look_bold_are_read_once() -> None:
    words = "All will be filled still"
    assert read([(72 + shift, 700.0, 12.0, words) for shift in (0, 0.3, 0.6)]) == words


def test_lines_of_a_table_of_contents_are_no_table() -> None:
    lines: list[Placed] = [
        (72 + shift, 700.0 - 16 * row, 12.0, text)
        for row, name in enumerate(["Purpose", "Scope", "Terms"])
        for shift, text in ((0, f"{row}. {name}"), (120, "........."), (300, str(row + 4)))
    ]
    assert read(lines).split("\n\n") == ["0. Purpose ... 4", "1. Scope ... 5", "2. Terms ... 6"]


def test_a_page_that_is_turned_is_read() -> None:
    assert read(placed(LEFT), turned=90) == " ".join(LEFT)


def test_rows_of_a_table_keep_their_cells() -> None:
    cells = [("Firm", "Q1", "Q2"), ("Acme", "", "500"), ("Birch", "7", "")]
    lines: list[Placed] = [
        (72 + 150 * column, 700.0 - 16 * row, 12.0, text)
        for row, texts in enumerate(cells)
        for column, text in enumerate(texts)
        if text
    ]
    assert read(lines) == "Firm | Q1 | Q2\nAcme |  | 500\nBirch | 7 |"


def test_the_name_of_a_field_and_its_value_are_no_table() -> None:
    names = ["Date:", "From:", "To:"]
    lines = [*placed(names), *placed(["2 May", "Ann", "Bob"], left=200)]
    assert read(lines) == "Date: 2 May\n\nFrom: Ann\n\nTo: Bob"


def test_what_is_typed_into_a_form_and_into_notes_is_read() -> None:
    text = read_pdf(
        form_pdf("Name of applicant:", "Anna Berg", "Call her on Monday"), Limits()
    ).text
    assert text.startswith("Name of applicant: Anna Berg")
    assert "Call her on Monday" in text


def test_pages_of_one_line_are_no_running_headers() -> None:
    source = pdf([placed([f"Document 1: Page {n}"]) for n in range(1, 5)])
    assert read_pdf(source, Limits()).text.split("\n\n") == [
        f"Document 1: Page {n}" for n in range(1, 5)
    ]
