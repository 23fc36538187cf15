"""The report of a document, as the landing page gives it."""

import csv
import io
from collections.abc import Callable

import pytest

from pages.components import report
from pages.components.door import NAMED_ENTITIES
from tests.app.support import open_app, paste, shown_by

TEXT = "Ann met Bob in Rome. Acme Corp pays Bob 500 dollars by 3 May 2024."


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What each button of the report gave when the page was drawn last."""
    kept: dict[str, bytes] = {}

    def keep(label: str, _name: str, _mime: str, make: Callable[[], bytes], *_: str) -> None:
        kept[label] = make()

    monkeypatch.setattr(report, "_download", keep)
    return kept


def test_the_landing_page_offers_a_report_and_tables() -> None:
    assert {"Report", "Excel", "CSV"} <= set(shown_by(open_app("document"), "download_button"))


def test_the_report_holds_every_insight_and_the_questions_asked(
    downloads: dict[str, bytes],
) -> None:
    app = paste(open_app("document"), TEXT)
    for question in ("Who met Bob?", "Is there nothing?"):
        app.text_input(key="question").set_value(question).run()
    assert not app.exception
    page = downloads["Report"].decode()
    headings = ("Summary", "Key facts", "Names", "Kind of text", "Relations")
    for heading in (*headings, "Questions and answers", "The document, marked"):
        assert f"<h2>{heading}</h2>" in page
    assert "Who met Bob?" in page
    assert "No answer was found" in page
    assert f"model-of-{NAMED_ENTITIES.default_endpoint}" in page


def test_the_table_has_plain_words_sentences_and_places_that_fit(
    downloads: dict[str, bytes],
) -> None:
    paste(open_app("document"), TEXT)
    rows = list(csv.DictReader(io.StringIO(downloads["CSV"].decode("utf-8-sig"), newline="")))
    names = [row for row in rows if row["insight"] == "Names"]
    assert names
    for row in names:
        assert TEXT[int(row["start"]) : int(row["end"])] == row["value"]
        assert row["value"] in row["sentence"]
        assert not row["kind"].isupper()


def test_the_report_of_a_hostile_document_holds_no_markup_of_it(
    downloads: dict[str, bytes],
) -> None:
    paste(open_app("document"), "Ann <script>alert(1)</script> met Bob. <img src=x> Eve left.")
    page = downloads["Report"].decode()
    assert "<script" not in page
    assert "<img" not in page
