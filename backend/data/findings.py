"""What a check of a dataset says: findings with their rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final, Literal

from backend.data.schemas import Example, Schema, Splits
from backend.data.stats import label_counts

Severity = Literal["error", "warning", "note"]

SHOWN: Final = 50
"""Rows that a finding lists; ``count`` says how many there are."""

_EXCERPT: Final = 160
_REVISION: Final = 2
"""Counts up with every change of the checks, so that reports made before it are made anew."""


@dataclass(frozen=True)
class Place:
    """One row: its split, its number from 0, how it begins, and what is wrong with it."""

    split: str
    row: int
    text: str
    detail: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a dataset: errors should be put right before anyone pays for
    training, warnings cost quality, notes are worth knowing.

    ``places`` are the first of ``count`` rows (0: it is about the dataset as a whole); ``fixes``
    are names in ``backend.data.fixes.FIXES``, the recommended one first.
    """

    check: str
    severity: Severity
    title: str
    advice: str
    count: int = 0
    places: tuple[Place, ...] = ()
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All findings of a dataset, the gravest first."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Findings that should be put right first."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Findings that cost quality."""
        return sum(finding.severity == "warning" for finding in self.findings)


class Data:
    """A dataset under examination: what several checks need is computed once.

    Findings list the first ``shown`` of their rows, or with None all of them.
    """

    def __init__(self, schema: Schema, splits: Splits, *, shown: int | None = SHOWN) -> None:
        self.schema = schema
        self.splits = splits
        self._shown = shown

    def rows(self) -> Iterator[tuple[str, int, Example]]:
        """Every example with its split and number."""
        for split, examples in self.splits.items():
            for row, example in enumerate(examples):
                yield split, row, example

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """The key of every example by split."""
        return {name: [self.schema.key(e) for e in part] for name, part in self.splits.items()}

    @cached_property
    def labels(self) -> dict[str, dict[str, int]]:
        """How often each label occurs in each split."""
        return {name: label_counts(self.schema, part) for name, part in self.splits.items()}

    def finding(
        self,
        check: str,
        severity: Severity,
        title: str,
        advice: str,
        rows: Sequence[tuple[str, int, str]],
        *fixes: str,
    ) -> Iterable[Finding]:
        """A finding about ``rows`` (split, number, detail); none where there are no rows."""
        if rows:
            places = tuple(
                Place(split, row, self._excerpt(split, row), detail)
                for split, row, detail in rows[: self._shown]
            )
            yield Finding(check, severity, title, advice, len(rows), places, fixes)

    def _excerpt(self, split: str, row: int) -> str:
        example = self.splits[split][row]
        text = str(example["question"] if "question" in example else self.schema.text(example))
        line = " ".join(text[: 4 * _EXCERPT].split())
        return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"


def report_of(report: Report) -> dict[str, Any]:
    """``report`` as JSON."""
    return {"revision": _REVISION, **asdict(report)}


def report_from(content: Any) -> Report | None:
    """The report in JSON; None where other checks than today's made it.

    Raises ``ValueError`` where it is no report.
    """
    try:
        if content["revision"] != _REVISION:
            return None
        return Report(
            tuple(
                Finding(
                    **finding
                    | {
                        "places": tuple(Place(**place) for place in finding["places"]),
                        "fixes": tuple(finding["fixes"]),
                    }
                )
                for finding in content["findings"]
            )
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a report") from error
