"""Train, validation and test: seeded, by group, alike in their labels."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.data.content import in_order
from backend.data.errors import DatasetError
from backend.data.groups import groups_of
from backend.data.schemas import SPLITS, Example, Splits, schema_of

UNSPLIT: Final = ""
"""Where examples stand that no file says the split of."""

_ALL: Final = "\0all"
"""Counts every example, beside the labels."""


@dataclass(frozen=True)
class Fractions:
    """The shares of examples to hold out, each 0 or between 0 and 1; the rest is to train on."""

    validation: float = 0.1
    test: float = 0.1


DEFAULT: Final = Fractions()


def split(
    task: str, parts: Splits, *, fractions: Fractions = DEFAULT, seed: int = 0
) -> dict[str, list[Example]]:
    """The splits of a dataset. ``parts`` holds examples by split, those of none under ``""``.

    A split that is given stays as it is; one that is missing is taken out of the rest, whole
    groups at a time, as far as possible with the same mixture of labels. The same examples and
    seed give the same splits, in whatever order they come.

    Raises ``DatasetError`` where there is nothing to take it from.
    """
    _require(fractions)
    given = {name: list(parts[name]) for name in SPLITS if parts.get(name)}
    rest = [*parts.get(UNSPLIT, ()), *given.pop("train", [])]
    shares = {"validation": fractions.validation, "test": fractions.test}
    missing = {name: share for name, share in shares.items() if share and name not in given}
    if not rest:
        raise DatasetError("There are no examples to train on: add a file of them.")
    taken = _divide(task, rest, missing, seed)
    return {name: part for name in SPLITS if (part := given.get(name) or taken.get(name))}


def _require(fractions: Fractions) -> None:
    held = (fractions.validation, fractions.test)
    if min(held) < 0 or sum(held) >= 1:
        raise DatasetError("Validation and test together must leave something to train on.")


class _Plan:
    """How many examples of each label a split is still to get."""

    def __init__(self, share: float, totals: Counter[str]) -> None:
        self.share = share
        self.left = {label: share * count for label, count in totals.items()}

    def wish(self, group: Counter[str], totals: Counter[str]) -> float:
        """How well ``group`` fits: for each label in it, how much of all there is of it is still
        wanted, so that rare labels count as much as frequent ones.
        """
        return sum(
            count / totals[label] * (self.left[label] / totals[label])
            for label, count in group.items()
        )

    def room(self, group: Counter[str]) -> bool:
        """Whether at least half of ``group`` is wanted."""
        return 2 * self.left[_ALL] >= group[_ALL]

    def take(self, group: Counter[str]) -> None:
        """Count ``group`` as taken."""
        for label, count in group.items():
            self.left[label] -= count


def _divide(
    task: str, examples: Sequence[Example], missing: Mapping[str, float], seed: int
) -> dict[str, list[Example]]:
    """Greedy stratification over groups, after Sechidis et al. 2011 ("On the stratification of
    multi-label data"), where each group goes to the split that wants it most.
    """
    if not missing:
        return {"train": list(examples)}
    schema = schema_of(task)
    ordered = in_order(examples)
    members: dict[str, list[Example]] = defaultdict(list)
    for name, example in zip(groups_of(schema, ordered), ordered, strict=True):
        members[name].append(example)
    if len(members) <= len(missing):
        raise DatasetError(
            "There are too few different documents to hold any out: add more, or bring the "
            "splits as files of their own."
        )
    counts = {name: _counts(schema.labels, group) for name, group in members.items()}
    totals: Counter[str] = Counter()
    for one in counts.values():
        totals.update(one)
    plans = {"train": _Plan(1 - sum(missing.values()), totals)}
    plans |= {name: _Plan(share, totals) for name, share in missing.items()}
    places: dict[str, list[str]] = {name: [] for name in plans}
    for name in sorted(members, key=lambda name: _draw(seed, name)):
        split = _best(plans, counts[name], totals)
        plans[split].take(counts[name])
        places[split].append(name)
    _fill(places, members)
    return {
        split: [example for name in names for example in members[name]]
        for split, names in places.items()
    }


def _counts(labels: Callable[[Example], list[str]], group: Sequence[Example]) -> Counter[str]:
    found = Counter(label for example in group for label in labels(example))
    found[_ALL] = len(group)
    return found


def _draw(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode("utf-8", "replace")).digest()


def _best(plans: Mapping[str, _Plan], group: Counter[str], totals: Counter[str]) -> str:
    roomy = [name for name, plan in plans.items() if plan.room(group)] or ["train"]
    return max(roomy, key=lambda name: (plans[name].wish(group, totals), plans[name].share))


def _fill(places: dict[str, list[str]], members: Mapping[str, Sequence[Example]]) -> None:
    """Give every split a group at least: the smallest of the one that has most."""
    for names in places.values():
        if not names:
            richest = max(places.values(), key=len)
            smallest = min(richest, key=lambda name: (len(members[name]), name))
            richest.remove(smallest)
            names.append(smallest)
