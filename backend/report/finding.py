"""One row of a report: a thing that a model or a rule found, in plain words."""

from dataclasses import dataclass
from typing import Final

COLUMNS: Final = (
    "insight",
    "kind",
    "value",
    "detail",
    "confidence",
    "sentence",
    "place",
    "start",
    "end",
)


@dataclass(frozen=True)
class Finding:
    """``text[start:end]`` of the document is where it stands, in code points.

    ``insight`` is the heading that it belongs under, ``kind`` what people call its label,
    ``sentence`` the words around it, ``place`` its page and heading where they are known.
    ``confidence`` is a probability in 0..1, None where there is none.
    """

    insight: str
    kind: str
    value: str
    start: int
    end: int
    detail: str = ""
    confidence: float | None = None
    sentence: str = ""
    place: str = ""

    def row(self) -> dict[str, str | int | float | None]:
        """As a row of a table, in the order of ``COLUMNS``."""
        return {name: getattr(self, name) for name in COLUMNS}
