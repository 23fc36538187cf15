"""The examples of a user's own labels as a dataset, for whoever wants a model trained on them."""

from collections.abc import Sequence
from typing import Final

from backend.data.errors import DatasetError
from backend.data.schemas import Example
from backend.data.split import UNSPLIT, Fractions, split
from backend.tasks.label_sets import Label
from backend.tasks.text_classification import TEXT_CLASSIFICATION

FEWEST: Final = 5
"""Examples of each label: with fewer, nothing is left to measure on."""
_HELD_OUT: Final = Fractions(validation=0.2, test=0.2)


def as_splits(labels: Sequence[Label]) -> dict[str, list[Example]]:
    """Their examples in train, validation and test.

    Raises ``DatasetError`` where there are fewer than two labels or ``FEWEST`` examples of one.
    """
    if len(labels) < 2:
        raise DatasetError("One label teaches nothing: add a second one with its examples.")
    for label in labels:
        if len(label.examples) < FEWEST:
            raise DatasetError(
                f"“{label.name}” has {len(label.examples)} of the {FEWEST} examples that training "
                "needs of each label: add some, better 20 or more."
            )
    examples: list[Example] = [
        {"text": text, "label": label.name} for label in labels for text in label.examples
    ]
    return split(TEXT_CLASSIFICATION.slug, {UNSPLIT: examples}, fractions=_HELD_OUT)
