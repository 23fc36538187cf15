"""A model's labels under the names that the test data has for them.

What is plainly the same is read as the same, with a note: 0 and "negative", "person" and PER. What
is not has to be said by a person (``names``); a model of which no label is among the test data's
cannot be scored at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, cast

from backend.evaluation.alarms import Alarm
from backend.evaluation.examples import Entity, Examples, TaskName, Value, labels
from backend.tasks.entity_types import AS_COARSE, COARSE, is_ontonotes

NO_COMMON_LABELS: Final = "no_common_labels"
_LABELLED: Final = ("text_classification", "relation_extraction")
_SHOWN: Final = 6

_TYPES: Final[Mapping[str, str]] = {
    "PER": "per pers person persons people individual",
    "ORG": "org organisation organization organisations organizations company companies",
    "LOC": "loc location locations place places",
    "MISC": "misc miscellaneous",
}
_NOTHING: Final = "other no_relation norelation no_rel na n_a none null"
_TONES: Final[Mapping[str, str]] = {
    "negative": "0 -1 neg negative label_0 class_0",
    "positive": "1 pos positive label_1 class_1",
}
"""A tone and its numbers, where the labels are these two and no others: 1 of 5 stars is none."""


def in_names_of_gold(
    examples: Examples, predicted: Sequence[Value], names: Mapping[str, str] | None = None
) -> tuple[Sequence[Value], tuple[Alarm, ...]]:
    """``predicted`` with the labels of the gold, with a note where that changed anything, and an
    alarm where the two have no label in common. ``names`` are labels of the model with what a
    person said that they are called in the gold.
    """
    if examples.task == "named_entities":
        return _entities(examples, predicted, names or {})
    if examples.task not in _LABELLED:
        return predicted, ()
    gold, found = labels_in(examples.task, examples.gold), labels_in(examples.task, predicted)
    renaming = _renaming(found, gold, names or {})
    written = [renaming.get(label, label) for label in labels(predicted)]
    return written, _alarms(renaming, gold, set(written))


def labels_in(task: TaskName, values: Sequence[Value]) -> set[str]:
    """The labels in gold or predictions; none for a task whose answers are texts."""
    if task == "named_entities":
        return _types(_spans(values))
    return set(labels(values)) - {""} if task in _LABELLED else set()


def _entities(
    examples: Examples, predicted: Sequence[Value], names: Mapping[str, str]
) -> tuple[Sequence[Value], tuple[Alarm, ...]]:
    gold = _types(_spans(examples.gold))
    spans = _spans(predicted)
    found = _types(spans)
    renaming = _renaming(found, gold, names)
    coarse = {_concept(label, _TYPES): label for label in sorted(gold)}
    if not names and gold and COARSE.issuperset(coarse) and is_ontonotes(found):
        known = {name: coarse.get(type_, type_) for name, type_ in AS_COARSE.items()}
        kept: Sequence[Value] = [renamed(entities, known) for entities in spans]
        return kept, (_left_out(known),) if found - gold else ()
    written = [renamed(entities, {**{one: one for one in found}, **renaming}) for entities in spans]
    return written, _alarms(renaming, gold, _types(written))


def renamed(entities: Iterable[Entity], names: Mapping[str, str]) -> tuple[Entity, ...]:
    """``entities`` with their types called as ``names`` says; those of other types are left out,
    so that a model with more types than the test data is measured on the ones both know.
    """
    return tuple(
        entity._replace(label=names[entity.label]) for entity in entities if entity.label in names
    )


def _renaming(
    found: Collection[str], gold: Collection[str], names: Mapping[str, str]
) -> dict[str, str]:
    """What labels of the model that the gold does not have are called there, as far as known."""
    left = sorted(set(found) - set(gold) - {""})
    tones = all(_concept(label, _TONES) for label in gold)
    renaming: dict[str, str] = {}
    for label in left:
        same = [one for one in sorted(gold) if _same(label, one, tones=tones)]
        if names.get(label) in gold:
            renaming[label] = names[label]
        elif len(same) == 1:
            renaming[label] = same[0]
    return renaming


def _same(one: str, other: str, *, tones: bool) -> bool:
    if _folded(one) == _folded(other):
        return True
    tables = [_TYPES, {"nothing": _NOTHING}, *([_TONES] if tones else [])]
    return any(_concept(one, table) == _concept(other, table) != "" for table in tables)


def _concept(label: str, table: Mapping[str, str]) -> str:
    """What ``label`` is a name of, "" where ``table`` does not say."""
    folded = _folded(label)
    return next((concept for concept, words in table.items() if folded in words.split()), "")


def _folded(label: str) -> str:
    return "_".join(label.casefold().replace("/", " ").replace("_", " ").split())


def _alarms(
    renaming: Mapping[str, str], gold: Collection[str], written: Collection[str]
) -> tuple[Alarm, ...]:
    if renaming:
        return (_note(renaming),)
    answered = set(written) - {""}
    if gold and answered and not answered & set(gold):
        return (
            Alarm(
                NO_COMMON_LABELS,
                f"The model answers {_listed(answered)}, the test data has {_listed(gold)}: they "
                "have no label in common, so its score says nothing. Say which label is which.",
            ),
        )
    return ()


def _note(renaming: Mapping[str, str]) -> Alarm:
    pairs = [f"“{one}” was read as “{other}”" for one, other in sorted(renaming.items())]
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return Alarm(
        "labels_renamed",
        "The model and the test data call the same labels by other names: "
        f"{', '.join(pairs[:_SHOWN])}{more}.",
        "note",
    )


def _left_out(known: Mapping[str, str]) -> Alarm:
    as_read = {name: label for name, label in known.items() if name != label}
    pairs = ", ".join(f"{name} as {label}" for name, label in as_read.items())
    return Alarm(
        "types_renamed",
        "The model knows the 18 types of OntoNotes, the test data has fewer: it was read with "
        f"{pairs}, and what the test data has no name for, such as DATE, was left out.",
        "note",
    )


def _listed(names: Iterable[str]) -> str:
    all_names = sorted(names)
    more = f" and {len(all_names) - _SHOWN} more" if len(all_names) > _SHOWN else ""
    return f"{', '.join(f'“{one}”' for one in all_names[:_SHOWN])}{more}"


def _spans(values: Iterable[Value]) -> list[tuple[Entity, ...]]:
    return [cast("tuple[Entity, ...]", value) for value in values]


def _types(documents: Iterable[Iterable[Entity]]) -> set[str]:
    return {entity.label for entities in documents for entity in entities}
