"""PDF to lines with their places on the page, through pypdf; ``pdf_layout`` makes text of them."""

import io
import math
import unicodedata
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import PdfObject

from backend.documents.document import Extraction, Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    ScannedDocumentError,
)
from backend.documents.pdf_layout import Line, layout

_ENCRYPTED = (
    "This PDF is protected by a password: open it, save it without one and upload it again."
)
_DAMAGED = (
    "This PDF is damaged and cannot be read: save it again from the program that made it, or "
    "print it to a new PDF."
)
_SCAN = "This PDF is a scan without a text layer: run OCR on it first, then upload it again."
_BROKEN = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, RuntimeError)
"""What pypdf has been seen to raise for files that break the format's rules."""
_MIN_LETTERS = 10
"""A page with fewer is taken to have no text: a scan often carries a stamp or a number."""
_MAX_UNREADABLE_SHARE = 0.2


def read_pdf(data: bytes, limits: Limits) -> Extraction:
    """The text of all pages as paragraphs.

    Raises:
        DocumentError: encrypted, damaged, a scan, or over the limit of pages or characters.
    """
    try:
        reader = _open(data, limits)
    except DocumentError:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise EncryptedDocumentError(_ENCRYPTED) from error
    except _BROKEN as error:
        raise DamagedDocumentError(_DAMAGED) from error
    pages, damaged = _pages(reader, limits)
    if len(damaged) == len(pages):
        raise DamagedDocumentError(_DAMAGED)
    empty = [
        number
        for number, lines in enumerate(pages, 1)
        if number not in damaged and _letters(lines) < _MIN_LETTERS
    ]
    if len(empty) + len(damaged) == len(pages):
        raise ScannedDocumentError(_SCAN)
    text = layout(pages)
    warnings = (*_damaged_pages(damaged), *_empty_pages(empty), *_unreadable(text))
    return Extraction(text, len(pages), warnings)


def _open(data: bytes, limits: Limits) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise EncryptedDocumentError(_ENCRYPTED)
    count = len(reader.pages)
    if count == 0:
        raise DamagedDocumentError(_DAMAGED)
    if count > limits.max_pages:
        raise DocumentTooLargeError(
            f"This PDF has {count:,} pages and at most {limits.max_pages:,} can be read: "
            "split it and upload the parts."
        )
    return reader


def _pages(reader: PdfReader, limits: Limits) -> tuple[list[list[Line]], list[int]]:
    """The lines of each page, and the numbers of the pages that could not be read."""
    pages: list[list[Line]] = []
    damaged, characters = [], 0
    for number in range(1, len(reader.pages) + 1):
        collector = _Collector()
        try:
            reader.pages[number - 1].extract_text(visitor_text=collector.add)
        except _BROKEN:
            damaged.append(number)
            collector = _Collector()
        pages.append(collector.lines())
        characters += sum(len(line.text) for line in pages[-1])
        if characters > limits.max_characters:
            raise DocumentTooLargeError(
                f"This PDF has more than {limits.max_characters:,} characters of text, the most "
                "that can be read at once: split it and upload the parts."
            )
    return pages, damaged


class _Collector:
    """Puts the pieces that pypdf reports together to lines."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._text = ""
        self._place: tuple[float, float, float] | None = None

    def add(
        self,
        text: str,
        user: Sequence[float],
        matrix: Sequence[float],
        font: PdfObject | None,  # noqa: ARG002 - pypdf's signature
        size: float,
    ) -> None:
        """``user`` and ``matrix`` map text space to the page (ISO 32000-1, 9.4.4)."""
        head, *rest = text.split("\n")
        self._extend(head, user, matrix, size)
        for piece in rest:
            self._finish()
            self._extend(piece, user, matrix, size)

    def lines(self) -> list[Line]:
        self._finish()
        return self._lines

    def _extend(
        self, text: str, user: Sequence[float], matrix: Sequence[float], size: float
    ) -> None:
        if self._place is None and text.strip():
            self._place = _place(user, matrix, size)
        self._text += text

    def _finish(self) -> None:
        text = " ".join(self._text.split())
        if text and self._place:
            self._lines.append(Line(text, *self._place))
        self._text, self._place = "", None


def _place(
    user: Sequence[float], matrix: Sequence[float], size: float
) -> tuple[float, float, float]:
    a, b, c, d, e, f = user
    x, y = matrix[4], matrix[5]
    height = abs(size) * math.hypot(matrix[2], matrix[3]) * math.hypot(c, d)
    return a * x + c * y + e, b * x + d * y + f, height or 1.0


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
