"""The regex tester: what metric definitions read in a log, and what they miss or misread."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.jobs.patterns import Pattern, PatternError
from backend.tasks.recipes.base import MetricDefinition

MOST_LINES: Final = 5_000


@dataclass(frozen=True)
class LineMatch:
    """A value that a definition read: line number from 1, its text, the place of the number."""

    line: int
    text: str
    metric: str
    raw: str
    start: int
    end: int
    value: float | None


@dataclass(frozen=True)
class RegexReport:
    """All matches by line, the values of each metric in order, and what is wrong."""

    matches: tuple[LineMatch, ...]
    values: Mapping[str, tuple[float, ...]]
    warnings: tuple[str, ...] = ()

    def last(self, metric: str) -> float | None:
        """The value that counts at the end of a job: the last one."""
        found = self.values.get(metric, ())
        return found[-1] if found else None


@dataclass
class _Notes:
    """Warnings, each once with the first line that showed it."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, sentence: str) -> None:
        self.found.setdefault(kind, sentence)


def read_log(text: str, definitions: Iterable[MetricDefinition]) -> RegexReport:
    """Apply ``definitions`` to the lines of ``text`` (5,000 at most) as SageMaker would."""
    lines = text.splitlines()
    notes = _Notes()
    if len(lines) > MOST_LINES:
        notes.add("long", f"Only the first {MOST_LINES:,} of {len(lines):,} lines were read.")
    matches: list[LineMatch] = []
    values: dict[str, tuple[float, ...]] = {}
    for definition in definitions:
        found = _read(lines[:MOST_LINES], definition, notes)
        matches += found
        values[definition.name] = tuple(m.value for m in found if m.value is not None)
    matches.sort(key=lambda match: (match.line, match.start))
    return RegexReport(tuple(matches), values, tuple(notes.found.values()))


def _read(lines: Sequence[str], definition: MetricDefinition, notes: _Notes) -> list[LineMatch]:
    name = definition.name
    try:
        pattern = Pattern(definition.regex)
        matches = []
        for number, line in enumerate(lines, start=1):
            for found in pattern.find(line):
                matches.append(
                    LineMatch(number, line, name, found.raw, found.start, found.end, found.value)
                )
                _note(name, number, found.raw, found.value, found.cut, notes)
    except PatternError as error:
        notes.add(f"pattern {name}", f"{name}: {error}")
        return []
    if lines and not matches:
        notes.add(f"none {name}", f"{name}: the pattern matches no line.")
    return matches


def _note(name: str, line: int, raw: str, value: float | None, cut: str, notes: _Notes) -> None:
    if value is None:
        notes.add(f"text {name}", f"{name}: “{raw}” in line {line} is not a number.")
    elif cut:
        notes.add(
            f"cut {name}",
            f"{name}: line {line} says {raw}{cut}, but the pattern reads {raw}.",
        )
    elif not math.isfinite(value):
        notes.add(f"nan {name}", f"{name}: line {line} says {raw}: the training diverged there.")


SAMPLES: Final = (0.5, 5.97e-05, -1.25e17, 2, float("nan"), float("inf"))
"""Numbers in every form that Python prints."""


def sample_line(metric: str, value: float) -> str:
    """A line as ``model_code`` prints it."""
    return f"[metrics] step=12; {metric}={value!r};"


def metric_read(definition: MetricDefinition, names: Iterable[str]) -> str:
    """Whose lines ``definition`` reads: of the metric of its own name, or else of one of ``names``,
    which a definition may call otherwise.
    """
    try:
        pattern = Pattern(definition.regex)
    except PatternError:
        return definition.name
    candidates = (definition.name, *names)
    read = (name for name in candidates if _as_read(pattern, name, SAMPLES[0]) != "nothing")
    return next(read, definition.name)


def misreadings(definition: MetricDefinition, metric: str = "") -> tuple[str, ...]:
    """What ``definition`` gets wrong in the lines that our trainers print of ``metric`` (that
    of its own name unless given); empty where nothing.

    The answer to "misses" comes first: a definition for other lines reads none of ours.
    """
    try:
        pattern = Pattern(definition.regex)
        wrong = [
            f"{value!r} is read as {read}"
            for value in SAMPLES
            if (read := _as_read(pattern, metric or definition.name, value)) != repr(float(value))
        ]
    except PatternError as error:
        return (str(error),)
    return tuple(wrong)


def _as_read(pattern: Pattern, metric: str, value: float) -> str:
    found = pattern.find(sample_line(metric, value))
    if not found:
        return "nothing"
    return repr(found[-1].value)
