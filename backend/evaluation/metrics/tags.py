"""From a tagger's words to spans: one tag a word, "B-PER", "I-PER" or "O".

Two conventions read tags that break the rules (an I- without its B-): ``strict`` finds no entity
there, ``default`` (the CoNLL script's) begins one. Both are seqeval's, for IOB2.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from backend.errors import InputError
from backend.evaluation.examples import Entity

Mode = Literal["strict", "default"]


def chunks(tags: Sequence[str], *, mode: Mode = "strict") -> Iterator[tuple[int, int, str]]:
    """The entities that ``tags`` mark: first word, word after the last, type."""
    start, kind = -1, ""
    for place, tag in enumerate((*tags, "O")):
        prefix, _, label = tag.partition("-")
        continues = prefix == "I" and start >= 0 and label == kind
        if continues:
            continue
        if start >= 0:
            yield start, place, kind
        opens = prefix == "B" or (prefix == "I" and mode == "default")
        start, kind = (place, label) if opens else (-1, "")


def from_words(
    text: str, words: Sequence[str], tags: Sequence[str], *, mode: Mode = "strict"
) -> tuple[Entity, ...]:
    """The entities of ``tags`` as places in ``text``, in which ``words`` occur in this order.

    Raises ``InputError`` where they do not, or where there is not one tag a word.
    """
    if len(words) != len(tags):
        raise InputError(
            f"There are {len(words)} words and {len(tags)} tags: give one tag for each word."
        )
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        start = text.find(word, at)
        if start < 0:
            raise InputError(f"The word “{word}” is not in the text: give the text's own words.")
        at = start + len(word)
        places.append((start, at))
    return tuple(
        Entity(places[first][0], places[last - 1][1], label)
        for first, last, label in chunks(tags, mode=mode)
    )
