"""Relation extraction as SemEval-2010 Task 8 scores it (Hendrickx et al. 2010, section 4).

Labels are "Cause-Effect(e1,e2)", "Cause-Effect(e2,e1)" and "Other", or any set of that shape. The
official score is the mean F1 of the relations, a relation's two directions being one class and the
right relation in the wrong direction an error, without ``Other``. Two more conventions are shown:
with ``Other`` as one more class, and every directed label a class of its own (scikit-learn's
macro-F1, which the original solution reports).
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.evaluation import formulas
from backend.evaluation.formulas import Metric, class_columns, class_labels, share
from backend.evaluation.metrics.rows import Rows, of_columns, one_label
from backend.tasks.relation_extraction import NEGATIVE, directed

_DIRECTED: Final = "directed:"
_DIRECTION: Final = re.compile(r"\(e[12],e[12]\)$")


def rows(gold: Sequence[str], predicted: Sequence[str]) -> Rows:
    """One row an example; its score is 1 where relation and direction are right."""
    wanted, answered = [directed(label) for label in gold], [directed(label) for label in predicted]
    directions = one_label(wanted, answered)
    right = np.asarray(directions["right"], dtype=bool)
    columns = {"n": directions["n"], "right": directions["right"]}
    kinds = np.array([relation(label) for label in wanted], dtype=object)
    guesses = np.array([relation(label) for label in answered], dtype=object)
    for name in sorted({*kinds, *guesses}):
        counted = ((kinds == name) & right, guesses == name, kinds == name)
        columns |= zip(class_columns(name), counted, strict=True)
    columns |= {
        _DIRECTED + name: values
        for name, values in directions.items()
        if name not in ("n", "right")
    }
    return of_columns(columns, np.asarray(right, dtype=np.float64))


def relation(label: str) -> str:
    """A directed label without its direction."""
    return _DIRECTION.sub("", label)


def metrics(columns: Sequence[str]) -> tuple[Metric, ...]:
    """The official score first, then the other conventions, then each relation."""
    known = class_labels(columns)
    relations = tuple(name for name in known if name not in NEGATIVE)
    labels = class_labels([c.removeprefix(_DIRECTED) for c in columns if c.startswith(_DIRECTED)])
    return (
        Metric("f1_macro", formulas.macro(relations, gold_only=True)),
        Metric("f1_macro_with_other", formulas.macro(known, gold_only=True)),
        Metric("f1_macro_directed", formulas.macro(labels, prefix=_DIRECTED)),
        Metric("f1_micro", formulas.micro(relations, "f1")),
        share("accuracy", "right"),
        *(Metric(f"f1/{name}", formulas.f1(name)) for name in known),
    )
