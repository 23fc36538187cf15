"""What stands above, below or beside a line in HTML, written on the line."""

import re
from typing import Final

_NOTE: Final = re.compile(r"[\[(]?(\d{1,3}(?:\s?[,–-]\s?\d{1,3})*|[a-z*†‡§])[\])]?")
_POWER: Final = re.compile(r"[-−–+]?\d{1,3}")
_BASE: Final = re.compile(r"(?:(?<![^\W_])[^\W\d_]{1,2}|(?<![\d.,])10|\))$")
_FIGURE: Final = re.compile(r"\d[\d.,]{2,}$")
_RAISED: Final = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_BETWEEN: Final = {"mfrac": "/", "msup": "^", "msub": "_", "mroot": "^1/"}
"""What is written before the second part of these elements of MathML."""


def raised(before: str, text: str) -> str:
    """Superscript ``text`` behind ``before``: a power, or the mark of a note, which must not look
    like another digit of a figure.

    >>> raised("2,500", "1"), raised("km", "2"), raised("5", "th")
    ('[1]', '²', 'th')
    """
    mark = text.strip()
    if not before[-1:].strip():  # the note itself: its mark begins it
        return text
    if _POWER.fullmatch(mark) and _BASE.search(before):
        return mark.translate(_RAISED)
    note = _NOTE.fullmatch(mark)
    if note and (not mark.isalpha() or _FIGURE.search(before)):
        return f"[{note[1]}]"
    return text


class Formula:
    """The elements of MathML that are open, each with the number of its parts so far."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    @property
    def open(self) -> bool:
        """Whether a formula is open: blanks between its elements mean nothing."""
        return bool(self._open)

    def opened(self, tag: str) -> str:
        """What to write before ``tag``."""
        if not self._open and tag != "math":
            return ""
        written = ""
        if self._open:
            parent, parts = self._open[-1]
            self._open[-1] = (parent, parts + 1)
            written = _BETWEEN.get(parent, "") if parts == 1 else ""
        self._open.append((tag, 0))
        return written

    def closed(self, tag: str) -> None:
        """``tag`` ends, and with it what was left open in it."""
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
