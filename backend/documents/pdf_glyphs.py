"""The letters of a PDF's page with their places, through pdfium, and what is typed into forms."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_HYPHENS: Final = frozenset({0x02, 0xFFFE})
"""What pdfium gives for a hyphen at the end of a line."""
_LARGEST_FIELD: Final = 20_000
_TYPE_SIZE: Final = 0.86
"""A size of type as a share of the height that its letters may take."""
_LETTER_WIDTH: Final = 0.5
_TYPED: Final = frozenset(
    {raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX}
)
_TICKED: Final = frozenset({raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON})
_MANY_PATHS: Final = 20
"""Drawn shapes from which a page without a letter shows a picture of something."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter, or a word typed into a field: from ``left`` to ``right`` on a base line, in points
    along the direction of writing; ``size`` is that of the type, ``turn`` the quarters of a turn
    by which the writing is rotated. ``typed`` says that it stands in a field over the page.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    turn: int = 0
    typed: bool = False


def glyphs_of(page: pdfium.PdfPage) -> list[Glyph]:
    """Everything written on a page, in the order of the file.

    Raises:
        pypdfium2.PdfiumError: the page cannot be read.
    """
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        written = [glyph for at in range(count) if (glyph := _glyph(textpage.raw, at))]
    finally:
        textpage.close()
    return [*written, *_typed(page)]


def has_picture(page: pdfium.PdfPage) -> bool:
    """Whether a page shows an image, or so many shapes that they may be letters."""
    paths = 0
    for item in page.get_objects(max_depth=3):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            return True
        paths += item.type == raw.FPDF_PAGEOBJ_PATH
        if paths >= _MANY_PATHS:
            return True
    return False


def _glyph(textpage: raw.FPDF_TEXTPAGE, at: int) -> Glyph | None:
    code = raw.FPDFText_GetUnicode(textpage, at)
    text = "-" if code in _HYPHENS else chr(code) if 0x20 <= code < 0x110000 else ""
    if not text or raw.FPDFText_IsGenerated(textpage, at) == 1:
        return None
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetLooseCharBox(textpage, at, box):
        return None
    raw.FPDFText_GetCharOrigin(textpage, at, x, y)
    angle = raw.FPDFText_GetCharAngle(textpage, at)
    turn = round(angle / (math.pi / 2)) % 4 if angle > 0 else 0
    left, right, base, height = _turned(box, x.value, y.value, turn)
    size = _TYPE_SIZE * height or raw.FPDFText_GetFontSize(textpage, at) or 1.0
    return Glyph(text, left, right, base, min(size, 500.0), turn)


def _turned(box: raw.FS_RECTF, x: float, y: float, turn: int) -> tuple[float, float, float, float]:
    """Left, right, base line and height of a letter, seen with its writing upright."""
    match turn:
        case 0:
            return box.left, box.right, y, box.top - box.bottom
        case 1:
            return -box.top, -box.bottom, x, box.right - box.left
        case 2:
            return -box.right, -box.left, -y, box.top - box.bottom
        case _:
            return box.bottom, box.top, -x, box.right - box.left


def _typed(page: pdfium.PdfPage) -> Iterator[Glyph]:
    """What people have typed into the fields and text notes of a page, line by line."""
    for at in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, at)
        if not annotation:
            continue
        text = _words_of(annotation, page)
        rectangle = raw.FS_RECTF()
        if text and raw.FPDFAnnot_GetRect(annotation, rectangle):
            yield from _placed(text, rectangle)
        raw.FPDFPage_CloseAnnot(annotation)


def _words_of(annotation: raw.FPDF_ANNOTATION, page: pdfium.PdfPage) -> str:
    subtype = raw.FPDFAnnot_GetSubtype(annotation)
    if subtype == raw.FPDF_ANNOT_FREETEXT:
        return _string(raw.FPDFAnnot_GetStringValue, annotation, b"Contents")
    if subtype != raw.FPDF_ANNOT_WIDGET or page.formenv is None:
        return ""
    form = page.formenv.raw
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _TICKED:
        return "\N{BALLOT BOX WITH X}" if raw.FPDFAnnot_IsChecked(form, annotation) else ""
    return _string(raw.FPDFAnnot_GetFormFieldValue, form, annotation) if kind in _TYPED else ""


def _string(function: "ctypes._CFunctionType", *arguments: object) -> str:
    """What a function of pdfium writes as UTF-16 into a buffer."""
    length = function(*arguments, None, 0)
    if not 2 < length <= 2 * _LARGEST_FIELD:
        return ""
    buffer = (raw.FPDF_WCHAR * (length // 2))()
    function(*arguments, buffer, length)
    return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\x00")


def _placed(text: str, box: raw.FS_RECTF) -> Iterator[Glyph]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    size = max(4.0, min(12.0, 0.8 * (box.top - box.bottom) / len(lines)))
    for number, line in enumerate(lines):
        base = box.bottom + 0.25 * size + (len(lines) - 1 - number) * 1.2 * size
        left = box.left + 1
        for word in line.split():
            right = left + _LETTER_WIDTH * size * len(word)
            yield Glyph(word, left, right, base, size, typed=True)
            left = right + 0.3 * size
