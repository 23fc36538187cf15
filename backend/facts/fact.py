"""One key fact of a document, with the sentence that says it."""

from dataclasses import dataclass
from typing import Final, Literal

from backend.tasks.base import Span

FactKind = Literal["party", "deadline", "obligation", "amount", "date", "contact"]

KINDS: Final[tuple[FactKind, ...]] = (
    "party",
    "deadline",
    "obligation",
    "amount",
    "date",
    "contact",
)
"""In the order in which a reader of a contract looks for them."""


@dataclass(frozen=True)
class Fact:
    """A short ``value``, and ``about``: what it is of, what happens then, who has to do what.

    ``place`` is where the value stands, ``sentence`` what it was read from: spans of the document.
    ``weight`` is how much it matters beside others of the document, about 0 to 3.
    """

    kind: FactKind
    value: str
    about: str
    place: Span
    sentence: Span
    weight: float = 1.0


@dataclass(frozen=True)
class Statement:
    """A sentence of running text, on one line; ``text[at]`` is ``document[start + at]``.

    Line breaks have become blanks, one for one, so that places stay those of the document.
    """

    start: int
    text: str
    source: str
    """The same as it stands in the document."""

    @property
    def span(self) -> Span:
        """The sentence as a span of the document."""
        return Span(self.start, self.start + len(self.source), self.source)

    def part(self, start: int, end: int) -> Span:
        """``text[start:end]`` as a span of the document."""
        return Span(self.start + start, self.start + end, self.source[start:end])
