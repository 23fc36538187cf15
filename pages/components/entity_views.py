"""Entities as what a screen shows: marks for the reader, rows for tables. Nothing here draws."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pages.components import colours
from pages.components.door import (
    Span,
)
from pages.components.names import (
    entity_name,
    entity_tag,
    whole_percent,
)
from pages.components.reader import Mark
from pages.components.views import UNSURE, confident, surface


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
            title=confident(entity_name(entity.label), entity.score),
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
