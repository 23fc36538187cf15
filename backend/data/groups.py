"""Which examples belong together: a model that has seen one of them half knows the others."""

from collections.abc import Sequence
from typing import Final

from backend.data.phrases import sentences_of
from backend.data.schemas import Example, Schema, folded, likeness

_LARGEST_SHARE: Final = 0.02
"""Of all examples: phrases do not join groups beyond this, or nothing would be left to split."""


class Sets:
    """Disjoint sets of names (Tarjan 1975), each with the number of examples in it."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    def find(self, name: str) -> str:
        """The name that stands for the set of ``name``."""
        parents = self._parents
        root = parents.setdefault(name, name)
        while parents[root] != root:
            root = parents[root]
        while parents[name] != root:
            parents[name], name = root, parents[name]
        return root

    def add(self, name: str) -> None:
        """Count one more example under ``name``."""
        root = self.find(name)
        self._sizes[root] = self._sizes.get(root, 0) + 1

    def size(self, name: str) -> int:
        """Examples in the set of ``name``."""
        return self._sizes.get(self.find(name), 0)

    def join(self, one: str, other: str) -> None:
        """Make one set of two."""
        first, second = sorted((self.find(one), self.find(other)))
        if first != second:
            self._parents[second] = first
            self._sizes[first] = self._sizes.get(first, 0) + self._sizes.pop(second, 0)


def groups_of(schema: Schema, examples: Sequence[Example]) -> list[str]:
    """The name of the group of each example, the same in whatever order the examples come.

    Together are: the same text or context, parts of one document, and for short texts with a
    class each, the phrases of one sentence.
    """
    sets = Sets()
    names = [schema.groups(example) for example in examples]
    for first, *others in names:
        sets.add(first)
        for other in others:
            sets.join(first, other)
    if schema.phrases:
        _join_phrases(sets, schema, examples)
    return [sets.find(first) for first, *_ in names]


def _join_phrases(sets: Sets, schema: Schema, examples: Sequence[Example]) -> None:
    texts = sorted({folded(schema.text(example)) for example in examples})
    most = max(50, int(len(examples) * _LARGEST_SHARE))
    for part, sentences in sorted(sentences_of(texts).items()):
        for sentence in sentences:
            one, other = (f"text:{likeness(texts[at])}" for at in (part, sentence))
            if sets.size(one) + sets.size(other) <= most:
                sets.join(one, other)
