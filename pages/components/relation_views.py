"""Relations as what a screen shows: marks for the reader, rows for tables. Nothing here draws."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pages.components import colours
from pages.components.door import (
    Relation,
)
from pages.components.names import (
    relation_name,
    whole_percent,
)
from pages.components.reader import Mark
from pages.components.views import surface


def surest(relations: Sequence[Relation], *, threshold: float = 0.0) -> tuple[Relation, ...]:
    """``relations`` whose score, where they have one, is enough, the surest first."""
    enough = (r for r in relations if r.score is None or r.score >= threshold)
    return tuple(sorted(enough, key=lambda relation: -(relation.score or 0.0)))


def relation_marks(relation: Relation) -> list[Mark]:
    """The evidence sentence as a band, head and tail in it."""
    band = Mark(
        id="evidence",
        start=relation.sentence.start,
        end=relation.sentence.end,
        ink=colours.EVIDENCE,
        kind="band",
        clickable=False,
    )
    head = replace(
        band, id="head", start=relation.head.start, end=relation.head.end, ink=colours.HEAD
    )
    tail = replace(
        band, id="tail", start=relation.tail.start, end=relation.tail.end, ink=colours.TAIL
    )
    ends = (replace(head, kind="fill", label="from"), replace(tail, kind="fill", label="to"))
    return [mark for mark in (band, *ends) if mark.end > mark.start]


def pair_marks(relations: Sequence[Relation], chosen: int | None) -> list[Mark]:
    """Every head and tail but those of relation ``chosen``, underlined; the id is the number of
    the first relation that it belongs to.
    """
    places: dict[tuple[int, int], tuple[int, colours.Ink]] = {}
    for at, relation in enumerate(relations):
        places.setdefault((relation.head.start, relation.head.end), (at, colours.HEAD))
        places.setdefault((relation.tail.start, relation.tail.end), (at, colours.TAIL))
    if chosen is not None:
        for span in (relations[chosen].head, relations[chosen].tail):
            places.pop((span.start, span.end), None)
    return [
        Mark(f"relation:{at}", start, end, ink, kind="line")
        for (start, end), (at, ink) in sorted(places.items())
        if end > start
    ]


def place_of(relation: Relation) -> tuple[int, int]:
    """Where a relation stands, to find it again when others come before it."""
    return relation.head.start, relation.tail.start


def number_at(place: tuple[int, int] | None, relations: Sequence[Relation]) -> int | None:
    """The number of the relation that stands at ``place``, else of the first; None of none."""
    places = [place_of(relation) for relation in relations]
    return places.index(place) if place in places else (0 if relations else None)


def relation_rows(relations: Sequence[Relation]) -> list[dict[str, Any]]:
    """The table of relations, the surest first as the model gave them."""
    return [
        {
            "From": surface(relation.head),
            "Relation": relation_name(relation.name),
            "To": surface(relation.tail),
            "Confidence": whole_percent(relation.score),
        }
        for relation in relations
    ]


def relation_export(relations: Sequence[Relation]) -> list[dict[str, Any]]:
    """One row for each relation with all places, for export."""
    return [
        {
            "head": relation.head.text,
            "head_start": relation.head.start,
            "head_end": relation.head.end,
            "relation": relation.label,
            "tail": relation.tail.text,
            "tail_start": relation.tail.start,
            "tail_end": relation.tail.end,
            "score": relation.score,
            "sentence": relation.sentence.text,
        }
        for relation in relations
    ]
