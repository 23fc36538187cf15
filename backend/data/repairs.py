"""All findings put right in one go, each step with what it changes."""

from dataclasses import dataclass
from typing import Final

from backend.data.errors import DatasetError
from backend.data.findings import Finding, Report
from backend.data.fixes import FIXES, Fixed, apply
from backend.data.lint import lint
from backend.data.schemas import Splits

_ON_REQUEST: Final = frozenset(
    {"drop_long", "drop_rare_labels", "drop_long_summaries", "drop_unknown_labels"}
)
"""Fixes that lose examples which are right: people decide about these one by one."""

_MOST_STEPS: Final = 20


@dataclass(frozen=True)
class Step:
    """One fix: the finding that called for it and its ``rows``, what is done, and how many examples
    there are afterwards.
    """

    title: str
    rows: int
    note: str
    examples: int


@dataclass(frozen=True)
class Repairs:
    """The ``steps``, the ``splits`` after them, and what is ``left`` to decide."""

    steps: tuple[Step, ...]
    splits: Fixed
    left: Report


def apply_all(task: str, splits: Splits) -> Repairs:
    """Put right, the gravest first, every error and warning that has a fix without a loss; what a
    fix brings up is put right as well.
    """
    current: Fixed = {name: list(examples) for name, examples in splits.items()}
    steps: list[Step] = []
    failed: set[str] = set()
    report = lint(task, current)
    while len(steps) < _MOST_STEPS:
        chosen = next((found for one in report.findings if (found := _fix_of(one, failed))), None)
        if chosen is None:
            break
        finding, fix = chosen
        try:
            fixed = apply(fix, task, current)
        except DatasetError:  # nothing would be left
            failed.add(fix)
            continue
        if fixed == current:
            failed.add(fix)
            continue
        current = fixed
        count = sum(map(len, current.values()))
        steps.append(Step(finding.title, finding.count, FIXES[fix].note, count))
        report = lint(task, current)
    return Repairs(tuple(steps), current, report)


def _fix_of(finding: Finding, failed: set[str]) -> tuple[Finding, str] | None:
    """The recommended fix of ``finding``, where it is one to apply unasked."""
    if finding.severity == "note":
        return None
    fix = next(iter(finding.fixes), "")
    return (finding, fix) if fix and fix not in failed | _ON_REQUEST else None
