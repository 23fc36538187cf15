"""What was found in files: examples, or tables whose columns are to be mapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from backend.data.building import build
from backend.data.errors import FormatError
from backend.data.guessing import guess
from backend.data.schemas import Example
from backend.data.tables import LeftOut, Table
from backend.data.values import is_missing, is_whole, parsed

_LOOKED_AT: Final = 200
_LISTED: Final = 1_000
ByTask = Mapping[str, Mapping[str, Sequence[Example]]]


@dataclass(frozen=True)
class Examples:
    """Canonical examples by split (those of none under ""), what was done on the way, and the rows
    that none was made of.
    """

    parts: Mapping[str, Sequence[Example]]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Contents:
    """What was found: the ``format`` in words, the ``tasks`` that it may be for, the likeliest
    first, and either the examples ``found``, by task and split, or by split ``tables`` whose
    columns are to be mapped; ``reasons`` say for a task why, and ``left_out`` are rows that could
    not be read. Where all this is but a sample of the data, ``sizes`` are the rows of each split,
    ``guesses`` by task what all rows say about the columns, and ``without`` the rows that are
    without an example where the guesses for the likeliest task stay as they are.
    """

    format: str
    tasks: tuple[str, ...]
    found: ByTask = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    guesses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    without: tuple[LeftOut, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns to be mapped; none where the format says it all."""
        return tuple(dict.fromkeys(c for table in self.tables.values() for c in table.columns))

    def guess(self, task: str) -> dict[str, str]:
        """Field to column, as far as it can be told."""
        if task in self.guesses:
            return dict(self.guesses[task])
        first = next(iter(self.tables.values()), None)
        return guess(task, first) if first else {}

    def examples(
        self, task: str, mapping: Mapping[str, str] | None = None, *, names: Sequence[str] = ()
    ) -> Examples:
        """The canonical examples of ``task``; ``names`` say what numbers in labels or tags mean.

        Raises ``FormatError`` where they cannot be had.
        """
        if self.found:
            if task not in self.found:
                raise FormatError(f"{self.format} has no examples of this task: choose another.")
            left_out = self.left_out
            return Examples(self.found[task], (*self.notes, *counted(left_out)), left_out)
        parts: dict[str, Sequence[Example]] = {}
        rows = list(self.left_out)
        for split, table in self.tables.items():
            built = build(task, table, mapping or self.guess(task), names=names)
            parts[split] = built.examples
            rows += [
                replace(row, place=f"{row.place} of {split}") if split else row
                for row in built.left_out
            ]
        return Examples(parts, (*self.notes, *counted(rows)), tuple(rows))

    def preview(
        self,
        task: str,
        mapping: Mapping[str, str] | None = None,
        *,
        rows: int = 5,
        names: Sequence[str] = (),
    ) -> Sequence[Example]:
        """The first examples, made as ``examples`` makes all; raises ``FormatError`` likewise."""
        tables = {split: replace(t, rows=t.rows[: 20 * rows]) for split, t in self.tables.items()}
        parts = replace(self, tables=tables).examples(task, mapping, names=names).parts
        return next(iter(parts.values()))[:rows]

    def numbered(self, task: str, mapping: Mapping[str, str]) -> bool:
        """Whether labels or tags are numbers that the data itself gives no names."""
        column = mapping.get("tags" if task == "named_entities" else "label", "")
        values: list[object] = []
        for table in self.tables.values():
            if column in table.meanings:
                return False
            for row in table.rows[:_LOOKED_AT]:
                value = parsed(row.get(column))
                values += value if isinstance(value, list) else [value]
        return bool(values) and all(is_missing(value) or is_whole(value) for value in values)

    def sample(self, rows: int) -> "Contents":
        """These contents with no more than the first ``rows`` of each split."""
        return replace(
            self,
            found={
                task: {split: part[:rows] for split, part in parts.items()}
                for task, parts in self.found.items()
            },
            tables={split: replace(t, rows=t.rows[:rows]) for split, t in self.tables.items()},
            left_out=(),
            without=self._without()[:_LISTED],
            sizes=dict(self.counts),
            guesses={task: self.guess(task) for task in self.tasks} if self.tables else {},
        )

    def _without(self) -> tuple[LeftOut, ...]:
        try:
            return self.examples(self.tasks[0]).left_out
        except FormatError:  # said when people have chosen the columns
            return self.left_out

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows or examples of the likeliest task by split ("" for no split)."""
        if self.sizes:
            return self.sizes
        if self.tables:
            return {split: len(table.rows) for split, table in self.tables.items()}
        first = next(iter(self.found.values()), {})
        return {split: len(examples) for split, examples in first.items()}


def counted(left_out: Sequence[LeftOut]) -> list[str]:
    """How many rows were left out, and which is the first, for each reason."""
    by_reason: dict[str, list[LeftOut]] = {}
    for row in left_out:
        by_reason.setdefault(row.reason, []).append(row)
    return [
        f"{rows[0].place.capitalize()} was left out: {reason}."
        if len(rows) == 1
        else f"{len(rows):,} rows were left out, the first is {rows[0].place}: {reason}."
        for reason, rows in by_reason.items()
    ]
