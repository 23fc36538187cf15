"""Named entities: precision, recall and F1 of whole entities, never of words or word pieces.

Strict: an entity is right where start, end and type are (what seqeval's strict mode counts for
the tags of the same entities; blanks at the edges of an entity do not count). By words
(``…_words``): entities are first grown to the words they touch, punctuation at their edges left
out, so that a model that cuts words and one that gives spans are measured alike.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from backend.evaluation import formulas
from backend.evaluation.examples import Entity
from backend.evaluation.formulas import Array, Formula, Metric, class_columns, class_labels
from backend.evaluation.metrics.rows import Rows, classes_of, of_columns

ERRORS: Final = ("boundary", "type", "boundary_and_type", "missed", "spurious")
"""Right type, other boundaries; right boundaries, other type; both other though they overlap; gold
that nothing overlaps; found where nothing is.
"""
_WORDS: Final = "words"
_WORD: Final = re.compile(r"\w+|[^\w\s]")


def rows(
    gold: Sequence[Sequence[Entity]], predicted: Sequence[Sequence[Entity]], texts: Sequence[str]
) -> Rows:
    """One row a document; its score is its own F1, 1 where nothing is there and nothing found."""
    wanted = [trimmed(found, text) for found, text in zip(gold, texts, strict=True)]
    answered = [trimmed(found, text) for found, text in zip(predicted, texts, strict=True)]
    columns: dict[str, Array | Sequence[float]] = {"n": np.ones(len(gold))}
    types = classes_of((one.label for found in (*wanted, *answered) for one in found), len(gold))
    for label, three in zip(types, _by_type(wanted, answered, types), strict=True):
        columns |= zip(class_columns(label), three, strict=True)
    counted = _counted(zip(wanted, answered, strict=True))
    words = _counted(
        (in_words(one, text), in_words(other, text))
        for one, other, text in zip(wanted, answered, texts, strict=True)
    )
    columns |= zip(class_columns(""), counted, strict=True)
    columns |= zip((_WORDS + name for name in class_columns("")), words, strict=True)
    mistakes = np.array([errors(*both) for both in zip(wanted, answered, strict=True)])
    columns |= {f"error/{name}": mistakes[:, place] for place, name in enumerate(ERRORS)}
    hit, found, there = counted
    scores = np.where(found + there == 0, 1.0, formulas.f1_of(hit, found, there))
    return of_columns(columns, scores)


def trimmed(entities: Iterable[Entity], text: str) -> frozenset[Entity]:
    """The different ``entities``, without blanks at their edges where ``text`` is known."""
    return frozenset(_trim(entity, text) for entity in entities)


def _trim(entity: Entity, text: str) -> Entity:
    quoted = text[entity.start : entity.end]
    if not quoted.strip():
        return entity
    start = entity.start + len(quoted) - len(quoted.lstrip())
    return Entity(start, start + len(quoted.strip()), entity.label)


def in_words(entities: Iterable[Entity], text: str) -> frozenset[Entity]:
    """``entities`` grown to the words they touch, without punctuation at their edges."""
    entities = frozenset(entities)
    if not text or not entities:
        return entities
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    starts = [start for start, _ in words]
    return frozenset(_grown(entity, text, words, starts) for entity in entities)


def _grown(entity: Entity, text: str, words: list[tuple[int, int]], starts: list[int]) -> Entity:
    first = max(bisect_right(starts, entity.start) - 1, 0)
    touched = [
        word
        for word in words[first : bisect_right(starts, entity.end - 1)]
        if word[1] > entity.start
    ]
    named = [word for word in touched if text[word[0]].isalnum() or text[word[0]] == "_"]
    if not named:
        return entity
    return Entity(named[0][0], named[-1][1], entity.label)


def errors(gold: frozenset[Entity], found: frozenset[Entity]) -> tuple[int, ...]:
    """How many mistakes of each kind in ``ERRORS``: each wrong entity found is one mistake, of
    the mildest kind that fits it, and each gold entity that nothing overlaps is one.
    """
    missed = sum(not any(_overlap(one, other) for other in found) for one in gold)
    kinds = [_kind(entity, gold) for entity in found - gold]
    return (*(kinds.count(name) for name in ERRORS[:3]), missed, kinds.count("spurious"))


def _kind(entity: Entity, gold: frozenset[Entity]) -> str:
    near = [other for other in gold if _overlap(entity, other)]
    if any((entity.start, entity.end) == (other.start, other.end) for other in near):
        return "type"
    if any(entity.label == other.label for other in near):
        return "boundary"
    return "boundary_and_type" if near else "spurious"


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end


def _by_type(
    gold: Sequence[frozenset[Entity]], found: Sequence[frozenset[Entity]], types: Sequence[str]
) -> Array:
    """Right, found and gold entities of each type in each document: (types, 3, n)."""
    place = {label: at for at, label in enumerate(types)}
    counts = np.zeros((len(types), 3, len(gold)))
    for at, (wanted, answered) in enumerate(zip(gold, found, strict=True)):
        for kind, entities in enumerate((wanted & answered, answered, wanted)):
            for entity in entities:
                counts[place[entity.label], kind, at] += 1
    return counts


def _counted(
    pairs: Iterable[tuple[frozenset[Entity], frozenset[Entity]]],
) -> tuple[Array, Array, Array]:
    """Right, found and gold entities of each (gold, found) pair: three times (n,)."""
    counts = [(len(gold & found), len(found), len(gold)) for gold, found in pairs]
    hit, found, there = np.array(counts, dtype=np.float64).reshape(-1, 3).T
    return hit, found, there


def metrics(columns: Sequence[str]) -> tuple[Metric, ...]:
    """Strict scores of all types together, by words, the mean of the types, then each type."""
    types = tuple(label for label in class_labels(columns) if label)
    return (
        *(Metric(kind, _all(kind)) for kind in _KINDS),
        Metric("f1_macro", formulas.macro(types)),
        *(Metric(f"{kind}_words", _all(kind, prefix=_WORDS)) for kind in _KINDS),
        *(Metric(f"f1/{label}", formulas.f1(label)) for label in types),
        *(Metric(f"precision/{label}", _all("precision", label)) for label in types),
        *(Metric(f"recall/{label}", _all("recall", label)) for label in types),
    )


_KINDS: Final = ("f1", "precision", "recall")


def _all(kind: str, label: str = "", *, prefix: str = "") -> Formula:
    hit, found, gold = (prefix + name for name in class_columns(label))
    if kind == "f1":
        return lambda totals: formulas.f1_of(totals[hit], totals[found], totals[gold])
    return formulas.ratio(hit, found if kind == "precision" else gold)
