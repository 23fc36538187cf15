"""doccano and tools alike: a text with a list of labels, spans, or spans and relations."""

from typing import Any, Final

from backend.data.exports.export import (
    CLASSES,
    ENTITIES,
    RELATIONS,
    SUMMARIES,
    Export,
    Made,
    Record,
    Unusable,
    classified,
    entity,
    related,
)
from backend.data.schemas import Example
from backend.data.values import parsed

_LISTS: Final = ("entities", "spans", "annotations", "label", "labels", "cats", "intents")
_WRITTEN: Final = 40
"""Characters from which a label is a text that somebody has written."""


def _text(record: Record) -> Any:
    return record.get("text", record.get("data", record.get("content")))


def _list(record: Record) -> list[Any] | None:
    for name in _LISTS:
        value = parsed(record.get(name))
        if isinstance(value, list):
            return value
    return None


def _fits(record: Record) -> bool:
    value = _list(record)
    if not isinstance(_text(record), str) or value is None:
        return False
    return all(
        isinstance(one, str) or _is_span(one) or (isinstance(one, dict) and "label" in one)
        for one in value
    )


def _is_span(one: Any) -> bool:
    if isinstance(one, list):
        return len(one) == 3 and all(isinstance(at, int) for at in one[:2])
    return isinstance(one, dict) and bool({"start", "start_offset", "startOffset"} & set(one))


def _examples(record: Record) -> Made:
    text, labels = str(_text(record)), _list(record) or []
    extra = {"group": str(record["group"])} if record.get("group") else {}
    related_ones = parsed(record.get("relations"))
    if labels and all(isinstance(one, str) for one in labels):
        if len(labels) == 1 and len(labels[0]) > _WRITTEN and " " in labels[0]:
            return [(SUMMARIES, {"text": text.strip(), "summary": labels[0].strip(), **extra})]
        return [(CLASSES, classified(text, labels) | extra)]
    if labels and not any(_is_span(one) for one in labels):
        return [(CLASSES, classified(text, [one["label"] for one in labels]) | extra)]
    if not labels and "entities" not in record and "spans" not in record:
        raise Unusable("it has no labels", expected=True)
    entities = [_entity(text, one) for one in labels]
    made: list[tuple[str, Example]] = [(ENTITIES, {"text": text, "entities": entities, **extra})]
    if isinstance(related_ones, list):
        places = {
            str(one.get("id", at)): span
            for at, (one, span) in enumerate(zip(labels, entities))  # noqa: B905
            if isinstance(one, dict)
        }
        made += [(RELATIONS, _relation(text, one, places) | extra) for one in related_ones]
    return made


def _entity(text: str, one: Any) -> Example:
    if isinstance(one, list):
        return entity(text, one[0], one[1], one[2])
    start = next(one[n] for n in ("start", "start_offset", "startOffset") if n in one)
    end = next(one[n] for n in ("end", "end_offset", "endOffset") if n in one)
    label = next((one[n] for n in ("label", "type", "entity", "labels", "tag") if n in one), "")
    return entity(text, start, end, label, one.get("text"))


def _relation(text: str, one: dict[str, Any], places: dict[str, Example]) -> Example:
    head = next(one[n] for n in ("from_id", "head", "from", "source", "arg1") if n in one)
    tail = next(one[n] for n in ("to_id", "tail", "child", "to", "target", "arg2") if n in one)
    label = one.get("type", one.get("label"))
    if str(head) not in places or str(tail) not in places:
        raise Unusable("a relation names an entity that is not there")
    return related(text, places[str(head)], places[str(tail)], label)


EXPORTS: Final = (
    Export(
        "texts with labels or spans (doccano)",
        lambda record: isinstance(parsed(record.get("relations")), list) and _fits(record),
        _examples,
        "each row has a text, spans and relations between them",
    ),
    Export(
        "texts with a list of labels (doccano)",
        lambda record: _fits(record) and not any(_is_span(one) for one in _list(record) or ()),
        _examples,
        "each row has a text and a list of its labels",
    ),
)
