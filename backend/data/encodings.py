"""Bytes of a dataset's file to text, and a sentence where that took a guess."""

import re
from typing import Final

from charset_normalizer import from_bytes

from backend.data.errors import DatasetError

_SAMPLE: Final = 100_000
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER: Final = re.compile(r"[^\W\d_]")

Notes = tuple[str, ...]


def decode(data: bytes, name: str) -> tuple[str, Notes]:
    """``data`` as text, and notes on its encoding; raises ``DatasetError`` where it is no text.

    A few damaged bytes do not make a UTF-8 file one of another encoding.
    """
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return data.decode("utf-32", "replace"), (f"{name} was read as UTF-32.",)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), (f"{name} was read as UTF-16.",)
    if b"\0" in data[:10_000]:
        return _wide(data, name)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _damaged(data, name) or _guessed(data, name)


def _wide(data: bytes, name: str) -> tuple[str, Notes]:
    """UTF-16 without a mark: every other byte of its blanks and line ends is 0."""
    sample = data[:10_000]
    for encoding, odd in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = sample[odd::2].count(0)
        if zeros > 0.05 * len(sample) / 2 and not sample[1 - odd :: 2].count(0):
            text = data.decode(encoding, "replace")
            return text, (f"{name} was read as UTF-16: nothing in it says so.",)
    raise DatasetError(f"{name} is not a text file: bring CSV, TSV, JSON or JSON Lines.")


def _damaged(data: bytes, name: str) -> tuple[str, Notes] | None:
    """UTF-8 with a few broken places; None where it is mostly something else."""
    text = data.decode("utf-8-sig", "replace")
    lost = text.count("\ufffd")
    sound = sum(ord(letter) > 127 for letter in text) - lost
    if lost > sound / 4:
        return None
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "\ufffd" in line]
    shown = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
    places = "1 place" if lost == 1 else f"{lost:,} places"
    note = (
        f"{name} is damaged in {places} (line {shown}), shown as \ufffd: save it as UTF-8, or "
        "correct these rows."
    )
    return text, (note,)


def _guessed(data: bytes, name: str) -> tuple[str, Notes]:
    """Windows-1252, unless the bytes make sense in another script only."""
    encoding = _eastern(data[:_SAMPLE]) or _foreign(data[:_SAMPLE])
    if encoding:
        said = encoding.replace("_", "-")
        text = data.decode(encoding, "replace")
        return text, (f"{name} is not UTF-8 and was read as {said}: look at its letters.",)
    text = data.decode("cp1252", "replace")
    return text, (f"{name} is not UTF-8 and was read as Windows-1252: look at its accents.",)


_EASTERN: Final = (
    ("cp932", re.compile("[\u3041-\u30fe]"), 0.2),
    ("euc_jp", re.compile("[\u3041-\u30fe]"), 0.2),
    ("gb18030", re.compile("[的一是了不在有人我这们来个没和到也就]"), 0.05),
    ("big5hkscs", re.compile("[的一是了不在有人我這們來個沒和到也就]"), 0.05),
    ("cp949", re.compile("[\uac00-\ud7a3]"), 0.7),
)
"""Encodings of two bytes, and the share of letters that every text in their language has: nearly
any bytes are valid in some of them.
"""


def _eastern(data: bytes) -> str:
    for encoding, usual, share in _EASTERN:
        # The sample may end inside of a letter.
        text = data.decode(encoding, "replace")
        letters = [letter for letter in text if ord(letter) > 127]
        if text.count("\ufffd") <= 1 and letters:
            common = sum(usual.match(letter) is not None for letter in letters)
            if common > share * len(letters):
                return encoding
    return ""


def _foreign(data: bytes) -> str:
    """The likeliest encoding of one byte a letter for a script that is not Latin; "" for none."""
    found = [match for match in from_bytes(data) if _is_foreign(str(match)) and match.coherence]
    found = [match for match in found if not match.encoding.startswith("mac_")] or found
    best = max(found, key=lambda match: float(match.coherence) - float(match.chaos), default=None)
    return str(best.encoding) if best else ""


def _is_foreign(text: str) -> bool:
    letters = [letter for letter in _LETTER.findall(text) if not letter.isascii()]
    foreign = sum(_LATIN.match(letter) is None for letter in letters)
    return foreign > 0.9 * len(letters) > 0
