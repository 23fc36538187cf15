"""Scores and comparisons as plain text and as plain data."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison
from backend.evaluation.intervals import Interval
from backend.evaluation.scoring import title


def score_data(n: int, metrics: Mapping[str, Interval], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """``{"n", "metrics": {name: {"value", "low", "high"}}, "alarms": […]}``."""
    return {
        "n": n,
        "metrics": {name: interval_data(found) for name, found in metrics.items()},
        "alarms": [alarm_data(alarm) for alarm in alarms],
    }


def interval_data(found: Interval) -> dict[str, float]:
    """One interval."""
    return {"value": found.value, "low": found.low, "high": found.high}


def alarm_data(alarm: Alarm) -> dict[str, str]:
    """One alarm."""
    return {"name": alarm.name, "level": alarm.level, "message": alarm.message}


def comparison_data(
    comparison: Comparison, alarms: Mapping[str, Sequence[Alarm]]
) -> dict[str, Any]:
    """``score_data`` of the second model and ``"differences"``, ``"verdict"``, with the first's
    metrics as ``"baseline"``; ``alarms`` are by the model's name.
    """
    first, second = comparison.first, comparison.second
    return {
        "task": comparison.task,
        "n": comparison.n,
        "models": [first.name, second.name],
        "metrics": {name: interval_data(found) for name, found in second.metrics.items()},
        "baseline": {name: interval_data(found) for name, found in first.metrics.items()},
        "differences": {
            name: {"value": gap.value, "low": gap.low, "high": gap.high, "p_value": gap.p_value}
            for name, gap in comparison.differences.items()
        },
        "tests": {name: gap.test for name, gap in comparison.differences.items()},
        "metric": comparison.metric,
        "p_value": comparison.p_value,
        "comparisons": comparison.family,
        "outcome": comparison.outcome,
        "examples_needed": comparison.needed,
        "detectable_difference": comparison.detectable,
        "verdict": comparison.verdict,
        "alarms": alarms_data(alarms),
    }


def family_data(
    comparisons: Sequence[Comparison], alarms: Mapping[str, Sequence[Alarm]]
) -> dict[str, Any]:
    """Several comparisons that were judged together, and the alarms of all models."""
    return {
        "n": comparisons[0].n,
        "models": list(alarms),
        "correction": "Holm",
        "comparisons": [comparison_data(one, {}) for one in comparisons],
        "alarms": alarms_data(alarms),
    }


def alarms_data(alarms: Mapping[str, Sequence[Alarm]]) -> list[dict[str, str]]:
    """Alarms with the model that each is about."""
    return [
        {"model": name, **alarm_data(alarm)} for name, found in alarms.items() for alarm in found
    ]


def score_table(
    n: int,
    metrics: Mapping[str, Interval],
    alarms: Sequence[Alarm],
    errors: Mapping[str, int] = MappingProxyType({}),
) -> str:
    """A line a metric, the number of examples, that of mistakes by kind, then the alarms."""
    rows = [
        (title(name), f"{found.value:.4f}", f"[{found.low:.4f}, {found.high:.4f}]")
        for name, found in metrics.items()
    ]
    text = _columns(("metric", "value", "95 % interval"), rows)
    kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in errors.items())
    mistakes = [f"mistakes: {kinds}"] if kinds else []
    return "\n".join([text, "", f"n = {n:,}", *mistakes, *_alarm_lines({"": alarms})])


def comparison_table(comparison: Comparison, alarms: Mapping[str, Sequence[Alarm]]) -> str:
    """The verdict, a line a metric, then the alarms."""
    rows = []
    for name, gap in comparison.differences.items():
        values = [
            f"{side.metrics[name].value:.4f}" if name in side.metrics else "–"
            for side in (comparison.first, comparison.second)
        ]
        written = f"{gap.value:+.4f}", f"[{gap.low:+.4f}, {gap.high:+.4f}]", f"{gap.p_value:.4f}"
        rows.append((title(name), *values, *written))
    head = (
        "metric",
        comparison.first.name,
        comparison.second.name,
        "difference",
        "95 % interval",
        "p",
    )
    return "\n".join([comparison.verdict, "", _columns(head, rows), *_alarm_lines(alarms)])


def family_table(comparisons: Sequence[Comparison], alarms: Mapping[str, Sequence[Alarm]]) -> str:
    """A verdict and a line for each comparison, then the alarms."""
    rows = []
    for one in comparisons:
        gap = one.differences[one.metric]
        written = f"{gap.value:+.4f}", f"[{gap.low:+.4f}, {gap.high:+.4f}]", f"{one.p_value:.4f}"
        rows.append((f"{one.second.name} against {one.first.name}", *written))
    head = (title(comparisons[0].metric), "difference", "95 % interval", "p (Holm)")
    verdicts = [one.verdict for one in comparisons]
    return "\n".join([*verdicts, "", _columns(head, rows), *_alarm_lines(alarms)])


def _alarm_lines(alarms: Mapping[str, Sequence[Alarm]]) -> list[str]:
    lines = []
    for name, found in alarms.items():
        for alarm in found:
            kind = "ALARM" if alarm.level == "alarm" else "Note"
            lines.append(f"{kind}{f' ({name})' if name else ''}: {alarm.message}")
    return ["", *lines] if lines else []


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    )
