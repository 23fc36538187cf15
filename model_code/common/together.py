"""Many requests in one run of the model: their sequences are run together, in batches of like
length, although each request's code reads as if it were alone."""

from collections.abc import Generator, Sequence
from typing import Protocol, TypeVar

import numpy as np

from common.windows import Features

T = TypeVar("T")
Outputs = list[list[np.ndarray]]
Steps = Generator[Sequence[Features], Outputs, T]
"""Work on one request: yields sequences, is sent their outputs as of ``Engine.run``, returns the
prediction."""


class Runner(Protocol):
    """Runs sequences; an ``Engine``."""

    def run(self, sequences: Sequence[Features]) -> Outputs: ...


def together(engine: Runner, works: Sequence[Steps[T]]) -> list[T]:
    """What each of ``works`` returns."""
    results: dict[int, T] = {}
    sent: dict[int, Outputs | None] = dict.fromkeys(range(len(works)))
    while sent:
        asked: dict[int, Sequence[Features]] = {}
        for number, outputs in sent.items():
            try:
                work = works[number]
                asked[number] = next(work) if outputs is None else work.send(outputs)
            except StopIteration as end:
                results[number] = end.value
        sent = _shared(engine, asked)
    return [results[number] for number in range(len(works))]


def _shared(engine: Runner, asked: dict[int, Sequence[Features]]) -> dict[int, Outputs | None]:
    """The outputs for each one's sequences."""
    whole = engine.run([item for sequences in asked.values() for item in sequences])
    sent: dict[int, Outputs | None] = {}
    at = 0
    for number, sequences in asked.items():
        sent[number] = whole[at : at + len(sequences)]
        at += len(sequences)
    return sent
