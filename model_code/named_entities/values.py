"""Amounts, percentages, years and times as people would mark them. No torch here.

Each rule takes a text and its entities and gives the entities as it leaves them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from named_entities.words import Entity, apart

NUMBERS = frozenset({"CARDINAL", "MONEY", "PERCENT", "QUANTITY"})
_TIMES = frozenset({"DATE", "TIME"})

_CODE = r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|INR|CNY)"
_SIGN = rf"(?:(?:US|C|A|NZ|HK|S)?[$€£¥]|\b{_CODE})"
_CURRENCY = re.compile(rf"{_SIGN}\s?$")
_BEGINS_AS_MONEY = re.compile(rf"{_SIGN}\s?\d")
_SCALE = re.compile(r"\s?(?:bn|billion|m|mn|million|k|thousand|trillion|tn)\b", re.IGNORECASE)
_PERCENT = r"(?:%|per\s?cent\b|percentage\s+points?\b|basis\s+points?\b)"
_ENDS_AS_PERCENT = re.compile(_PERCENT + "$", re.IGNORECASE)
_PERCENT_BEHIND = re.compile(rf"(?:\s|-)?{_PERCENT}|(?<=percentage)\s+points?\b", re.IGNORECASE)
_DEGREE = re.compile(r"(?<=°)\s?[CF]\b")
_RANGE = re.compile(r"\s?(?:to|-|–|—)\s?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}$")
_YEAR = re.compile(r"(?:19|20)\d\d$|\d{1,2}/\d{1,2}/(?:19|20)\d\d$")
_ANY_YEAR = re.compile(r"[12]\d{3}$")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DAY = re.compile(rf"\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:, \d{{4}})?")
_COUNTED = re.compile(
    r"\d|½|¼|¾|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|quarter|third|dozens?)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\bFY ?\d|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\d0s\b"
    r"|\b(?:days?|weeks?|months?|quarters?|years?|decades?|centur\w+|hours?|minutes?|seconds?)\b"
    r"|(?<!\d)\d{1,2}:\d\d\b|\d ?[ap]\.?m\b|o’clock|o'clock",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:today|tomorrow|yesterday|tonight|last|next|this|first|second|third|fourth|spring|summer"
    r"|autumn|winter|christmas|easter|noon|midnight)\b",
    re.IGNORECASE,
)


def amounts(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Amounts with their currency, scale and unit, and ranges ("4-3/4 to 5 percent") as one."""
    found = [_amount(text, entity) if entity.label in NUMBERS else entity for entity in entities]
    result: list[Entity] = []
    for entity in apart(found):
        before = result[-1] if result else None
        if before and _is_range(text, before, entity):
            result[-1] = replace(entity, start=before.start)
        else:
            result.append(entity)
    return result


def _amount(text: str, entity: Entity) -> Entity:
    sign = _CURRENCY.search(text, max(0, entity.start - 4), entity.start)
    start = sign.start() if sign else entity.start
    end = entity.end
    money = sign or _BEGINS_AS_MONEY.match(text, start) or entity.label == "MONEY"
    for pattern in (_SCALE if money else _DEGREE, _PERCENT_BEHIND):
        behind = pattern.match(text, end)
        end = behind.end() if behind else end
    if _ENDS_AS_PERCENT.search(text, start, end):
        return replace(entity, start=start, end=end, label="PERCENT")
    return replace(entity, start=start, end=end, label="MONEY" if money else entity.label)


def _is_range(text: str, one: Entity, two: Entity) -> bool:
    return (
        one.label == "CARDINAL"
        and two.label in {"PERCENT", "MONEY", "QUANTITY"}
        and bool(_RANGE.fullmatch(text, one.end, two.start))
    )


def years_and_times(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """A bare year as a date, "14:05" as a time, and the day out of "the minutes of 11 May"."""
    result = []
    for entity in entities:
        words = text[entity.start : entity.end]
        if entity.label in {"CARDINAL", "DATE"} and _CLOCK.match(words):
            entity = replace(entity, label="TIME")
        elif entity.label == "CARDINAL" and _YEAR.match(words):
            entity = replace(entity, label="DATE")
        elif entity.label == "TIME" and (day := _DAY.search(text, entity.start, entity.end)):
            entity = replace(entity, start=day.start(), end=day.end(), label="DATE")
        result.append(entity)
    return result


def with_a_value(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Less amounts without a number and dates that say no time: "monthly", a postcode."""
    return [e for e in entities if _has_value(text[e.start : e.end], e.label)]


def _has_value(words: str, label: str) -> bool:
    if label in _TIMES:
        if words.isdigit():
            return bool(_ANY_YEAR.match(words))
        if words.count("(") != words.count(")"):
            return False
        counted = _COUNTED.search(words) and _DATED.search(words)
        return bool(counted or _WHEN.search(words))
    return label not in NUMBERS or bool(_COUNTED.search(words))
