"""Types of entities in two conventions: the 18 of OntoNotes, and the few of CoNLL and WikiANN."""

from collections.abc import Collection, Mapping
from typing import Final

COARSE: Final = frozenset({"PER", "ORG", "LOC", "MISC"})
ONTONOTES: Final = frozenset(
    {
        "PERSON",
        "NORP",
        "FAC",
        "ORG",
        "GPE",
        "LOC",
        "PRODUCT",
        "EVENT",
        "WORK_OF_ART",
        "LAW",
        "LANGUAGE",
        "DATE",
        "TIME",
        "PERCENT",
        "MONEY",
        "QUANTITY",
        "ORDINAL",
        "CARDINAL",
    }
)
AS_COARSE: Final[Mapping[str, str]] = {
    "PERSON": "PER",
    "ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "FAC": "LOC",
}
"""OntoNotes' types as CoNLL and WikiANN call them, as far as they have them."""


def is_coarse(labels: Collection[str]) -> bool:
    """Whether these are types of CoNLL; none at all are not."""
    return bool(labels) and COARSE.issuperset(labels)


def is_ontonotes(labels: Collection[str]) -> bool:
    """Whether these can only be types of OntoNotes."""
    return ONTONOTES.issuperset(labels) and not COARSE.issuperset(labels)
