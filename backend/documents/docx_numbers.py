"""The numbers of a Word document's lists, which are nowhere in its text."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from backend.documents.docx_package import Attributes, Package, value_of

_LEVELS: Final = 9
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
BULLET: Final = "-"


@dataclass
class _Level:
    """How one level of a list counts: its format, its text with %1 to %9, and its first number."""

    style: str = "decimal"
    text: str = ""
    first: int = 1


@dataclass
class _List:
    """The levels of a list, and the abstract list that it counts on with."""

    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """What ``numbering.xml`` and ``styles.xml`` say, and how far each list has counted."""

    def __init__(self, package: Package, numbering: str | None, styles: str | None) -> None:
        self._abstract: defaultdict[str, dict[int, _Level]] = defaultdict(dict)
        self._lists: dict[str, _List] = {}
        self._of_style: dict[str, tuple[str, int]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._at: tuple[str, str, int] = ("", "", 0)
        if numbering:
            package.parse(numbering, start=self._start)
        if styles:
            package.parse(styles, start=self._style)

    def label(self, style: str, number: str | None, level: int | None) -> str:
        """The number before the next paragraph of a list, ``""`` where it is in none.

        ``number`` and ``level`` are what the paragraph says itself; its style says the rest.
        """
        by_style, level_of_style = self._of_style.get(style, ("", 0))
        listed = self._lists.get(by_style if number is None else number)
        at = level_of_style if level is None else level
        if listed is None or not 0 <= at < _LEVELS:
            return ""
        levels = {**self._abstract[listed.abstract], **listed.levels}
        counts = self._counts[listed.abstract]
        counts[at] = counts.get(at, levels.get(at, _Level()).first - 1) + 1
        for deeper in [other for other in counts if other > at]:
            del counts[deeper]
        return _written(levels, counts, at)

    def _start(self, name: str, attributes: Attributes) -> None:
        tag = name.rpartition(" ")[2]
        value = value_of(attributes, "val") or ""
        abstract, number, level = self._at
        match tag:
            case "abstractNum":
                self._at = (value_of(attributes, "abstractNumId") or "", "", 0)
            case "num":
                self._at = ("", value_of(attributes, "numId") or "", 0)
            case "abstractNumId" if number:
                self._lists[number] = _List(value)
            case "lvl" | "lvlOverride":
                self._at = (abstract, number, _whole(value_of(attributes, "ilvl")))
            case "startOverride" if number in self._lists:
                base = self._abstract[self._lists[number].abstract].get(level, _Level())
                own = _Level(base.style, base.text, _whole(value))
                self._lists[number].levels[level] = own
                # It counts anew, so it does not go on with its abstract list.
                self._abstract[f"{number}!"] = self._abstract[self._lists[number].abstract]
                self._lists[number].abstract = f"{number}!"
            case "numFmt" | "lvlText" | "start":
                self._set(tag, value)

    def _set(self, tag: str, value: str) -> None:
        abstract, number, at = self._at
        if number and number not in self._lists:
            return
        levels = self._lists[number].levels if number else self._abstract[abstract]
        level = levels.setdefault(at, _Level())
        if tag == "numFmt":
            level.style = value
        elif tag == "lvlText":
            level.text = value
        else:
            level.first = _whole(value)

    def _style(self, name: str, attributes: Attributes) -> None:
        tag, (_, style, level) = name.rpartition(" ")[2], self._at
        value = value_of(attributes, "val") or ""
        match tag:
            case "style":
                self._at = ("", value_of(attributes, "styleId") or "", 0)
            case "ilvl":
                self._at = ("", style, _whole(value))
            case "numId" if style:
                self._of_style[style] = (value, level)


def counted(number: int, style: str) -> str:
    """``number`` in one of Word's formats; decimal for those that are rare.

    >>> counted(4, "lowerRoman"), counted(28, "upperLetter"), counted(7, "decimalZero")
    ('iv', 'BB', '07')
    """
    match style:
        case "lowerRoman" | "upperRoman":
            roman = _roman(number)
            return roman.upper() if style == "upperRoman" else roman
        case "lowerLetter" | "upperLetter":
            letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letter.upper() if style == "upperLetter" else letter
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)


def _written(levels: dict[int, _Level], counts: dict[int, int], at: int) -> str:
    level = levels.get(at, _Level(text=f"%{at + 1}."))
    if level.style == "bullet":
        return BULLET
    if level.style == "none":
        return ""
    text = level.text
    for place in range(_LEVELS):
        if f"%{place + 1}" in text:
            shown = levels.get(place, _Level())
            number = counts.get(place, shown.first)
            text = text.replace(f"%{place + 1}", counted(min(number, 9_999), shown.style))
    return text.strip()


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 5 else 0
