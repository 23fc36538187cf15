"""Where two models differ: parts of the test set, and the examples themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from backend.evaluation.examples import Examples
from backend.evaluation.formulas import Array
from backend.evaluation.intervals import Interval, bca
from backend.evaluation.resampling import SEED, bootstrap_sums, leave_one_out
from backend.evaluation.scoring import Scored

SMALLEST: Final = 20
"""Examples that a slice must have to be shown."""
_RESAMPLES: Final = 2_000
_MOST: Final = 30

Kind = Literal["class", "length", "source"]
Change = Literal["fixed", "broken", "both_wrong", "both_right"]
CHANGES: Final[tuple[Change, ...]] = ("fixed", "broken", "both_wrong", "both_right")
_GOOD: Final[Mapping[str, float]] = {"summarization": 0.5}
"""The score from which on an answer counts as right; 1 (all of it right) for the other tasks."""


@dataclass(frozen=True)
class Slice:
    """The mean score of an answer (0..1) in one part of the test set, and the difference."""

    kind: Kind
    name: str
    n: int
    first: float
    second: float
    difference: Interval


@dataclass(frozen=True)
class Changed:
    """One example: where it is in the test set, and how good either model's answer is, 0..1."""

    place: int
    id: str
    first: float
    second: float

    @property
    def change(self) -> float:
        """Above 0 where the second model is better."""
        return self.second - self.first


def slices(
    examples: Examples, first: Scored, second: Scored, *, smallest: int = SMALLEST
) -> tuple[Slice, ...]:
    """Parts by class, length and source with at least ``smallest`` examples each.

    An example with several classes (entities) is in each of their parts; lengths are thirds.
    """
    parts: list[tuple[Kind, str, list[int]]] = []
    ways: tuple[tuple[Kind, list[tuple[str, ...]]], ...] = (
        ("class", _classes(examples)),
        ("length", _lengths(examples)),
        ("source", [(group,) if group else () for group in examples.groups]),
    )
    for kind, names in ways:
        places: dict[str, list[int]] = {}
        for place, mine in enumerate(names):
            for name in mine:
                places.setdefault(name, []).append(place)
        large = [(name, found) for name, found in places.items() if len(found) >= smallest]
        large.sort(key=lambda part: -len(part[1]))
        parts += [(kind, name, found) for name, found in large[:_MOST] if len(places) > 1]
    return tuple(
        _slice(kind, name, first.scores[found], second.scores[found]) for kind, name, found in parts
    )


def _classes(examples: Examples) -> list[tuple[str, ...]]:
    if examples.task == "named_entities":
        return [
            tuple(sorted({one.label for one in found if not isinstance(one, str)}))
            or ("no entities",)
            for found in examples.gold
        ]
    if examples.task == "question_answering":
        return [("answerable",) if answers else ("unanswerable",) for answers in examples.gold]
    if examples.task == "summarization":
        return [()] * len(examples.ids)
    return [(label,) if isinstance(label, str) else () for label in examples.gold]


def _lengths(examples: Examples) -> list[tuple[str, ...]]:
    lengths = np.array([len(text.split()) for text in examples.texts])
    if not lengths.any():
        return [()] * len(lengths)
    low, high = (int(limit) for limit in np.quantile(lengths, [1 / 3, 2 / 3]))
    return [
        (f"up to {low} words",)
        if length <= low
        else (f"{low + 1} to {high} words",)
        if length <= high
        else (f"more than {high} words",)
        for length in lengths
    ]


def _slice(kind: Kind, name: str, first: Array, second: Array) -> Slice:
    rows = np.column_stack([np.ones(len(first)), second - first])
    sums = bootstrap_sums(rows, resamples=_RESAMPLES, seed=SEED)
    left_out, counts = leave_one_out(rows)
    mean = float(rows[:, 1].mean())
    spread = bca(mean, sums[:, 1] / sums[:, 0], left_out[:, 1] / left_out[:, 0], counts)
    return Slice(kind, name, len(first), float(first.mean()), float(second.mean()), spread)


def changes(first: Scored, second: Scored) -> dict[Change, tuple[Changed, ...]]:
    """Every example in one of four sets, each sorted by how much the answer changed.

    Fixed: wrong before and right now; broken: the reverse. In the two sets where both are wrong or
    both right, the largest change in either direction comes first.
    """
    good = _GOOD.get(first.task, 1.0) - 1e-9
    found: dict[Change, list[Changed]] = {name: [] for name in CHANGES}
    for place, name in enumerate(first.ids):
        one = Changed(place, name, float(first.scores[place]), float(second.scores[place]))
        found[_kind(one.first >= good, one.second >= good)].append(one)
    return {
        name: tuple(sorted(members, key=lambda one: -abs(one.change)))
        for name, members in found.items()
    }


def _kind(before: bool, now: bool) -> Change:  # noqa: FBT001 - two facts
    if before == now:
        return "both_right" if now else "both_wrong"
    return "fixed" if now else "broken"


def confusion(
    gold: Sequence[str], predicted: Sequence[str]
) -> tuple[tuple[str, ...], list[list[int]]]:
    """The classes in order, and how often each (row: gold) was taken for each (column)."""
    names = tuple(sorted({*gold, *predicted}))
    place = {name: at for at, name in enumerate(names)}
    table = [[0] * len(names) for _ in names]
    for one, other in zip(gold, predicted, strict=True):
        table[place[one]][place[other]] += 1
    return names, table
