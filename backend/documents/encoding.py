"""Bytes of a text file to characters."""

import codecs
import re

from backend.documents.errors import UnsupportedDocumentError
from backend.documents.kinds import ACCEPTED

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_HTML_CHARSETS = re.compile(
    r"cp125[0-8]|iso8859-\d{1,2}|koi8-[ru]|shift_jis|euc_(jp|kr)|gb\w+|big5"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MAX_CONTROL_SHARE = 0.05
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of ``data``, and sentences about what had to be guessed or repaired.

    Tried in turn: a byte order mark, UTF-16 without one, UTF-8, what an HTML page declares,
    Windows-1252.

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
    wide = _utf16_without_bom(data)
    if wide:
        text, warnings = _with_repairs(data, wide)
        return text, (*warnings, "The file has no encoding mark: it was read as UTF-16.")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _not_utf8(data)


def _not_utf8(data: bytes) -> tuple[str, tuple[str, ...]]:
    declared = _declared(data)
    if declared:
        return _with_repairs(data, declared)
    text = data.decode("utf-8", errors="replace")
    damaged = text.count(_REPLACEMENT)
    intact = sum(character > "\x7f" for character in text) - damaged
    if intact > damaged:  # mostly right UTF-8: another encoding would spoil all of it
        return _with_repairs(data, "utf-8")
    text, warnings = _with_repairs(data, "cp1252")
    note = "The file is not UTF-8: it was read as Windows-1252 (Western European)."
    return text, (note, *warnings)


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


def _utf16_without_bom(data: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in every second byte; nothing else that is text has."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if pairs < 2 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    if even > 0.5 and odd < 0.1:
        return "utf-16-be"
    return None


def _declared(data: bytes) -> str | None:
    match = _META_CHARSET.search(data[:2048])
    if not match:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None
    return name if _HTML_CHARSETS.fullmatch(name) else None


def _binary() -> UnsupportedDocumentError:
    return UnsupportedDocumentError(
        f"This file holds binary data that is no text: upload {ACCEPTED}."
    )
