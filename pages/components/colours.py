"""Colours with a fixed meaning, the same in text, legend, table and chart, in light and dark.

Every colour is an ``Ink``: dark enough to write with on paper, and light enough to write with on
the dark theme. A highlight is its ink at ``TINT`` over the page; the tests of this module compute
the contrast of all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Theme = Literal["light", "dark"]

TINT: Final = 0.16
"""How much ink a highlight has over the page, 0..1."""


@dataclass(frozen=True)
class Ink:
    """One colour in its two editions, as ``#rrggbb``."""

    light: str
    dark: str

    def on(self, theme: Theme) -> str:
        """The edition for ``theme``."""
        return self.light if theme == "light" else self.dark

    @property
    def css(self) -> str:
        """A CSS colour that follows the theme."""
        return f"light-dark({self.light}, {self.dark})"


PAGE: Final = Ink("#fdfcfa", "#14181b")
PANEL: Final = Ink("#f3f1ec", "#1e2428")
TEXT: Final = Ink("#10161a", "#e9e6e0")
QUIET: Final = Ink("#5a6268", "#a7aeb3")
RULE: Final = Ink("#dfdbd2", "#363e44")

ACCENT: Final = Ink("#0b6b66", "#6fd0c6")
TUNED: Final = ACCENT
BASELINE: Final = QUIET

SUMMARY: Final = Ink("#0b6b66", "#6fd0c6")
ANSWER: Final = Ink("#764b00", "#e9c081")
HEAD: Final = Ink("#0c54a0", "#92cbff")
TAIL: Final = Ink("#89296c", "#ffa5df")
EVIDENCE: Final = Ink("#5a6268", "#a7aeb3")

POSITIVE: Final = Ink("#09672e", "#97daa4")
NEGATIVE: Final = Ink("#972620", "#ffa699")
NEUTRAL: Final = Ink("#5a6268", "#a7aeb3")

ENTITIES: Final[Mapping[str, Ink]] = {
    "PERSON": Ink("#952345", "#ffa3b7"),
    "NORP": Ink("#6b3c8a", "#ddb3fd"),
    "FAC": Ink("#00636d", "#8ad6df"),
    "ORG": Ink("#0c54a0", "#92cbff"),
    "GPE": Ink("#09672e", "#97daa4"),
    "LOC": Ink("#43600e", "#b6d392"),
    "PRODUCT": Ink("#8c3800", "#ffb187"),
    "EVENT": Ink("#972620", "#ffa699"),
    "WORK_OF_ART": Ink("#89296c", "#ffa5df"),
    "LAW": Ink("#50459e", "#bfbcff"),
    "LANGUAGE": Ink("#00655c", "#8cd8ce"),
    "DATE": Ink("#764b00", "#e9c081"),
    "TIME": Ink("#7f4400", "#f4ba88"),
    "PERCENT": Ink("#00607f", "#89d4f1"),
    "MONEY": Ink("#006846", "#8bdbb8"),
    "QUANTITY": Ink("#005c8a", "#8cd1fd"),
    "ORDINAL": Ink("#5e5534", "#d0c8a9"),
    "CARDINAL": Ink("#475768", "#b9c9da"),
}
"""The 18 types of OntoNotes; the three of WikiANN and CoNLL share their colours."""

_SAME: Final[Mapping[str, str]] = {"PER": "PERSON", "ORGANIZATION": "ORG", "LOCATION": "LOC"}
_OTHERS: Final = tuple(ENTITIES.values())
_CLASSES: Final[Mapping[str, Ink]] = {
    "positive": POSITIVE,
    "pos": POSITIVE,
    "negative": NEGATIVE,
    "neg": NEGATIVE,
    "neutral": NEUTRAL,
}
_CATEGORIES: Final = (
    ACCENT,
    Ink("#8c3800", "#ffb187"),
    Ink("#0c54a0", "#92cbff"),
    Ink("#89296c", "#ffa5df"),
    Ink("#50459e", "#bfbcff"),
    Ink("#764b00", "#e9c081"),
    Ink("#43600e", "#b6d392"),
)


def entity_ink(label: str) -> Ink:
    """The colour of an entity type; types not known here get one that depends on their name."""
    known = ENTITIES.get(_SAME.get(label, label))
    return known or _OTHERS[sum(label.encode("utf-8", "replace")) % len(_OTHERS)]


def class_ink(label: str, labels: tuple[str, ...]) -> Ink:
    """The colour of a class: by its meaning where it has one, else by its place in ``labels``."""
    known = _CLASSES.get(label.casefold())
    place = labels.index(label) if label in labels else 0
    return known or _CATEGORIES[place % len(_CATEGORIES)]


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0..1 (WCAG 2.2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(two)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(ink: str, page: str, share: float) -> str:
    """``share`` of ``ink`` over ``page``, as CSS's ``color-mix(in srgb, …)`` computes it."""
    pairs = ((int(ink[at : at + 2], 16), int(page[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
