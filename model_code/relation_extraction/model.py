"""A relation encoder as it is served."""

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path

import numpy as np

from common.engine import Engine
from common.numeric import softmax
from common.together import Steps
from common.windows import Features
from relation_extraction.ends import ENDS
from relation_extraction.markers import Pair, encode_pairs
from relation_extraction.mentions import TAGGER, Finder, finder


class RelationModel:
    """The encoder and, for documents without given entities, what finds them."""

    def __init__(self, model_dir: str) -> None:
        self._folder = Path(model_dir)
        self.engine = Engine(model_dir)
        if (self._folder / TAGGER).is_dir():
            self.finder  # noqa: B018  (loaded before the first document waits for it)

    @property
    def business(self) -> bool:
        """Whether it relates named things of fitting types, and not any nouns."""
        return any(label.partition("(")[0] in ENDS for label in self.engine.config.labels)

    @cached_property
    def finder(self) -> Finder:
        """Finds mentions; loaded when it is first needed."""
        return finder(self._folder, business=self.business)

    def probabilities(self, text: str, pairs: list[Pair]) -> Steps[list[np.ndarray]]:
        """For each pair the distribution over the labels; the first span is e1."""
        return (yield from self.of_sentences(text, [((0, len(text)), pair) for pair in pairs]))

    def of_sentences(
        self, text: str, places: Sequence[tuple[tuple[int, int], Pair]]
    ) -> Steps[list[np.ndarray]]:
        """The same for pairs of ``text`` that are read in their sentences alone, all in one run."""
        sequences: list[Features] = []
        for (start, end), group in groupby(places, key=lambda place: place[0]):
            pairs = [_moved(pair, -start) for _, pair in group]
            limit = self.engine.config.max_length
            sequences += encode_pairs(self.engine.tokenizer, text[start:end], pairs, limit)
        return [softmax(values[0]) for values in (yield sequences)]


def _moved(pair: Pair, by: int) -> Pair:
    spans = [(start + by, end + by) for start, end in (pair.first, pair.second)]
    return Pair(*spans)
