"""Companies by their legal form: "Dunmarrow Containers Ltd" is one, whatever a model says."""

import re
from collections.abc import Sequence

from named_entities.words import Entity

_FORM = (
    r"(?:Inc|Incorporated|Ltd|Limited|plc|PLC|LLC|L\.L\.C|LLP|L\.P|LP|GmbH|AG|KGaA|B\.V|N\.V|A/S"
    r"|ApS|ASA|Oyj?|S\.A|S\.p\.A|S\.r\.l|SARL|Corp|Corporation|Bancorp)"
)
_WORD = r"(?:(?:[A-Z]\.)+|[^\W\d_a-zß-ÿ][\w&'’-]*)"
_JOINT = r"(?:[ ]|[ ](?:&|of|de|du|et|und|van|von)[ ])"
_COMPANY = re.compile(rf"(?<!\w)({_WORD}(?:{_JOINT}{_WORD}){{0,6}}?),?[ ]({_FORM})(?!\w)(\.?)")
_NO_BEGIN = re.compile(
    r"(?:The|A|An|In|On|At|By|For|From|To|Of|With|And|Or|As|When|While|If|Since|After|Before"
    r"|Between|Under|Our|We|Its|Both|However)[ ]"
)
SURE = 0.95


def companies(text: str) -> list[Entity]:
    """Names that end in a legal form, in the text's order; a point behind an abbreviated one
    belongs to it.
    """
    found = []
    for match in _COMPANY.finditer(text):
        start = match.start()
        while begin := _NO_BEGIN.match(text, start, match.start(2)):
            start = begin.end()
        point = match[3] and (match[2] in {"Inc", "Ltd", "Corp"} or "." in match[2])
        if start < match.start(2):
            found.append(Entity(start, match.end(3) if point else match.end(2), "ORG", SURE))
    return found


def with_companies(text: str, names: Sequence[Entity]) -> list[Entity]:
    """The ``names`` with companies by legal form in place of what overlaps them."""
    found = companies(text)
    rest = [name for name in names if not any(one.overlaps(name) for one in found)]
    return sorted([*rest, *found], key=lambda entity: entity.start)
