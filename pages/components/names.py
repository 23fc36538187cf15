"""What people call the labels that models use."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

_ENTITIES: Final[Mapping[str, str]] = {
    "PERSON": "Person",
    "PER": "Person",
    "NORP": "Nationality or group",
    "FAC": "Building or facility",
    "ORG": "Organization",
    "GPE": "Country, state or city",
    "LOC": "Place",
    "PRODUCT": "Product",
    "EVENT": "Event",
    "WORK_OF_ART": "Title of a work",
    "LAW": "Law",
    "LANGUAGE": "Language",
    "DATE": "Date",
    "TIME": "Time",
    "PERCENT": "Percentage",
    "MONEY": "Money",
    "QUANTITY": "Quantity",
    "ORDINAL": "Rank",
    "CARDINAL": "Number",
}

_SHORTEST_WORD: Final = 5

_SHORT: Final[Mapping[str, str]] = {
    "NORP": "Group",
    "FAC": "Facility",
    "GPE": "Country or city",
    "WORK_OF_ART": "Title",
}

_RELATIONS: Final[Mapping[str, str]] = {
    "Cause-Effect": "causes",
    "Component-Whole": "is part of",
    "Content-Container": "is inside",
    "Entity-Destination": "goes to",
    "Entity-Origin": "comes from",
    "Instrument-Agency": "is used by",
    "Member-Collection": "belongs to",
    "Message-Topic": "is about",
    "Product-Producer": "is made by",
    "Other": "is connected with",
    "no_relation": "is not related to",
    "org:alternate_names": "is also called",
    "org:city_of_headquarters": "is based in",
    "org:country_of_headquarters": "is based in",
    "org:founded": "was founded in",
    "org:founded_by": "was founded by",
    "org:members": "has as a member",
    "org:stateorprovince_of_headquarters": "is based in",
    "org:subsidiaries": "has as a part",
    "org:top_members/employees": "is led or run by",
    "per:alternate_names": "is also called",
    "per:cities_of_residence": "lives or works in",
    "per:countries_of_residence": "lives or works in",
    "per:country_of_birth": "was born in",
    "per:employee_of": "works for",
    "per:origin": "comes from",
    "per:spouse": "is married to",
    "per:stateorprovinces_of_residence": "lives or works in",
    "per:title": "is",
}


def entity_name(label: str) -> str:
    """An entity type in full; unknown ones as words ("JOB_TITLE": "Job title"), short ones, which
    are abbreviations, as the model writes them.
    """
    if label in _ENTITIES or not label.isupper() or len(label) < _SHORTEST_WORD:
        return _ENTITIES.get(label, label)
    return label.replace("_", " ").capitalize()


def entity_tag(label: str) -> str:
    """An entity type in few letters, for tags inside a text."""
    return _SHORT.get(label, entity_name(label))


def relation_name(label: str) -> str:
    """A relation as the verb between its head and its tail."""
    return _RELATIONS.get(label, label)


def class_name(label: str) -> str:
    """A class as a heading: "positive" is "Positive"."""
    return label[:1].upper() + label[1:]


TONE: Final = "Tone"


def class_heading(labels: Collection[str]) -> str:
    """What the classes are about: "Tone" where they are feelings."""
    feelings = {"positive", "negative", "neutral", "mixed"}
    return TONE if {label.casefold() for label in labels} <= feelings else "Kind of text"


def percent(score: float) -> str:
    """A probability as people write it; never 0 % or 100 % where it is not quite."""
    if 0 < score < 0.01:
        return "under 1%"
    if 0.99 < score < 1:
        return "over 99%"
    return f"{score:.0%}"


def whole_percent(score: float | None) -> float | None:
    """A probability as a whole percentage for a column of a table, None where there is none."""
    return None if score is None else float(round(100 * score))


def count(number: int, one: str, many: str = "") -> str:
    """``number`` with its noun: "1 word", "2,310 words"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def age(since: datetime) -> str:
    """The time since ``since`` in its largest unit."""
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(seconds // size, unit)
    return count(seconds, "second")
