"""What a published dataset is divided into: to train on, to choose by, and to measure with."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.data.formats import Example

HOLD_OUT_SEED = 13


@dataclass(frozen=True)
class Data:
    """Examples to train on, to choose the checkpoint and the settings by, and to measure the
    finished model with, which have chosen nothing (None: there are no more).
    """

    train: list[Example]
    validation: list[Example]
    held_out: list[Example] | None = None


def split(
    examples: Sequence[Example], sizes: tuple[int, int], group: Callable[[Example], str]
) -> Data:
    """About ``sizes`` examples for validation and to be held out, by group, the same each time.

    The order stays; no group is in two parts.
    """
    counts = Counter(group(example) for example in examples)
    names = sorted(counts)
    random.Random(HOLD_OUT_SEED).shuffle(names)
    parts = [_taken(names, counts, size) for size in sizes]
    validation, held_out = ([e for e in examples if group(e) in part] for part in parts)
    train = [e for e in examples if not any(group(e) in part for part in parts)]
    return Data(train, validation, held_out)


def _taken(names: list[str], counts: Counter[str], size: int) -> set[str]:
    """Names taken off the end of ``names`` until they have ``size`` examples."""
    part: set[str] = set()
    while names and sum(counts[name] for name in part) < size:
        part.add(names.pop())
    return part
