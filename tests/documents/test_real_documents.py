"""Documents of public bodies and companies, read where a folder with them is given.

``DOCINSIGHTS_TEST_DOCUMENTS`` names the folder; by default ``shared/datasets/documents`` beside
the project or above it.
"""

import os
import re
from pathlib import Path

import pytest

from backend.documents import Document, extract
from backend.documents.errors import ScannedDocumentError

ROOT = Path(__file__).resolve().parents[2]
CANDIDATES = [
    Path(os.environ.get("DOCINSIGHTS_TEST_DOCUMENTS", "missing")),
    ROOT / "shared/datasets/documents",
    ROOT.parent / "shared/datasets/documents",
]
FOLDER = next((folder for folder in CANDIDATES if folder.is_dir()), None)

pytestmark = pytest.mark.skipif(FOLDER is None, reason="no folder with real documents")


def read(name: str) -> Document:
    assert FOLDER is not None
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return extract(name, path.read_bytes())


def test_a_transcript_flows_over_pages_without_its_furniture() -> None:
    document = read("fomc_press_conference_2022-06-15.pdf")
    assert document.pages == 27
    assert not re.search(r"Page \d+ of 27", document.text)
    assert document.text.count("Press Conference FINAL") <= 1
    assert (
        "As shown in our Summary of Economic Projections, FOMC participants have marked down"
    ) in document.text
    assert document.text.rstrip().endswith(".")


def test_a_procedure_keeps_its_list_items_apart() -> None:
    text = read("sba_open_data_program_sop.pdf").text
    paragraphs = text.split("\n\n")
    assert "II. Authoritative References" in paragraphs
    assert "• All new IT systems meet the requirements identified in OMB Memorandum M-13-13." in (
        paragraphs
    )
    assert not {"3", "8", "12", "13", "19"} & set(paragraphs), "page numbers"
    assert "\n12 | Update the SBA EDI at sba.gov/data.json. | A/R | C/I | C |\n" in text


def test_a_memorandum_keeps_compounds_and_mends_broken_words() -> None:
    text = read("va_data_asset_collection_memo_2014.pdf").text
    assert "now-decommissioned Data.gov effort" in text
    assert "enterprise-wide data asset inventory" in text


def test_a_noisy_scan_with_a_text_layer_is_read() -> None:
    text = read("doi_open_data_memo_2013_noisy_ocr.pdf").text
    assert (
        "Create a process to engage with customers and end users of the data to help facilitate"
        in text
    )


def test_a_scan_without_a_text_layer_is_said_to_be_one() -> None:
    with pytest.raises(ScannedDocumentError, match="run OCR on it first"):
        read("hud_open_data_memo_2014_scanned.pdf")


def test_word_documents_keep_tables_in_place() -> None:
    text = read("gsa_fedramp_overview.docx").text
    before, after = text.split("must | Indicates a required action.")
    assert "differentiate between requirements" in before
    assert "may | Indicates an optional action." in after


def test_a_markdown_policy_has_its_title_and_no_markup() -> None:
    text = read("omb_m-13-13_open_data_policy.md").text
    assert text.startswith("M-13-13 — Memorandum for the Heads")
    assert "\n\nFrom:\n\n- Sylvia M. Burwell\nDirector\n" in text
    assert "](" not in text
    assert "layout: default" not in text


@pytest.mark.parametrize(
    "name",
    [
        "home_depot_10k_fy2016_item1A.txt",
        "home_depot_10k_fy2016_item7.txt",
        "fomc_minutes_2024-09-18.txt",
    ],
)
def test_plain_text_keeps_every_word(name: str) -> None:
    document = read(name)
    assert FOLDER is not None
    assert document.text.split() == (FOLDER / name).read_text(encoding="utf-8").split()
