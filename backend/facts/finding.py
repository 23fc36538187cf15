"""All key facts of a document, and the few that matter most."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from backend.facts.amounts import amounts
from backend.facts.contacts import contacts
from backend.facts.dates import date_of_document, dates
from backend.facts.duties import duties
from backend.facts.fact import KINDS, Fact
from backend.facts.parties import parties
from backend.facts.statements import statements
from backend.tasks.base import Span

_MOST_OF_A_KIND: Final = 4
_EARLY: Final = 0.3
"""How much more a fact weighs at the very start of a document, where writers put what matters."""


def key_facts(text: str, entities: Sequence[Span] = ()) -> tuple[Fact, ...]:
    """The key facts of ``text``, in its order; ``entities`` are the names that a model found."""
    return _key_facts(text, tuple(entities))


@lru_cache(maxsize=32)  # a page asks again whenever it is drawn
def _key_facts(text: str, entities: tuple[Span, ...]) -> tuple[Fact, ...]:
    names = sorted(entities, key=lambda entity: entity.start)
    found = [*parties(text, names), *contacts(text, names), *date_of_document(text)]
    for statement in statements(text):
        here = (*amounts(statement), *dates(statement), *duties(statement))
        early = _EARLY * (1 - statement.start / len(text))
        found += [replace(fact, weight=fact.weight + early) for fact in here]
    return tuple(sorted(_once(found), key=lambda fact: (fact.place.start, KINDS.index(fact.kind))))


def _once(facts: Sequence[Fact]) -> Iterator[Fact]:
    """``facts`` without those that say again what another says."""
    seen: set[tuple[str, str, str]] = set()
    for fact in facts:
        same = (fact.kind, fact.value.lower(), "" if fact.kind == "contact" else fact.about.lower())
        if same not in seen:
            seen.add(same)
            yield fact


def foremost(facts: Sequence[Fact], *, most: int) -> tuple[Fact, ...]:
    """The ``most`` facts that matter most, by kind, then in the order of the text: first at most
    four of a kind, so that many dates do not hide one deadline, then whatever is left.
    """
    ranked = sorted(facts, key=lambda fact: -fact.weight)
    counts: Counter[str] = Counter()
    chosen: list[Fact] = []
    rest: list[Fact] = []
    told: set[int] = set()
    said: set[tuple[str, str]] = set()
    for fact in ranked:
        if fact.kind in {"deadline", "obligation"}:
            if fact.sentence.start in told:
                continue  # who has to do it by then is said once
            told.add(fact.sentence.start)
        if (fact.kind, fact.value) in said:
            continue
        said.add((fact.kind, fact.value))
        counts[fact.kind] += 1
        (chosen if counts[fact.kind] <= _MOST_OF_A_KIND else rest).append(fact)
    few = (chosen + rest)[:most] if len(chosen) < most else chosen[:most]
    return tuple(sorted(few, key=lambda fact: (KINDS.index(fact.kind), fact.place.start)))
