import pytest
from pypdfium2 import PdfiumError, PdfPage

from backend.documents import pdf_glyphs, pdf_text
from backend.documents.document import Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    ScannedDocumentError,
)
from backend.documents.pdf_text import read_pdf
from tests.documents.builders import blank_pdf, encrypted_pdf, pdf, placed

LIMITS = Limits()


def test_pages_become_paragraphs() -> None:
    sentence = "The supplier ships all of the goods to the terminal in the month"
    first = placed(["Supply agreement", "", sentence, "of June (and pays the freight)."])
    result = read_pdf(pdf([first, placed(["Naïve café: 30 € — fine."])]), LIMITS)
    assert (result.pages, result.warnings) == (2, ())
    assert result.text.split("\n\n") == [
        "Supply agreement",
        f"{sentence} of June (and pays the freight).",
        "Naïve café: 30 € — fine.",
    ]


def test_a_password_is_needed_where_one_is_set() -> None:
    with pytest.raises(EncryptedDocumentError, match="protected by a password"):
        read_pdf(encrypted_pdf(user_password="secret"), LIMITS)


def test_a_pdf_that_anybody_may_open_is_read_although_it_is_encrypted() -> None:
    assert "three onions" in read_pdf(encrypted_pdf(user_password=""), LIMITS).text


def test_pages_of_pictures_without_text_are_a_scan() -> None:
    with pytest.raises(ScannedDocumentError) as caught:
        read_pdf(pdf([[], []], pictures=(0, 1)), LIMITS)
    assert str(caught.value) == (
        "This PDF is a scan without a text layer: run OCR on it first, then upload it again."
    )


def test_pictures_with_a_stamp_only_are_a_scan_too() -> None:
    with pytest.raises(ScannedDocumentError):
        read_pdf(pdf([placed(["RECEIVED"]), placed(["2"])], pictures=(0, 1)), LIMITS)


def test_few_words_without_a_picture_are_the_text() -> None:
    assert read_pdf(pdf([placed(["RECEIVED"])]), LIMITS).text == "RECEIVED"
    assert read_pdf(blank_pdf(), LIMITS).text == ""


def test_single_pages_of_pictures_are_named_and_blank_ones_are_not() -> None:
    text = placed(["Words enough to be read as the text of a page."])
    result = read_pdf(pdf([text, [], text, [], []], pictures=(1, 3)), LIMITS)
    assert result.warnings == (
        "Pages 2, 4 without a text layer: where there is a scan, run OCR on it.",
    )


def test_a_damaged_page_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    source = pdf([placed([f"Words enough to be read, part {n}."]) for n in range(3)])
    calls = iter([1, 2, 3])
    glyphs = pdf_glyphs.glyphs_of

    def fail_once(page: PdfPage) -> list[pdf_glyphs.Glyph]:
        if next(calls) == 2:
            raise PdfiumError("broken stream")
        return glyphs(page)

    monkeypatch.setattr(pdf_text, "glyphs_of", fail_once)
    result = read_pdf(source, LIMITS)
    assert result.text.split("\n\n") == [f"Words enough to be read, part {n}." for n in (0, 2)]
    assert result.warnings == ("Page 2 could not be read, as the PDF is damaged there.",)


def test_too_many_pages_or_characters_are_refused_with_the_limit() -> None:
    source = pdf([placed(["Words enough to be read."])] * 4)
    with pytest.raises(DocumentTooLargeError, match="4 pages and at most 3"):
        read_pdf(source, Limits(max_pages=3))
    with pytest.raises(DocumentTooLargeError, match="more than 50 characters"):
        read_pdf(source, Limits(max_characters=50))


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7\n" + b"garbage " * 100])
def test_a_header_without_a_document_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedDocumentError, match="damaged"):
        read_pdf(data, LIMITS)


def test_a_cut_pdf_gives_its_text_or_a_clear_error() -> None:
    source = pdf([placed(["Payment is due within thirty days."])])
    for end in range(20, len(source), 40):
        try:
            text = read_pdf(source[:end], LIMITS).text
        except DocumentError as error:
            assert str(error).endswith(".")  # noqa: PT017 - text or error, either is right
        else:
            assert "Payment" in text
