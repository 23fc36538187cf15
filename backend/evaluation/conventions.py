"""A model's types of entities under the names that the test data has for them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from backend.evaluation.alarms import Alarm
from backend.evaluation.examples import Entity, Examples, Value
from backend.tasks.entity_types import AS_COARSE, is_coarse, is_ontonotes

_NOTE: Final = Alarm(
    "types_renamed",
    "The model knows the 18 types of OntoNotes, the test data those of CoNLL: PERSON was read as "
    "PER, GPE and FAC as LOC, and what the test data has no name for, such as DATE, was left out.",
    "note",
)


def in_types_of_gold(
    examples: Examples, predicted: Sequence[Value]
) -> tuple[Sequence[Value], tuple[Alarm, ...]]:
    """``predicted`` in the types of the gold, with a note where that changed anything."""
    if examples.task != "named_entities":
        return predicted, ()
    gold, found = _entities(examples.gold), _entities(predicted)
    if not (is_coarse(_types(gold)) and is_ontonotes(_types(found))):
        return predicted, ()
    return [renamed(entities, AS_COARSE) for entities in found], (_NOTE,)


def renamed(entities: Iterable[Entity], names: Mapping[str, str]) -> tuple[Entity, ...]:
    """``entities`` with their types called as ``names`` says; those of other types are left out,
    so that a model with more types than the test data is measured on the ones both know.
    """
    return tuple(
        entity._replace(label=names[entity.label]) for entity in entities if entity.label in names
    )


def _entities(values: Iterable[Value]) -> list[tuple[Entity, ...]]:
    return [cast("tuple[Entity, ...]", value) for value in values]


def _types(documents: Iterable[Iterable[Entity]]) -> set[str]:
    return {entity.label for entities in documents for entity in entities}
