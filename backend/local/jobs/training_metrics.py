"""Metric values out of a job's log, by the regular expressions of its metric definitions."""

import re
from collections.abc import Iterator, Mapping, Sequence

_LONGEST_LINE = 16 * 1024


class MetricReader:
    """Reads lines; a metric's value is the first group of its expression, or the whole match."""

    def __init__(self, definitions: Sequence[Mapping[str, str]]) -> None:
        self._patterns = [(d["Name"], re.compile(d["Regex"])) for d in definitions]

    def read(self, line: str) -> Iterator[tuple[str, float]]:
        """(name, value) of each match that is a number: an integer, a float, nan or inf."""
        line = line[:_LONGEST_LINE]
        for name, pattern in self._patterns:
            for match in pattern.finditer(line):
                text = match[1] if pattern.groups else match[0]
                value = _number(text)
                if value is not None:
                    yield name, value


def _number(text: str | None) -> float | None:
    if text is None or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None
