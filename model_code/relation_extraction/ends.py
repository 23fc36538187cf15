"""What can stand at the ends of a business relation, and which mentions can be related at all.

The relations are those of KBP37 (Zhang and Wang 2015, after the slots of TAC KBP). No torch here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

TITLE = "TITLE"
_PERSON = frozenset({"PERSON"})
_ORG = frozenset({"ORG"})
_PLACE = frozenset({"GPE", "LOC", "FAC"})
_ORIGIN = _PLACE | {"NORP"}
_DATE = frozenset({"DATE"})

ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "org:alternate_names": (_ORG, _ORG),
    "org:city_of_headquarters": (_ORG, _PLACE),
    "org:country_of_headquarters": (_ORG, _PLACE),
    "org:founded": (_ORG, _DATE),
    "org:founded_by": (_ORG, _PERSON | _ORG),
    "org:members": (_ORG, _ORG),
    "org:stateorprovince_of_headquarters": (_ORG, _PLACE),
    "org:subsidiaries": (_ORG, _ORG),
    "org:top_members/employees": (_ORG, _PERSON),
    "per:alternate_names": (_PERSON, _PERSON),
    "per:cities_of_residence": (_PERSON, _PLACE),
    "per:countries_of_residence": (_PERSON, _PLACE),
    "per:country_of_birth": (_PERSON, _PLACE),
    "per:employee_of": (_PERSON, _ORG),
    "per:origin": (_PERSON, _ORIGIN),
    "per:spouse": (_PERSON, _PERSON),
    "per:stateorprovinces_of_residence": (_PERSON, _PLACE),
    "per:title": (_PERSON, frozenset({TITLE})),
}
"""The types of head and tail of each relation."""

OF_ONE = frozenset(name for name, (_, tail) in ENDS.items() if not tail & (_ORG | _PERSON))
"""Relations whose tail, a place, a post or a date, says something of one name alone."""

_ALIASES = {
    "PER": "PERSON",
    "ORGANISATION": "ORG",
    "ORGANIZATION": "ORG",
    "LOCATION": "LOC",
    "PLACE": "LOC",
    "NATIONALITY": "NORP",
    "TEMPORAL": "DATE",
}
# Between two items of one list stand other items, commas and "and", and no word that relates them.
_LISTED = re.compile(r"\s*(?:[,;&/|•]|\band\b|\bor\b)\s*(?:(?:and|or|the|Mr|Ms|Mrs|Dr)\b\.?\s*)*")


@dataclass(frozen=True)
class Mention:
    """A span of a text and its type, "" where nobody has said."""

    start: int
    end: int
    label: str = ""


def kind(label: str) -> str:
    """OntoNotes' name of a type: "PER" and "Person" are "PERSON"."""
    return _ALIASES.get(label.upper(), label.upper())


def fits(name: str, head: str, tail: str) -> bool:
    """Whether mentions of these types can be head and tail of the relation ``name``; what has no
    type fits wherever the other end does, and a relation that is not known here fits all.
    """
    if name not in ENDS:
        return True
    wanted = ENDS[name]
    return (not head or head in wanted[0]) and (not tail or tail in wanted[1])


def relatable(one: str, other: str) -> bool:
    """Whether any relation has such ends, in either direction."""
    return any(fits(name, *ends) for name in ENDS for ends in ((one, other), (other, one)))


def listed(text: str, one: Mention, other: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether the two, which stand in this order, are items of one list: of one type, with nothing
    between them but more of that type, commas and "and".
    """
    if one.label != other.label:
        return False
    at = one.end
    for mention in (*(mention for mention in mentions if mention != other), other):
        if one.end <= mention.start and mention.end <= other.end and mention.label == one.label:
            if mention.start < at or not _LISTED.fullmatch(text, at, mention.start):
                return False
            at = mention.end
    return True
