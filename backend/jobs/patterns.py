"""Regular expressions that users write, with a limit on their time."""

import math
import re
from dataclasses import dataclass
from typing import Final

import regex  # type: ignore[import-untyped]

LONGEST_PATTERN: Final = 500
"""Characters; SageMaker's own limit for a metric's Regex."""
LONGEST_LINE: Final = 10_000
_SECONDS: Final = 0.25
_REST_OF_NUMBER: Final = re.compile(r"[-+]?[0-9.]*(?:[eE][-+]?[0-9]+)|[0-9.]+|[a-zA-Z]+")


class PatternError(ValueError):
    """Raised for a pattern that cannot be used; its message is a sentence."""


@dataclass(frozen=True)
class Found:
    """A match in a line: its first group as it stands there (``raw``), the place of that group,
    and the number that it is (None: it is none).
    """

    raw: str
    start: int
    end: int
    value: float | None
    cut: str = ""
    """What follows the group and belongs to the same number: it was misread."""


class Pattern:
    """A compiled pattern; raises ``PatternError`` where it is not one, or has no group."""

    def __init__(self, text: str) -> None:
        if not 1 <= len(text) <= LONGEST_PATTERN:
            raise PatternError(f"A pattern has 1 to {LONGEST_PATTERN} characters.")
        try:
            self._compiled = regex.compile(text)
        except regex.error as error:
            raise PatternError(f"The pattern cannot be read: {error}.") from None
        if self._compiled.groups < 1:
            raise PatternError("The pattern has no group: put the number in parentheses.")

    def find(self, line: str) -> tuple[Found, ...]:
        """All matches in ``line`` (its first 10,000 characters).

        Raises ``PatternError`` where that takes too long.
        """
        line = line[:LONGEST_LINE]
        try:
            matches = list(self._compiled.finditer(line, timeout=_SECONDS))
        except TimeoutError:
            raise PatternError("The pattern takes too long: make it simpler.") from None
        return tuple(_found(match, line) for match in matches if match.group(1) is not None)


def _found(match: "regex.Match[str]", line: str) -> Found:
    raw = match.group(1)
    value = number(raw)
    rest = _REST_OF_NUMBER.match(line, match.end(1)) if value is not None else None
    joined = raw + rest.group(0) if rest else raw
    longer = number(joined) if rest else None
    cut = rest.group(0) if rest and longer is not None and not _same(longer, value) else ""
    return Found(raw, match.start(1), match.end(1), value, cut)


def number(text: str) -> float | None:
    """The number that ``text`` is, nan and inf among them; None where it is none."""
    try:
        return float(text.replace("_", "x"))
    except ValueError:
        return None


def _same(one: float, other: float | None) -> bool:
    return other is not None and (one == other or (math.isnan(one) and math.isnan(other)))
