"""Names as people would mark them: a row of rules over what models have found. No torch here.

Each rule takes a text and its entities and gives the entities as it leaves them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from named_entities.words import Entity

NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})
"""Types between which the mentions of one name decide together."""
_PROPER = NAMES | {"NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"}

_BEFORE = re.compile(r"(?:(?:the|a|an)\s+|[\s\"'“”‘’«»„(\[{•·▪◦*#>|/,;:.–—-]+)+", re.IGNORECASE)
_BEHIND = re.compile(r"(?:(?<=\w)['’]s?|[\s\"'“”‘’«»)\]}•·▪◦*|/,;:!?–—-])+$")
_CURRENCY = re.compile(r"(?:(?:US|C|A|NZ|HK|S)?[$€£¥]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD))\s?$")
_SCALE = re.compile(r"\s?(?:bn|billion|m|mn|million|k|thousand|trillion|tn)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*|\S*\.(?:com|org|gov|net|edu|io)\b\S*")
_FILE = re.compile(
    r"^\.?[\w-]*\.(?:csv|json|xml|xlsx?|docx?|pdf|txt|html?|zip|py|md)$", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"^(?:item|appendix|section|table|figure|fig\.?|attachment|chapter|part|exhibit|annex|schedule"
    r"|article|page|note|step|form|version|line)\s*(?:no\.?\s*)?[\divxlcA-Z.()-]{0,6}$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t]*[(\[]?$")
_SHORTEST = 2
SURE = 0.9
"""A name as likely as this is one against all appearance: without a capital, or as a heading."""

Rule = Callable[[str, Sequence[Entity]], list[Entity]]


def clean(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities after all rules, in the text's order."""
    found = sorted(entities, key=lambda entity: (entity.start, entity.end))
    for rule in RULES:
        found = rule(text, found)
    return found


def on_one_line(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Of an entity over a line break, its longest line."""
    result = []
    for entity in entities:
        lines = list(re.finditer(r"[^\n\r]+", text[entity.start : entity.end]))
        if lines:
            line = max(lines, key=lambda match: len(match.group()))
            start = entity.start
            result.append(replace(entity, start=start + line.start(), end=start + line.end()))
    return result


def trimmed(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Proper names without articles, quotes, list signs, brackets that stay open and 's."""
    result = []
    for entity in entities:
        start, end = entity.start, entity.end
        if entity.label in _PROPER:
            before = _BEFORE.match(text, start, end)
            start = before.end() if before else start
            inside = text[start:end]
            behind = _BEHIND.search(inside)
            # A name may end in a bracket of its own: "Bank of England (BOE)".
            if behind and not (")" in behind.group() and "(" in inside):
                end = start + behind.start()
        if end - start > 0:
            result.append(replace(entity, start=start, end=end))
    return result


def with_currency(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Amounts of money with the sign or code before them, and "bn" or "million" behind."""
    result = []
    for entity in entities:
        if entity.label in {"MONEY", "CARDINAL", "QUANTITY"}:
            sign = _CURRENCY.search(text, max(0, entity.start - 4), entity.start)
            if sign or entity.label == "MONEY":
                scale = _SCALE.match(text, entity.end)
                start = sign.start() if sign else entity.start
                end = scale.end() if scale else entity.end
                entity = replace(entity, start=start, end=end, label="MONEY")
        result.append(entity)
    return _apart(result)


def without_noise(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Less what is no name: addresses, files, references within the document, list numbers,
    ordinals in words, and names without a capital in a text that has some.
    """
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    mixed = any(c.islower() for c in text) and any(c.isupper() for c in text)
    result, at = [], 0
    for entity in entities:
        while at < len(addresses) and addresses[at][1] <= entity.start:
            at += 1
        inside_address = at < len(addresses) and addresses[at][0] < entity.end
        if not inside_address and _is_told(text, entity, mixed=mixed):
            result.append(entity)
    return result


def _is_told(text: str, entity: Entity, *, mixed: bool) -> bool:
    words = text[entity.start : entity.end]
    if not any(character.isalnum() for character in words):
        return False
    if entity.label in {"CARDINAL", "ORDINAL"}:
        return any(c.isdigit() for c in words) and not _numbers_item(text, entity)
    if entity.label not in _PROPER:
        return True
    if _FILE.match(words) or _REFERENCE.match(words) or len(words) < _SHORTEST:
        return False
    return not mixed or entity.score >= SURE or any(c.isupper() or c.isdigit() for c in words)


def _numbers_item(text: str, entity: Entity) -> bool:
    """Whether the number begins a line, as those of lists and pages do."""
    before = text[max(0, entity.start - 8) : entity.start]
    return bool(_LIST_NUMBER.search(before)) and text[entity.end : entity.end + 1] in set(".)] \n")


def without_headings(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Less names that stand nowhere but alone on a line, as headings do; an organisation, and a
    sure name, may: signatures and lists of people are made of such lines.
    """
    alone = [_fills_line(text, entity) for entity in entities]
    running = {_key(text, e) for e, only in zip(entities, alone, strict=True) if not only}
    return [
        entity
        for entity, only in zip(entities, alone, strict=True)
        if not only
        or entity.label not in _PROPER - {"ORG"}
        or entity.score >= SURE
        or _key(text, entity) in running
    ]


def _fills_line(text: str, entity: Entity) -> bool:
    start = text.rfind("\n", 0, entity.start) + 1
    end = text.find("\n", entity.end)
    line = text[start : len(text) if end < 0 else end].strip()
    rest = line.replace(text[entity.start : entity.end], "", 1)
    return not any(character.isalpha() for character in rest)


def of_one_type(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """One type for all mentions of a name: the one with most weight among them. A surname counts
    with the full names that end in it.
    """
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    surnames: dict[str, float] = defaultdict(float)
    for entity in entities:
        if entity.label in NAMES:
            key = _key(text, entity)
            votes[key][entity.label] += entity.score
            if " " in key and entity.label == "PERSON":
                surnames[key.rsplit(" ", 1)[-1]] += entity.score
    result = []
    for entity in entities:
        if entity.label in NAMES:
            key = _key(text, entity)
            weights = votes[key]
            weights["PERSON"] += surnames.pop(key, 0.0)
            entity = replace(entity, label=max(weights, key=weights.__getitem__))
        result.append(entity)
    return result


def _key(text: str, entity: Entity) -> str:
    return " ".join(text[entity.start : entity.end].casefold().split())


def _apart(entities: Sequence[Entity]) -> list[Entity]:
    """Less those that overlap an earlier one."""
    result: list[Entity] = []
    for entity in sorted(entities, key=lambda entity: (entity.start, -entity.end)):
        if not result or entity.start >= result[-1].end:
            result.append(entity)
    return result


RULES: tuple[Rule, ...] = (
    on_one_line,
    trimmed,
    with_currency,
    without_noise,
    without_headings,
    of_one_type,
)
