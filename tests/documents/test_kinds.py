import pytest

from backend.documents.errors import (
    DamagedDocumentError,
    EncryptedDocumentError,
    UnsupportedDocumentError,
)
from backend.documents.kinds import binary_kind, name_warning, text_kind
from tests.documents.builders import blank_pdf, docx, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a", "a.docx"])
def test_a_pdf_is_a_pdf_whatever_its_name(name: str) -> None:
    assert binary_kind(name, blank_pdf()) == "pdf"


def test_a_pdf_may_have_bytes_before_its_header_only_when_its_name_says_pdf() -> None:
    data = b"x" * 900 + b"%PDF-1.7"
    assert binary_kind("a.pdf", data) == "pdf"
    assert binary_kind("a.txt", data) is None


def test_a_zip_is_taken_for_a_word_document_to_be_looked_into() -> None:
    assert binary_kind("a.txt", docx("")) == "docx"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped({"word/document.xml": b"x", "word/embeddings/xl/workbook.xml": b"x"}), "docx"),
        (zipped({"ppt/presentation.xml": b"x"}), "pptx"),
        (zipped({"xl/workbook.xml": b"x"}), "xlsx"),
        (zipped({"META-INF/container.xml": b"x"}), "epub"),
        (b"{\\rtf1 Hello}", "rtf"),
        (b"Received: by x\nMessage-ID: <1@x>\nSubject: Tea\n\nHello", "mail"),
        (b"From: Ann\nTo: Bob\nSubject: Tea\n\nA memorandum.", None),
    ],
)
def test_the_content_tells_the_kind(data: bytes, kind: str | None) -> None:
    assert binary_kind("a.bin", data) == kind


def test_a_name_makes_a_head_an_e_mail() -> None:
    assert binary_kind("a.eml", b"From: Ann\nTo: Bob\n\nHello") == "mail"
    assert binary_kind("a.eml", b"Just words") is None


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "run OCR"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "run OCR"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "run OCR"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "unpack it"),
        (b"OggS\x00\x02" + bytes(20), "transcript"),
        (b"\x7fELF" + bytes(20), "upload text, Markdown, HTML, PDF, DOCX"),
        (OLE + "__substg1.0_0037001F".encode("utf-16-le"), "save it as .eml"),
        (OLE + bytes(600), "save it as DOCX or PDF"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(data: bytes, advice: str) -> None:
    with pytest.raises(UnsupportedDocumentError, match=advice):
        binary_kind("report.doc", data)


def test_a_word_document_with_a_password_is_told_from_an_old_one() -> None:
    data = OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedDocumentError, match="remove the password"):
        binary_kind("a.docx", data)


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_binary_under_the_name_of_a_document_is_called_damaged(suffix: str) -> None:
    with pytest.raises(DamagedDocumentError, match=f"ends in {suffix}"):
        binary_kind(f"a{suffix}", b"\x00\x01\x02" * 50)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.txt", "<!DOCTYPE html><p>Hi", "html"),
        ("a", "  <!-- saved -->\n<html lang=en>", "html"),
        ("a.xhtml", '<?xml version="1.0"?>\n<html>', "html"),
        ("a.htm", "<p>Hi", "html"),
        ("a.md", "<div align=center>Hi</div>", "markdown"),
        ("a.md", "# Hi", "markdown"),
        ("a.txt", "a <b> c", "text"),
        ("a.csv", "a,b", "text"),
        ("a.pdf", "just words", "text"),
    ],
)
def test_a_page_says_that_it_is_html_and_the_rest_goes_by_name(
    name: str, text: str, kind: str
) -> None:
    assert text_kind(name, text) == kind


def test_a_misleading_name_is_mentioned_and_an_honest_or_unknown_one_is_not() -> None:
    (warning,) = name_warning("a.pdf", "text")
    assert "says a PDF, its content is plain text" in warning
    assert name_warning("a.pdf", "pdf") == ()
    assert name_warning("a.log", "text") == ()
