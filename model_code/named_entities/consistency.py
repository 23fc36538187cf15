"""One reading of a name throughout a text: its mentions decide together. No torch here.

Each rule takes a text and its entities and gives the entities as it leaves them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from named_entities.words import NAMES, Entity, apart, key

_KINDS = (
    "Agency|Association|Authority|Bank|Board|Bureau|Commission|Committee|Company|Corporation"
    "|Council|Court|Department|Exchange|Foundation|Fund|Group|Institute|Ministry|Office|Society"
    "|Trust|Union|University"
)
_BY_KIND = re.compile(rf"\b[Tt]he ({_KINDS})\b(?! (?:of|for|[A-Z]))")
_OF_KIND = re.compile(rf"^({_KINDS}) (?:of|for)\b|\b({_KINDS})$")
_DEFINED = re.compile(r"\((?:the |each |collectively,? )?[\"“]([A-Z][\w&.' -]{1,30})[\"”]")
_NEAR = 150
"""Characters before a defined term in which its party is looked for."""

_MOSTLY = 0.5
_HARDLY = 0.25
_OFTEN = 4
_SHORTEST = 3


def marked_alike(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """A name that is marked at most of its places is marked at all; a word that is marked at few
    of many is not: a tagger that sees a sentence at a time is unsteady.
    """
    result = list(entities)
    by_words: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        words = text[entity.start : entity.end]
        if entity.label in NAMES and len(words) >= _SHORTEST and words[0].isupper():
            by_words[words].append(entity)
    for words, mentions in by_words.items():
        taken = {(mention.start, mention.end) for mention in mentions}
        places = _free(_places(text, words), entities, taken)
        share = len(mentions) / max(1, len(places))
        single = " " not in words and not words.isupper()
        if share < _HARDLY and len(places) >= _OFTEN and single:
            result = [entity for entity in result if entity not in mentions]
        elif share >= _MOSTLY:
            score = sum(mention.score for mention in mentions) / len(mentions)
            label = Counter(mention.label for mention in mentions).most_common(1)[0][0]
            result += [Entity(*place, label, score) for place in places if place not in taken]
    return apart(result)


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Where ``words`` stand as words of their own."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        before, behind = text[start - 1 : start], text[end : end + 1]
        if not (before.isalnum() or behind.isalnum() or before == "-" or behind == "-"):
            yield start, end
        start = text.find(words, end)


def _free(
    places: Iterable[tuple[int, int]], entities: Sequence[Entity], own: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The places that no other entity overlaps; both are in the text's order."""
    result, at = [], 0
    for start, end in places:
        while at < len(entities) and entities[at].end <= start:
            at += 1
        if (start, end) in own or at == len(entities) or entities[at].start >= end:
            result.append((start, end))
    return result


def mentioned_by_kind(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """With "the Committee" as a mention, where one organisation of the text is a committee."""
    full: dict[str, dict[str, float]] = defaultdict(dict)
    for entity in entities:
        kind = _OF_KIND.search(text[entity.start : entity.end]) if entity.label == "ORG" else None
        if kind and kind.group() != text[entity.start : entity.end]:
            full[kind[1] or kind[2]][key(text, entity)] = entity.score
    only = {kind: next(iter(names.values())) for kind, names in full.items() if len(names) == 1}
    found = [
        Entity(match.start(1), match.end(1), "ORG", only[match[1]])
        for match in _BY_KIND.finditer(text)
        if match[1] in only
    ]
    kept = [e for e in entities if e.label in NAMES or not any(e.overlaps(f) for f in found)]
    return apart([*kept, *found]) if found else list(entities)


def of_one_type(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """One type for all mentions of a name: the one with most weight among them. A first name or a
    surname counts with the full names; a term that the text defines, with its party.
    """
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    people: dict[str, float] = defaultdict(float)
    for entity in entities:
        name = key(text, entity)
        votes[name][entity.label] += entity.score
        if " " in name and entity.label == "PERSON":
            for part in (name.split()[0], name.split()[-1]):
                people[part] += entity.score
    for name in _terms_of_organisations(text, entities):
        votes[name]["ORG"] += len(entities)
    result = []
    for entity in entities:
        name = key(text, entity)
        if name and not any(character.isdigit() for character in name):
            weights = votes[name]
            if weights.keys() & NAMES:
                weights["PERSON"] += people.pop(name, 0.0)
            entity = replace(entity, label=max(weights, key=weights.__getitem__))
        result.append(entity)
    return result


def _terms_of_organisations(text: str, entities: Sequence[Entity]) -> list[str]:
    """The terms that stand in brackets and quotes behind an organisation."""
    ends = [entity.end for entity in entities if entity.label == "ORG"]
    return [
        " ".join(match[1].casefold().split())
        for match in _DEFINED.finditer(text)
        if any(match.start() - _NEAR <= end <= match.start() for end in ends)
    ]
