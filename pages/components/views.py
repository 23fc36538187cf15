"""Results as what a screen shows: marks for the reader, rows for tables. Nothing here draws."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pages.components import colours
from pages.components.door import (
    NamedEntitiesResult,
    QuestionAnsweringResult,
    Relation,
    RelationExtractionResult,
    Section,
    Span,
    clearest,
)
from pages.components.names import (
    class_name,
    entity_name,
    entity_tag,
    percent,
    relation_name,
    whole_percent,
)
from pages.components.reader import Mark

UNSURE: Final = 0.6
"""Below this probability a result is drawn faintly and called "not confident"."""


@dataclass(frozen=True)
class EntityGroup:
    """All mentions of one name as one type, most mentioned first; ``spans`` in document order."""

    text: str
    label: str
    spans: tuple[Span, ...]

    @property
    def score(self) -> float | None:
        """The surest mention's score."""
        return max((s.score for s in self.spans if s.score is not None), default=None)

    @property
    def id(self) -> str:
        """The id of the group's marks."""
        return f"{self.label}:{self.text}"


_COUNTING: Final = frozenset({"CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "TIME"})


def key_groups(groups: Sequence[EntityGroup]) -> tuple[EntityGroup, ...]:
    """``groups`` without mere numbers, which no reader would call a key name."""
    return tuple(group for group in groups if group.label not in _COUNTING)


LIKELY: Final = 0.7
"""Relations below this probability are not shown until somebody asks for them."""


def worth_showing(result: object) -> bool:
    """Whether what some parts of a document gave says anything: what they lack may still come."""
    match result:
        case NamedEntitiesResult():
            return bool(result.entities)
        case QuestionAnsweringResult():
            return result.answered
        case RelationExtractionResult():
            return bool(clearest(result.relations, most=1, threshold=LIKELY))
        case _:
            return True


def surest(relations: Sequence[Relation], *, threshold: float = 0.0) -> tuple[Relation, ...]:
    """``relations`` whose score, where they have one, is enough, the surest first."""
    enough = (r for r in relations if r.score is None or r.score >= threshold)
    return tuple(sorted(enough, key=lambda relation: -(relation.score or 0.0)))


def surface(span: Span) -> str:
    """A span's text on one line: mentions that differ in line breaks are the same name."""
    return " ".join(span.text.split())


def entity_groups(entities: Sequence[Span]) -> tuple[EntityGroup, ...]:
    """``entities`` by name and type, the most mentioned first, then in document order."""
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for entity in entities:
        found[entity.label, surface(entity)].append(entity)
    groups = [EntityGroup(text, label, tuple(spans)) for (label, text), spans in found.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.spans)))


def entity_counts(entities: Sequence[Span]) -> tuple[tuple[str, int], ...]:
    """Types with how many entities they have, the most frequent first."""
    counts: dict[str, int] = defaultdict(int)
    for entity in entities:
        counts[entity.label] += 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def visible(
    entities: Sequence[Span], *, hidden: Collection[str] = (), threshold: float = 0.0
) -> tuple[Span, ...]:
    """The entities whose type is not hidden and whose score, where they have one, is enough."""
    return tuple(
        entity
        for entity in entities
        if entity.label not in hidden and (entity.score is None or entity.score >= threshold)
    )


def entity_marks(entities: Sequence[Span], *, labels: bool = True) -> list[Mark]:
    """A mark for each entity; those of one group share an id."""
    return [
        Mark(
            id=f"{entity.label}:{surface(entity)}",
            start=entity.start,
            end=entity.end,
            ink=colours.entity_ink(entity.label),
            label=entity_tag(entity.label) if labels else "",
            title=_title(entity_name(entity.label), entity.score),
            quiet=entity.score is not None and entity.score < UNSURE,
        )
        for entity in entities
        if entity.end > entity.start
    ]


def chunk_marks(chunks: Sequence[Span]) -> list[Mark]:
    """A dotted line under each noun chunk."""
    return [
        Mark(f"chunk:{at}", chunk.start, chunk.end, colours.QUIET, kind="line", clickable=False)
        for at, chunk in enumerate(chunks)
        if chunk.end > chunk.start
    ]


def entity_rows(groups: Sequence[EntityGroup]) -> list[dict[str, Any]]:
    """A table of groups: name, type, mentions and, where there is one, the score."""
    scored = any(group.score is not None for group in groups)
    return [
        {"Name": group.text, "Type": entity_name(group.label), "Mentions": len(group.spans)}
        | ({"Confidence": whole_percent(group.score)} if scored else {})
        for group in groups
    ]


def mention_rows(entities: Sequence[Span]) -> list[dict[str, Any]]:
    """One row for each entity with its place, for export."""
    return [
        {
            "text": entity.text,
            "type": entity.label,
            "start": entity.start,
            "end": entity.end,
            "score": entity.score,
        }
        for entity in entities
    ]


def summary_marks(sentences: Sequence[Span]) -> list[Mark]:
    """A band for each sentence that the summary took, numbered in the order of the text."""
    return [
        Mark(
            id=f"sentence:{at}",
            start=sentence.start,
            end=sentence.end,
            ink=colours.SUMMARY,
            label=str(at + 1),
            kind="band",
        )
        for at, sentence in enumerate(sentences)
        if sentence.end > sentence.start
    ]


def answer_marks(answers: Sequence[Span], *, answered: bool) -> list[Mark]:
    """The answers in place, numbered by rank; guesses are faint where the text has no answer."""
    return [
        Mark(
            id=f"answer:{rank}",
            start=answer.start,
            end=answer.end,
            ink=colours.ANSWER,
            label=f"{rank + 1}",
            title=_title(f"Answer {rank + 1}", answer.score),
            quiet=rank > 0 or not answered,
        )
        for rank, answer in enumerate(answers)
        if answer.end > answer.start
    ]


def answer_rows(answers: Sequence[Span]) -> list[dict[str, Any]]:
    """The ranked answers with their places, for export."""
    return [
        {
            "rank": rank,
            "answer": answer.text,
            "score": answer.score,
            "start": answer.start,
            "end": answer.end,
        }
        for rank, answer in enumerate(answers, 1)
    ]


def section_marks(sections: Sequence[Section], labels: tuple[str, ...]) -> list[Mark]:
    """A band in the colour of its class for each section."""
    return [
        Mark(
            id=f"section:{at}",
            start=section.span.start,
            end=section.span.end,
            ink=colours.class_ink(section.span.label, labels),
            title=_title(class_name(section.span.label), section.span.score),
            kind="band",
            quiet=(section.span.score or 0) < UNSURE,
        )
        for at, section in enumerate(sections)
        if section.span.end > section.span.start
    ]


def section_table(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """The table of sections as people read it."""
    return [
        {
            "Part": at,
            "Kind": class_name(section.span.label),
            "Confidence": whole_percent(section.span.score),
            "Begins": " ".join(section.span.text[:120].split()),
        }
        for at, section in enumerate(sections, 1)
    ]


def section_rows(sections: Sequence[Section], labels: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each section: its place, its class and all probabilities, for export."""
    return [
        {
            "section": at,
            "start": section.span.start,
            "end": section.span.end,
            "class": section.span.label,
            "text": section.span.text,
        }
        | {
            f"probability of {label}": p
            for label, p in zip(labels, section.probabilities, strict=True)
        }
        for at, section in enumerate(sections, 1)
    ]


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


def _title(what: str, score: float | None) -> str:
    return what if score is None else f"{what}, {percent(score)} confident"
