"""Findings as a workbook: rows as they are, and no text a formula."""

import io

from openpyxl import load_workbook

from backend.report import Finding, as_workbook


def rows_of(*findings: Finding) -> list[tuple[object, ...]]:
    """What a spreadsheet program reads."""
    sheet = load_workbook(io.BytesIO(as_workbook(findings)))["Findings"]
    return list(sheet.iter_rows(values_only=True))


def test_a_row_has_the_plain_word_the_sentence_and_the_place() -> None:
    found = Finding("Names", "Person", "Ann", 0, 3, "", 0.9, "Ann met Bob.", "page 2")
    head, row = rows_of(found)
    assert dict(zip(head, row, strict=True)) == {
        "Insight": "Names",
        "Kind": "Person",
        "Value": "Ann",
        "Detail": None,
        "Confidence": 0.9,
        "Sentence": "Ann met Bob.",
        "Place": "page 2",
        "Start": 0,
        "End": 3,
    }


def test_a_formula_stays_a_text() -> None:
    book = load_workbook(io.BytesIO(as_workbook([Finding("Names", "", "=1+1", 0, 4)])))
    cell = book["Findings"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_characters_that_a_workbook_cannot_hold_do_not_stop_it() -> None:
    assert rows_of(Finding("Names", "", "a\x0bb", 0, 3))[1][2] == "a\ufffdb"
