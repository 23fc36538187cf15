"""PDF to text: letters with their places through pdfium, in the order of reading by our rules."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from backend.documents.document import Extraction, Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    ScannedDocumentError,
)
from backend.documents.pdf_glyphs import glyphs_of, has_picture
from backend.documents.pdf_layout import Line, laid_out
from backend.documents.pdf_order import in_order
from backend.documents.pdf_tables import lines_of
from backend.documents.pdf_words import rows_of

_ENCRYPTED = (
    "This PDF is protected by a password: open it, save it without one and upload it again."
)
_DAMAGED = (
    "This PDF is damaged and cannot be read: save it again from the program that made it, or "
    "print it to a new PDF."
)
_SCAN = "This PDF is a scan without a text layer: run OCR on it first, then upload it again."
_MIN_LETTERS = 10
"""A page of pictures with fewer is taken to be a scan, which often carries a stamp or a number."""
_MAX_UNREADABLE_SHARE = 0.2


def read_pdf(data: bytes, limits: Limits) -> Extraction:
    """The text of all pages as paragraphs.

    Raises:
        DocumentError: encrypted, damaged, a scan, or over the limit of pages or characters.
    """
    document = _open(data, limits)
    try:
        pages = _read(document, limits)
    finally:
        document.close()
    if len(pages.damaged) == len(pages.lines):
        raise DamagedDocumentError(_DAMAGED)
    if len(pages.pictures) + len(pages.damaged) == len(pages.lines):
        raise ScannedDocumentError(_SCAN)
    found = laid_out(pages.lines)
    warnings = (
        *_damaged_pages(pages.damaged),
        *_empty_pages(pages.pictures),
        *_unreadable(found.text),
    )
    return replace(found, warnings=warnings)


def _open(data: bytes, limits: Limits) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        document.init_forms()
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocumentError(_ENCRYPTED) from error
        raise DamagedDocumentError(_DAMAGED) from error
    count = len(document)
    if count == 0:
        raise DamagedDocumentError(_DAMAGED)
    if count > limits.max_pages:
        raise DocumentTooLargeError(
            f"This PDF has {count:,} pages and at most {limits.max_pages:,} can be read: "
            "split it and upload the parts."
        )
    return document


@dataclass
class _Pages:
    """The lines of each page, and the numbers of those that are damaged or show only pictures."""

    lines: list[list[Line]] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)


def _read(document: pdfium.PdfDocument, limits: Limits) -> _Pages:
    pages, characters = _Pages(), 0
    for number in range(1, len(document) + 1):
        try:
            lines = _lines(document, number - 1)
            if _letters(lines) < _MIN_LETTERS and has_picture(document[number - 1]):
                pages.pictures.append(number)
        except pdfium.PdfiumError:
            lines = []
            pages.damaged.append(number)
        pages.lines.append(lines)
        characters += sum(len(line.text) for line in lines)
        if characters > limits.max_characters:
            raise DocumentTooLargeError(
                f"This PDF has more than {limits.max_characters:,} characters of text, the most "
                "that can be read at once: split it and upload the parts."
            )
    return pages


def _lines(document: pdfium.PdfDocument, index: int) -> list[Line]:
    page = document[index]
    try:
        return list(lines_of(list(in_order(rows_of(glyphs_of(page))))))
    finally:
        page.close()


def _letters(lines: Sequence[Line]) -> int:
    return sum(character.isalnum() for line in lines for character in line.text)


def _damaged_pages(numbers: Sequence[int]) -> tuple[str, ...]:
    if not numbers:
        return ()
    return (f"{_named(numbers)} could not be read, as the PDF is damaged there.",)


def _empty_pages(numbers: Sequence[int]) -> tuple[str, ...]:
    if not numbers:
        return ()
    return (f"{_named(numbers)} without a text layer: where there is a scan, run OCR on it.",)


def _named(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:10])) + (" and others" if len(numbers) > 10 else "")
    return f"Page{'s' if len(numbers) > 1 else ''} {listed}"


def _unreadable(text: str) -> tuple[str, ...]:
    """Fonts without a map to Unicode give private-use or replacement characters."""
    strange = sum(
        unicodedata.category(c) in ("Co", "Cn") or c == "\N{REPLACEMENT CHARACTER}" for c in text
    )
    if strange <= _MAX_UNREADABLE_SHARE * len(text):
        return ()
    return ("Much of this PDF's text layer is unreadable: run OCR on it for a better result.",)
