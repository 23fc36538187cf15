"""Laws and orders by their number: "44 U.S.C. § 3501", "Executive Order 13642". No torch here."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from named_entities.words import Entity

_CITATION = re.compile(
    r"\bExecutive Order (?:No\. )?\d{4,6}\b"
    r"|\b\d{1,3} U\.?S\.?C\.? (?:§{1,2} ?|Chapters? |Sections? )?\d+[a-z]?(?:\(\w{1,3}\))*"
    r"|\b\d{1,3} C\.?F\.?R\.? (?:§{1,2} ?|[Pp]arts? )?\d+(?:\.\d+)?(?:\(\w{1,3}\))*"
    r"|\bPub(?:\. L\.|lic Law) (?:No\. )?\d{2,3}-\d{1,4}\b"
    r"|\b(?:Regulation|Directive) \(E[UC]\) (?:No )?\d{2,4}/\d{2,4}\b"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(?:(?:{_MONTHS}) \d{{1,2}}, \d{{4}}|\d{{1,2}} (?:{_MONTHS}) \d{{4}})")


def cited(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Citations whole and as laws, in place of what models make of their parts; of a date that
    runs on from one ("13642 of May 9, 2013") the day stays.
    """
    citations = [Entity(*match.span(), "LAW", 0.5) for match in _CITATION.finditer(text)]
    starts = [one.start for one in citations]
    result: list[Entity] = []
    for entity in entities:
        at = bisect_left(starts, entity.end) - 1
        over = citations[at] if at >= 0 else None
        if over is None or not over.overlaps(entity):
            result.append(entity)
        elif day := _DAY.search(text, over.end, max(over.end, entity.end)):
            result.append(replace(entity, start=day.start(), end=day.end(), label="DATE"))
    return sorted([*result, *citations], key=lambda entity: entity.start)
