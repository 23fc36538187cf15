"""Where names begin and end: on one line, without what surrounds them, whole. No torch here.

Each rule takes a text and its entities and gives the entities as it leaves them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from named_entities.words import NAMES, PROPER, Entity, apart

_SIGNS = "\\s\"'“”‘’«»„•·▪◦*>|\u200d\ufe0f\u2190-\u2bff\U0001f000-\U0001faff"
"""Quotes, list signs, arrows and pictures."""
_LIST_SIGN = re.compile(rf"[{_SIGNS},;]+")
_BEFORE = re.compile(
    rf"(?:(?:the|a|an|our|its|their|this|these|do|does|is|are|and|or|if|as)\s+(?!Hague\b)"
    rf"|[{_SIGNS}(\[{{#/,;:.–—-]+)+",
    re.IGNORECASE,
)
_BEHIND = re.compile(rf"(?:(?<=\w)['’]s?|[{_SIGNS})\]}}/,;:!?–—-])+$")
_DANGLING = re.compile(
    rf"(?:[{_SIGNS},;:]|\s(?:and|or|of|to|the|an?|in|for|by|from|at|on|than|about|&))+$"
)
_ABBREVIATED = re.compile(
    r"(?:\.\w|\b(?:\w|Mt|St|Jr|Sr|Co|No|Dr|Mr|Ms|Mrs|Prof|Gov|Sen|Rep|Gen|Col|Inc|Ltd|Ave|Bros"
    r"|Corp|Dept|Univ|Assn)) ?\.$"
)
_LINE_BREAK = re.compile(r"[\n\r]+")
_BREAK = re.compile(r"[\n\r]+|\.\s+")
_COMMON_WORDS_BEFORE = re.compile(
    r"(?:[a-z]+[ ])+(?=[A-Z])|(?:Agency|Bank|Board|Company|Department|Group)['’]s[ ](?=[A-Z])"
)
_COMMON_WORDS_BEHIND = re.compile(
    r"(?:[ ](?!(?:plc|army|navy|police|government|courts?|council|committee|commission|department"
    r"|ministry|board|bank|party|union|office|agency|club|school|university|hospital|senate)\b)"
    r"[a-z]+|,? [\d-]+)+$"
)
_ASIDE = re.compile(r", (?!(?:Inc|Ltd|LLC|L\.|N\.|S\.|plc|Corp)|[^,]+(?:,? and |,? & ))")

_MANY_SUBJECTS = re.compile(
    r"(?:Office|Department|Ministry|Bureau|Division|Committee|Commission|Institute|Directorate"
    r"|Secretary) (?:of|on|for)\b"
)
_AND_MORE = re.compile(r"(?:, [A-Z][\w-]+)*,? and [A-Z][\w-]+(?: [A-Z][\w-]+)*(?![\w.])")
_SEATED = re.compile(r"\b(?:Bank|University|Institute|College|Museum|Bar|Chamber of Commerce)$")
_SEAT = re.compile(r" (?:of|in) ")


def on_one_line(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Of an entity over a line break or the end of a sentence, its longest part."""
    result = []
    for entity in entities:
        breaks = _BREAK if entity.label in PROPER else _LINE_BREAK
        pieces = list(_pieces(text, entity.start, entity.end, breaks))
        if pieces:
            start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
            result.append(replace(entity, start=start, end=end))
    return result


def _pieces(
    text: str, start: int, end: int, breaks: "re.Pattern[str]"
) -> Iterator[tuple[int, int]]:
    for match in breaks.finditer(text, start, end):
        point = match.group().startswith(".")
        if point and _ABBREVIATED.search(text[start : match.start() + 1]):
            continue
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if end > start:
        yield start, end


def trimmed(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Entities without list signs, quotes and words that lead on; proper names also without
    articles (titles of works have them), open brackets, 's, and the full stop of a sentence.
    """
    result = []
    for entity in entities:
        proper = entity.label in PROPER
        articles = proper and entity.label != "WORK_OF_ART"
        before = (_BEFORE if articles else _LIST_SIGN).match(text, entity.start, entity.end)
        start = before.end() if before else entity.start
        end = start + _kept(text[start : entity.end], proper=proper)
        if end > start:
            result.append(replace(entity, start=start, end=end))
    return result


def _kept(words: str, *, proper: bool) -> int:
    """How many characters of ``words`` remain when its end is trimmed."""
    behind = _DANGLING.search(words)
    end = behind.start() if behind else len(words)
    if not proper:
        return end
    behind = _BEHIND.search(words, 0, end)
    # A name may end in a bracket of its own: "Bank of England (BOE)".
    if behind and not (")" in behind.group() and "(" in words):
        end = behind.start()
    return end - (words[:end].endswith(".") and not _ABBREVIATED.search(words, 0, end))


def without_common_words(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """An organisation without common words and numbers around it ("OMB MAX system" is OMB MAX),
    and without what a comma sets off.
    """
    return [_proper_part(text, e) if e.label == "ORG" else e for e in entities]


def _proper_part(text: str, entity: Entity) -> Entity:
    before = _COMMON_WORDS_BEFORE.match(text, entity.start, entity.end)
    start = before.end() if before else entity.start
    aside = _ASIDE.search(text, start, entity.end)
    end = aside.start() if aside else entity.end
    behind = _COMMON_WORDS_BEHIND.search(text, start, end)
    if behind and text[start].isupper():
        end = behind.start()
    return replace(entity, start=start, end=end)


def whole(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Organisations to their end: "Office of Management and Budget", "Bank of New York"."""
    result: list[Entity] = []
    names = [entity for entity in entities if entity.label in NAMES]
    places = {entity.start: entity for entity in names}
    for entity in entities:
        if entity.label == "ORG":
            entity = _with_subjects(text, _with_seat(text, entity, places), names)
        result.append(entity)
    return apart(result)


def _with_seat(text: str, entity: Entity, names: dict[int, Entity]) -> Entity:
    link = _SEAT.match(text, entity.end)
    seat = names.get(link.end()) if link else None
    if seat is None or not _SEATED.search(text, entity.start, entity.end):
        return entity
    return replace(entity, end=seat.end)


def _with_subjects(text: str, entity: Entity, names: Sequence[Entity]) -> Entity:
    if not _MANY_SUBJECTS.search(text, entity.start, entity.end):
        return entity
    more = _AND_MORE.match(text, entity.end)
    if more is None or any(entity.end <= name.start < more.end() for name in names):
        return entity
    return replace(entity, end=more.end())
