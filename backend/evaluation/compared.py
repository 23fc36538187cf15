"""Two records set side by side, with all that a screen or a report shows of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison
from backend.evaluation.conventions import NO_COMMON_LABELS
from backend.evaluation.examples import Examples, Value
from backend.evaluation.record import Details, Record, alarms_of_pair, compare_records
from backend.evaluation.report import Contents, report, report_data
from backend.evaluation.slices import Change, Changed, Slice, changes, slices

SMALLEST_SLICE = 5


@dataclass(frozen=True)
class Compared:
    """``records`` and ``answers`` are the baseline's and the other's; ``rows`` are the examples
    as the dataset has them, in the order of ``examples``.
    """

    comparison: Comparison
    records: tuple[Record, Record]
    answers: tuple[Sequence[Value], Sequence[Value]]
    examples: Examples
    rows: tuple[Mapping[str, Any], ...]
    slices: tuple[Slice, ...]
    changes: Mapping[Change, tuple[Changed, ...]]

    @property
    def settings(self) -> tuple[tuple[str, str, str], ...]:
        """The hyperparameters in which the two differ: name, and the value of either."""
        first, second = (record.model.hyperparameters for record in self.records)
        names = sorted({*first, *second})
        return tuple(
            (name, first.get(name, ""), second.get(name, ""))
            for name in names
            if first.get(name) != second.get(name)
        )

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What is unfair about this comparison: the baseline's settings, or its budget."""
        return alarms_of_pair(*self.records)

    @property
    def unfit(self) -> tuple[Record, ...]:
        """Those that answer in labels that the test data does not have: their scores say nothing,
        so there is no verdict.
        """
        return tuple(
            record
            for record in self.records
            if any(alarm.name == NO_COMMON_LABELS for alarm in record.alarms)
        )

    def html(self) -> str:
        """The report: one file that needs nothing else."""
        return report(self.comparison, self._contents())

    def json(self) -> str:
        """The same as data."""
        return json.dumps(
            report_data(self.comparison, self._contents()), ensure_ascii=False, indent=2
        )

    def _contents(self) -> Contents:
        sides = (self.comparison.first, self.comparison.second)
        alarms = {
            side.name: record.alarms for side, record in zip(sides, self.records, strict=True)
        }
        return Contents(
            alarms={**alarms, "the comparison": self.alarms},
            records=self.records,
            slices=self.slices,
            changes=self.changes,
            examples=self.examples,
            answers=self.answers,
            settings=self.settings,
        )


def compared(
    first: tuple[Record, Details],
    second: tuple[Record, Details],
    examples: Examples,
    rows: Sequence[Mapping[str, Any]],
    *,
    metric: str | None = None,
) -> Compared:
    """``second`` against ``first``, both scored on ``examples``; raises ``InputError`` where they
    were scored on different test data.
    """
    return Compared(
        comparison=compare_records(first, second, metric=metric),
        records=(first[0], second[0]),
        answers=(first[1].predicted, second[1].predicted),
        examples=examples,
        rows=tuple(rows),
        slices=slices(examples, first[1].scored, second[1].scored, smallest=SMALLEST_SLICE),
        changes=changes(first[1].scored, second[1].scored),
    )
