"""What a task's scorer hands over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.evaluation.formulas import Array, class_columns


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


def one_label(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Array | Sequence[float]]:
    """The columns of examples that have one label each: ``n``, ``right``, and three a class."""
    wanted, found = np.array(gold, dtype=object), np.array(predicted, dtype=object)
    right = wanted == found
    columns: dict[str, Array | Sequence[float]] = {"n": np.ones(len(gold)), "right": right}
    for label in sorted({*gold, *predicted}):
        is_gold, is_found = wanted == label, found == label
        hits = is_gold & right
        columns |= zip(class_columns(label), (hits, is_found, is_gold), strict=True)
    return columns
