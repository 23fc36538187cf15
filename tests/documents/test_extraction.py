"""From bytes to a document, as the rest of the program sees it."""

import pytest

from backend.documents import Document, DocumentError, Limits, extract, from_text
from backend.documents.errors import DocumentTooLargeError, EmptyDocumentError
from tests.documents.builders import docx, paragraph, pdf, placed


def test_plain_text_is_read_as_it_is() -> None:
    text = "Zażółć e\u0301 שלום 👩‍🚀\n\n<b>not bold</b> [x](y)"
    assert extract("a.txt", text.encode()) == Document("a.txt", text, "text", None, ())


def test_a_pdf_under_another_name_is_read_and_the_name_mentioned() -> None:
    document = extract("dir/a.txt", pdf([placed(["Words enough to be read."])]))
    assert (document.name, document.kind, document.pages) == ("a.txt", "pdf", 1)
    assert document.text == "Words enough to be read."
    assert "its content is a PDF" in document.warnings[0]


def test_html_and_markdown_are_parsed_and_keep_warnings_about_their_encoding() -> None:
    page = extract("a.html", "<p>Café <script>x</script>".encode("cp1252"))
    assert (page.text, page.kind) == ("Café", "html")
    assert "Windows-1252" in page.warnings[0]
    assert extract("a.md", "# Café *olé*".encode("utf-16")).text == "Café olé"


def test_a_word_document_is_read() -> None:
    assert extract("a.docx", docx(paragraph("Words"))).kind == "docx"


def test_the_same_file_gives_the_same_document() -> None:
    source = pdf([placed(["Words enough to be read."])])
    assert extract("a.pdf", source) == extract("a.pdf", source)


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf", b"<html><script>x</script>"])
def test_nothing_to_read_is_said(data: bytes) -> None:
    with pytest.raises(EmptyDocumentError):
        extract("a.txt", data)


def test_a_large_file_is_refused_with_the_limit_in_the_sentence() -> None:
    with pytest.raises(DocumentTooLargeError, match=r"26\.0 MB and at most 25 MB"):
        extract("a.pdf", bytes(26_000_000))


def test_a_long_text_is_refused_with_the_limit_in_the_sentence() -> None:
    with pytest.raises(DocumentTooLargeError, match=r"10,000,000 characters .* at most 2,000,000"):
        extract("a.txt", b"x" * 10_000_000)


def test_every_error_is_one_sentence() -> None:
    hostile = [
        b"\x00\x01" * 500,
        b"%PDF-1.7 nothing",
        b"PK\x03\x04 nothing",
        b"\x89PNG" + bytes(90),
        docx(paragraph("")),
    ]
    for data in hostile:
        with pytest.raises(DocumentError) as caught:
            extract("a.bin", data, limits=Limits(max_cpu_seconds=10))
        message = str(caught.value)
        assert message.endswith(".")
        assert ". " not in message
        assert "Traceback" not in message


def test_pasted_text_is_cleaned_like_a_file_but_not_parsed() -> None:
    document = from_text("Pasted text", "<html>Caf\u00e9\x00\r\n\r\n\r\n\r\nb\ud800 ")
    assert document == Document(
        "Pasted text", "<html>Café\n\nb\N{REPLACEMENT CHARACTER}", "text", None, ()
    )


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x07"])
def test_pasting_nothing_is_said(text: str) -> None:
    with pytest.raises(EmptyDocumentError, match="no text yet"):
        from_text("Pasted text", text)


def test_ten_megabytes_of_pasted_text_are_refused_and_not_cut() -> None:
    with pytest.raises(DocumentTooLargeError):
        from_text("Pasted text", "words " * 1_700_000)
