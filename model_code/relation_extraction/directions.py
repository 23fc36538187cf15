"""Which of two spans is the head: one convention for training, serving and evaluation. No torch.

A model reads the span that comes first in the text as e1. A label speaks of the head as e1 and of
the tail as e2, and says so, "Cause-Effect(e1,e2)", or leaves it to them: "leads" is what the head
does to the tail. For a tail that comes first, a model therefore knows the label turned around.
"""

from collections.abc import Container, Mapping
from typing import Any

NONE = frozenset({"Other", "no_relation"})
"""Classes for two spans that are not related."""

_FORWARD, _BACKWARD = "(e1,e2)", "(e2,e1)"


def swapped_label(label: str) -> str:
    """The same relation with e1 and e2 in each other's place."""
    if label.endswith(_FORWARD):
        return label.removesuffix(_FORWARD) + _BACKWARD
    if label.endswith(_BACKWARD):
        return label.removesuffix(_BACKWARD) + _FORWARD
    return label


def turned(label: str, known: Container[str]) -> str:
    """``label`` with e1 and e2 in each other's place, as one of the labels that are ``known``; the
    label itself where none of them says that.
    """
    bare = label.removesuffix(_BACKWARD)
    candidates = (swapped_label(label), bare if bare != label else label + _BACKWARD)
    return next((one for one in candidates if one != label and one in known), label)


def text_order_label(example: Mapping[str, Any]) -> str:
    """The label of an example as a model learns it: of the span that comes first as e1."""
    label = str(example["label"])
    if example["head"]["start"] <= example["tail"]["start"] or label in NONE:
        return label
    swapped = swapped_label(label)
    return swapped if swapped != label else label + _BACKWARD
