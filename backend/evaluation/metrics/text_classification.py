"""Text classification: accuracy, precision, recall and F1, and Matthews' correlation."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.errors import InputError
from backend.evaluation import formulas
from backend.evaluation.formulas import Metric, Share, class_columns, class_labels, share
from backend.evaluation.metrics.rows import Rows, of_columns, one_label

_POSITIVE: Final = frozenset({"1", "positive", "pos", "true", "yes", "label_1"})


def rows(gold: Sequence[str], predicted: Sequence[str]) -> Rows:
    """One row an example; its score is 1 where the label is right."""
    columns = one_label(gold, predicted)
    return of_columns(columns, np.asarray(columns["right"], dtype=np.float64))


def positive_label(
    gold: Sequence[str], predicted: Sequence[str], wanted: str | None = None
) -> str | None:
    """The class that ``f1`` is about: ``wanted``, or of two classes the one that is called
    positive, 1, true or yes, or else the last in order; None where there are more than two.

    Raises ``InputError`` where ``wanted`` is no class of gold or predictions.
    """
    found, known = {*gold, *predicted}, set(gold)
    if wanted is not None:
        if wanted not in found:
            raise InputError(
                f"No example is of the class “{wanted}”: choose one of {_listed(found)}."
            )
        return wanted
    two = known if len(known) == 2 else found
    if len(two) != 2:
        return None
    named = [label for label in sorted(two) if label.casefold() in _POSITIVE]
    return named[0] if len(named) == 1 else max(two)


def _listed(found: set[str]) -> str:
    names = sorted(found)
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def metrics(columns: Sequence[str], positive: str | None) -> tuple[Metric, ...]:
    """All metrics, the binary ones where there is a ``positive`` class."""
    known = class_labels(columns)
    binary = of_class(positive) if positive in known and positive is not None else ()
    return (
        share("accuracy", "right"),
        *binary,
        *(Metric(f"{kind}_macro", formulas.macro(known, kind)) for kind in ("f1", *_KINDS)),
        share("f1_micro", "right"),
        Metric("mcc", formulas.matthews(known)),
        *(metric for label in known for metric in of_class(label, suffix=f"/{label}")),
    )


_KINDS: Final = ("precision", "recall")


def of_class(label: str, *, suffix: str = "") -> tuple[Metric, ...]:
    """F1, precision and recall of one class, each with the share behind it."""
    hit, found, gold = class_columns(label)
    touched = Share(
        lambda totals: totals[hit],
        lambda totals: totals[found] + totals[gold] - totals[hit],
        as_f1=True,
    )
    return (
        Metric(f"f1{suffix}", formulas.f1(label), touched),
        share(f"precision{suffix}", hit, found),
        share(f"recall{suffix}", hit, gold),
    )
