"""People by where their names stand: over their title, as signatures do, or behind "By"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from named_entities.words import NAMES, Entity

_SIGNED = re.compile(
    r"[ \t]{0,8},?[ \t]{0,8}\n{1,3}[ \t]{0,8}(?:[A-Z][\w.&’'-]*,? |of |and |for |the ){0,5}"
    r"(?:Officer|Director|Chair(?:man|woman)?|President|Administrator|Secretary|Treasurer|Counsel"
    r"|Manager|Commissioner|Governor|Minister|Chief|Head|Partner|Editor|Professor)\b"
)
_BEFORE_SIGNED = re.compile(r"(?:^|\n)[ \t]*[-–—•*]?[ \t]*$")
_BYLINE = re.compile(r"(?:^|\n)[ \t]*(?:By|Author:|Written by)[ \t]+$")
_NAME = re.compile(r"[^\W\d_a-z][\w.’'-]+(?: [^\W\d_][\w.’'-]*){1,3}")
_NO_PERSON = re.compile(
    r"\b(?:Agency|Association|Bank|Board|Bureau|Commission|Committee|Company|Corp|Council|Court"
    r"|Department|Fund|Group|Inc|Institute|Ltd|Limited|Ministry|Office|plc|Press|Reuters|Service"
    r"|Services|Staff|Team|Times|Trust|Union|University)\b|\b(?:of|the|and|for|[A-Z]{3,})\b"
)


def signed(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """A name of two to four words over a title, or behind "By" at the start of a line, as a
    person's, whatever name a model takes it for.
    """
    return [
        replace(entity, label="PERSON") if _is_person(text, entity) else entity
        for entity in entities
    ]


def _is_person(text: str, entity: Entity) -> bool:
    if entity.label not in NAMES - {"PERSON"}:
        return False
    words = text[entity.start : entity.end]
    if not _NAME.fullmatch(words) or _NO_PERSON.search(words):
        return False
    before = text[max(0, entity.start - 16) : entity.start]
    if entity.start <= 16:
        before = "\n" + before
    alone = _BEFORE_SIGNED.search(before) and _SIGNED.match(text, entity.end)
    return bool(alone or _BYLINE.search(before))
