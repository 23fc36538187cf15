"""What a task's scorer hands over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.errors import InputError
from backend.evaluation.formulas import Array, class_columns

_MOST_CELLS: Final = 20_000_000
"""Classes times examples: some 500 MB of counts."""


@dataclass(frozen=True)
class Rows:
    """One row of counts an example: ``counts`` (n, columns); ``scores`` (n,) from 0 to 1."""

    columns: tuple[str, ...]
    counts: Array
    scores: Array


def of_columns(columns: dict[str, Array | Sequence[float]], scores: Array) -> Rows:
    """Rows of named columns, each (n,)."""
    counts = np.column_stack([np.asarray(values, dtype=np.float64) for values in columns.values()])
    return Rows(tuple(columns), counts, scores)


def classes_of(labels: Iterable[str], n: int) -> list[str]:
    """The different ``labels`` in order; raises ``InputError`` where there are so many that the
    counts of ``n`` examples would not fit into memory: they are free text then.
    """
    found = sorted(set(labels))
    if len(found) * n > _MOST_CELLS:
        raise InputError(
            f"There are {len(found):,} different labels in {n:,} examples, more than can be "
            "counted: are they classes, or free text?"
        )
    return found


def one_label(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Array | Sequence[float]]:
    """The columns of examples that have one label each: ``n``, ``right``, and three a class."""
    wanted, found = np.array(gold, dtype=object), np.array(predicted, dtype=object)
    right = wanted == found
    columns: dict[str, Array | Sequence[float]] = {"n": np.ones(len(gold)), "right": right}
    for label in classes_of((*gold, *predicted), len(gold)):
        is_gold, is_found = wanted == label, found == label
        hits = is_gold & right
        columns |= zip(class_columns(label), (hits, is_found, is_gold), strict=True)
    return columns
