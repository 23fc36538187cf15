"""Entities as what a screen shows: marks for the reader, rows for tables. Nothing here draws."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from pages.components import colours
from pages.components.door import EntityGroup, Span, entity_groups
from pages.components.names import count, entity_name, entity_tag, whole_percent
from pages.components.reader import Mark
from pages.components.views import UNSURE, confident

_COUNTING: Final = frozenset({"CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "TIME"})


def key_groups(groups: Sequence[EntityGroup]) -> tuple[EntityGroup, ...]:
    """``groups`` without mere numbers, which no reader would call a key name."""
    return tuple(group for group in groups if group.label not in _COUNTING)


def how_many(groups: Sequence[EntityGroup]) -> str:
    """How many things the text names, and how often."""
    mentions = sum(len(group.spans) for group in groups)
    things = count(len(groups), "name or value", "names and values")
    return f"{things}, mentioned {count(mentions, 'time')}"


def other_forms(group: EntityGroup) -> str:
    """How else the text writes it: "OMB (14), Office (2)", the most frequent form first."""
    others = [(form, number) for form, number in group.forms if form != group.text]
    return ", ".join(f"{form} ({number})" if number > 1 else form for form, number in others)


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
    ids = {span: group.id for group in entity_groups(entities) for span in group.spans}
    return [
        Mark(
            id=ids[entity],
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
    """A table of groups: name, mentions, type, where there is one the score, and other forms."""
    scored = any(group.score is not None for group in groups)
    varied = any(len(group.forms) > 1 for group in groups)
    return [
        {"Name": group.text, "Mentions": len(group.spans), "Type": entity_name(group.label)}
        | ({"Confidence": whole_percent(group.score)} if scored else {})
        | ({"Also written": other_forms(group)} if varied else {})
        for group in groups
    ]


def mention_rows(groups: Sequence[EntityGroup]) -> list[dict[str, Any]]:
    """One row for each mention with its place and what it names, for export; in document order."""
    rows = [
        {
            "text": span.text,
            "type": span.label,
            "start": span.start,
            "end": span.end,
            "score": span.score,
            "name": group.text,
        }
        for group in groups
        for span in group.spans
    ]
    return sorted(rows, key=lambda row: (row["start"], row["end"]))
