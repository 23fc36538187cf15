"""Prodigy: JSON Lines with an answer for each row."""

from typing import Any, Final

from backend.data.exports.export import (
    CLASSES,
    ENTITIES,
    RELATIONS,
    Export,
    Made,
    Record,
    Unusable,
    classified,
    entity,
    related,
    span,
)
from backend.data.values import parsed

_ANSWERS: Final = frozenset({"accept", "reject", "ignore"})
_SAID: Final = {"reject": "it was rejected", "ignore": "it was passed over"}


def _fits(record: Record) -> bool:
    if not isinstance(record.get("text"), str):
        return False
    tokens = record.get("tokens")
    parsed_by_spacy = isinstance(tokens, list) and all(isinstance(one, dict) for one in tokens)
    return record.get("answer") in _ANSWERS or (
        "answer" not in record and parsed_by_spacy and isinstance(record.get("spans"), list)
    )


def _examples(record: Record) -> Made:
    if record.get("answer", "accept") != "accept":
        raise Unusable(_SAID[record["answer"]], expected=True)
    text = record["text"]
    if "options" in record and record.get("accept") is not None:
        return [(CLASSES, classified(text, _chosen(record)))]
    if record.get("relations"):
        return [(RELATIONS, _relation(text, one)) for one in record["relations"]]
    if isinstance(record.get("label"), str):
        return [(CLASSES, classified(text, record["label"]))]
    spans = parsed(record.get("spans")) or []
    found = [entity(text, one["start"], one["end"], one["label"]) for one in spans]
    return [(ENTITIES, {"text": text, "entities": found})]


def _chosen(record: Record) -> list[Any]:
    names = {
        option["id"]: option["id"] if isinstance(option["id"], str) else option.get("text")
        for option in parsed(record["options"])
    }
    return [names.get(one, one) for one in parsed(record["accept"])]


def _relation(text: str, one: dict[str, Any]) -> dict[str, Any]:
    head, child = one["head_span"], one["child_span"]
    return related(
        text,
        span(text, head["start"], head["end"]),
        span(text, child["start"], child["end"]),
        one["label"],
    )


EXPORTS: Final = (Export("Prodigy", _fits, _examples, "each row was accepted or rejected"),)
