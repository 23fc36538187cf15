"""What a running job's log has said so far: its lines, metric series, progress and time left.

A ``Reading`` is immutable and holds the place up to which the log was read: give it back to
``Jobs.read`` and only what is new is fetched.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from backend.cloud.logs import LogLine
from backend.jobs.patterns import Found, Pattern, PatternError
from backend.tasks.recipes.base import MetricDefinition, Objective

MOST_LINES: Final = 2_000
MOST_POINTS: Final = 5_000
_STEP: Final = re.compile(r"^\[metrics\] step=([0-9]{1,15});")
_REPEATED: Final = "[kept] "
"""How the trainer begins the line that says again, at the end, what the kept weights reached."""


@dataclass(frozen=True)
class Point:
    """A value of a metric at a step (its ordinal where the log does not say steps)."""

    step: int
    value: float
    time: datetime


@dataclass(frozen=True)
class Progress:
    """Step ``step`` of ``steps``, the part of the work that is done, and the seconds left (None
    until two reports allow an estimate).
    """

    step: int
    steps: int
    fraction: float
    seconds_left: float | None


@dataclass(frozen=True)
class Reading:
    """The log of a job, as far as it was read. ``lines`` are the last 2,000, ``count`` all."""

    lines: tuple[LogLine, ...] = ()
    count: int = 0
    series: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    stream: str = ""
    token: str = ""

    def last(self, metric: str) -> float | None:
        """The latest value of ``metric``."""
        points = self.series.get(metric, ())
        return points[-1].value if points else None

    def best(self, objective: Objective) -> Point | None:
        """The best point of the objective so far: the checkpoint that is kept."""
        best: Point | None = None
        for point in self.series.get(objective.metric, ()):
            if math.isnan(point.value):
                continue
            if best is None or objective.better(point.value, best.value):
                best = point
        return best

    def progress(self, now: datetime | None = None) -> Progress | None:
        """How far the job is, from the trainer's own reports; None where it makes none."""
        points = [p for p in self.series.get("progress", ()) if 0.0 <= p.value <= 1.0]
        if not points:
            return None
        first, last = points[0], points[-1]
        steps = self.last("total_steps")
        if steps is None or not math.isfinite(steps):
            steps = last.step / last.value if last.value else 0
        return Progress(last.step, round(steps), last.value, _left(first, last, now))

    def find(self, text: str) -> tuple[LogLine, ...]:
        """The lines kept that contain ``text``, whatever its case."""
        wanted = text.casefold()
        return tuple(line for line in self.lines if wanted in line.message.casefold())

    def text(self) -> str:
        """The lines kept, for a download."""
        return "".join(f"{line.time:%Y-%m-%dT%H:%M:%SZ} {line.message}\n" for line in self.lines)


def _left(first: Point, last: Point, now: datetime | None) -> float | None:
    """Seconds left at the pace between the two reports."""
    done = last.value - first.value
    if last.value >= 1.0:
        return 0.0
    if done <= 0:
        return None
    pace = (last.time - first.time).total_seconds() / done
    since = ((now or datetime.now(UTC)) - last.time).total_seconds()
    return max(0.0, pace * (1.0 - last.value) - max(0.0, since))


def extended(
    reading: Reading, new: Iterable[LogLine], definitions: Iterable[MetricDefinition]
) -> Reading:
    """``reading`` with ``new`` lines, whose metrics are read by ``definitions``.

    A definition that is not a pattern, or takes too long, reads nothing.
    """
    lines = tuple(new)
    patterns = _compiled(definitions)
    series = {name: list(points) for name, points in reading.series.items()}
    for line in lines:
        if line.message.startswith(_REPEATED):
            continue
        for name, pattern in list(patterns.items()):
            try:
                found = pattern.find(line.message)
            except PatternError:
                del patterns[name]
                continue
            if found:
                _add(series.setdefault(name, []), found, line)
    return replace(
        reading,
        lines=(reading.lines + lines)[-MOST_LINES:],
        count=reading.count + len(lines),
        series={name: tuple(points[-MOST_POINTS:]) for name, points in series.items()},
    )


def _add(points: list[Point], found: Iterable[Found], line: LogLine) -> None:
    """Add what was found in ``line``; a job that went on from a checkpoint says some steps again,
    and the last word counts.
    """
    step = _STEP.match(line.message)
    while step and points and points[-1].step >= int(step.group(1)):
        points.pop()
    for match in found:
        if match.value is not None:
            at = int(step.group(1)) if step else (points[-1].step + 1 if points else 1)
            points.append(Point(at, match.value, line.time))


def _compiled(definitions: Iterable[MetricDefinition]) -> dict[str, Pattern]:
    patterns = {}
    for definition in definitions:
        try:
            patterns[definition.name] = Pattern(definition.regex)
        except PatternError:
            continue
    return patterns
