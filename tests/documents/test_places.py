"""On which page and under which heading something stands."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.documents import extract, places
from backend.documents.clean import clean
from backend.documents.document import Extraction, Heading
from backend.documents.places import cleaned, place_of
from tests.documents.builders import Placed, docx, paragraph, pdf, placed

FULL = "the supplier ships all of the goods to the terminal before the end of the month"


def styled(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def test_a_place_in_a_pdf_has_its_page_and_heading() -> None:
    first: list[Placed] = [(72, 740, 20.0, "Budget"), *placed([FULL, f"{FULL} and then"])]
    second = [
        *placed([f"goes on as before: {FULL}."]),
        (72, 600, 20.0, "Dates"),
        (72, 560, 12, "May."),
    ]
    document = extract("a.pdf", pdf([first, second]))
    text = document.text
    assert text[document.page_starts[1] :].startswith("goes on as before")
    names = [place_of(document, text.index(word)).name for word in ("the supplier", "goes", "May.")]
    assert names == ["page 1, Budget", "page 2, Budget", "page 2, Dates"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<h1> Budget </h1><p>May.<h2>Dates<p>June."),
        ("a.md", b"# Budget\n\nMay.\n\n## *Dates*\n\nJune."),
        (
            "a.docx",
            docx(
                f"{styled('Heading1', 'Budget')}{paragraph('May.')}"
                f"{styled('Heading2', 'Dates')}{paragraph('June.')}"
            ),
        ),
    ],
)
def test_headings_of_pages_and_word_documents_are_places(name: str, data: bytes) -> None:
    document = extract(name, data)
    assert document.text == "Budget\n\nMay.\n\nDates\n\nJune."
    names = [place_of(document, document.text.index(word)).name for word in ("May", "June")]
    assert names == ["Budget", "Dates"]


@given(st.text(alphabet="ab \n\r\t\x00\u00ad\ufdd0", max_size=40), st.data())
def test_places_move_with_the_text_that_is_cleaned(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = cleaned(Extraction(text, 1, (), (start,), (Heading(start, end),)))
    words = text[start:end].replace("\ufdd0", "\ufffd")
    assert found.text == clean(text.replace("\ufdd0", "\ufffd"))
    assert "".join(found.text[found.page_starts[0] :].split()) == "".join(
        clean(text[start:].replace("\ufdd0", "\ufffd")).split()
    )
    for heading in found.headings:
        shown = found.text[heading.start : heading.end]
        assert "".join(shown.split()) == "".join(clean(words).split())


def test_the_example_in_the_docstring_is_true() -> None:
    assert doctest.testmod(places).failed == 0
