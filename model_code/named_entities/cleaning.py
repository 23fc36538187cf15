"""Names as people would mark them: a row of rules over what models have found. No torch here."""

from collections.abc import Callable, Sequence
from typing import Final

from named_entities.acronyms import explained
from named_entities.boundaries import on_one_line, trimmed, whole, without_common_words
from named_entities.citations import cited
from named_entities.consistency import marked_alike, mentioned_by_kind, of_one_type
from named_entities.noise import as_laws, as_they_look, without_headings, without_noise
from named_entities.people import signed
from named_entities.values import amounts, with_a_value, years_and_times
from named_entities.words import Entity, apart

Rule = Callable[[str, Sequence[Entity]], list[Entity]]
"""Takes a text and its entities in its order, and gives the entities as it leaves them."""


def clean(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities after all rules, in the text's order, none over another."""
    found = sorted(entities, key=lambda entity: (entity.start, entity.end))
    for rule in RULES:
        found = rule(text, found)
    return apart(found)


RULES: Final[tuple[Rule, ...]] = (
    on_one_line,
    trimmed,
    without_common_words,
    whole,
    amounts,
    years_and_times,
    with_a_value,
    without_noise,
    signed,
    without_headings,
    explained,
    marked_alike,
    mentioned_by_kind,
    of_one_type,
    as_laws,
    as_they_look,
    cited,
)
