"""Bytes of a text file to characters."""

import codecs
import re
from typing import Final

from backend.documents import charsets
from backend.documents.errors import UnsupportedDocumentError
from backend.documents.kinds import ACCEPTED

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES: Final = {
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift JIS (Japanese)",
    "cp949": "EUC-KR (Korean)",
    "big5hkscs": "Big5 (traditional Chinese)",
    "gb18030": "GB 18030 (Chinese)",
    "koi8_r": "KOI8-R (Cyrillic)",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MAX_CONTROL_SHARE = 0.05
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of ``data``, and sentences about what had to be guessed or repaired.

    Tried in turn: a byte order mark, UTF-16 without one, UTF-8, what an HTML page or an
    XML file declares, and what fits best.

    Raises:
        UnsupportedDocumentError: the bytes are no text in any of them.
    """
    text, warnings = _decode(data)
    controls = len(_CONTROL.findall(text))
    if controls > max(1.0, _MAX_CONTROL_SHARE * len(text)):
        raise _binary()
    nul = text.count("\x00")
    if nul:
        warnings += (f"{nul:,} NUL character{'s were' if nul > 1 else ' was'} removed.",)
    return text, warnings


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _with_repairs(data[len(bom) :], encoding)
    wide = charsets.utf16_of(data)
    if wide:
        text, warnings = _with_repairs(data, wide)
        return text, (*warnings, "The file has no encoding mark: it was read as UTF-16.")
    named = charsets.declared(data)
    if named == "iso2022_jp" and b"\x1b$" in data:  # its bytes are ASCII's, and so UTF-8 too
        return _with_repairs(data, named)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _not_utf8(data, named)


def _not_utf8(data: bytes, named: str | None) -> tuple[str, tuple[str, ...]]:
    if named:
        return _with_repairs(data, named)
    text = data.decode("utf-8", errors="replace")
    damaged = text.count(_REPLACEMENT)
    intact = sum(character > "\x7f" for character in text) - damaged
    if intact > damaged:  # mostly right UTF-8: another encoding would spoil all of it
        return _with_repairs(data, "utf-8")
    codec = charsets.guessed(data)
    text, warnings = _with_repairs(data, codec)
    name = _NAMES.get(codec) or codec.replace("cp125", "Windows-125")
    return text, (f"The file is not UTF-8: it was read as {name}.", *warnings)


def _with_repairs(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, errors="replace")
    damaged = text.count(_REPLACEMENT) - _count_encoded(_REPLACEMENT, data, encoding)
    if damaged <= 0:
        return text, ()
    if damaged > _MAX_CONTROL_SHARE * len(text) and damaged > 1:
        raise _binary()
    places = "place is" if damaged == 1 else "places are"
    return text, (
        f"{damaged:,} {places} damaged and shown as {_REPLACEMENT}: save the file as UTF-8.",
    )


def _count_encoded(character: str, data: bytes, encoding: str) -> int:
    """How often ``data`` really holds ``character``; never, where the encoding lacks it."""
    encoded = character.encode(encoding, errors="ignore")
    return data.count(encoded) if encoded else 0


def _binary() -> UnsupportedDocumentError:
    return UnsupportedDocumentError(
        f"This file holds binary data that is no text: upload {ACCEPTED}."
    )
