"""spaCy: training data as ``[text, {annotations}]``, and the JSON of version 2."""

from typing import Any, Final

from backend.data.exports.export import (
    CLASSES,
    ENTITIES,
    Export,
    Made,
    Record,
    Unusable,
    classified,
    entity,
)
from backend.data.schemas import Example
from backend.data.tagging import Tagging, sentence_of
from backend.data.values import parsed


def pairs(content: Any) -> list[Record] | None:
    """``[[text, {…}], …]``, also inside of ``{"annotations": […]}``, as records; else None."""
    if isinstance(content, dict):
        content = content.get("annotations", content.get("TRAIN_DATA"))
    if not isinstance(content, list) or not content:
        return None
    rows = [row for row in content if row is not None]
    if not rows or not all(
        isinstance(row, list) and len(row) == 2 and isinstance(row[0], str)
        and isinstance(row[1], dict) for row in rows
    ):  # fmt: skip
        return None
    return [{"text": row[0], "annotations": row[1]} for row in rows]


def _is_pair(record: Record) -> bool:
    found = parsed(record.get("annotations"))
    return (
        isinstance(record.get("text"), str)
        and isinstance(found, dict)
        and bool({"entities", "cats"} & set(found))
    )


def _pair(record: Record) -> Made:
    text, found = record["text"], parsed(record["annotations"])
    made: list[tuple[str, Example]] = []
    if "entities" in found:
        entities = [entity(text, s, e, label) for s, e, label, *_ in found["entities"]]
        made.append((ENTITIES, {"text": text, "entities": entities}))
    if found.get("cats"):
        made.append((CLASSES, classified(text, _positive(found["cats"]))))
    return made


def _positive(cats: dict[str, Any]) -> list[str]:
    return [label for label, value in cats.items() if float(value) >= 0.5]


def _is_cats(record: Record) -> bool:
    cats = parsed(record.get("cats"))
    return (
        isinstance(record.get("text"), str)
        and isinstance(cats, dict)
        and bool(cats)
        and all(isinstance(value, (int, float)) for value in cats.values())
    )


def _cats(record: Record) -> Made:
    return [(CLASSES, classified(record["text"], _positive(parsed(record["cats"]))))]


def _is_second(record: Record) -> bool:
    paragraphs = record.get("paragraphs")
    return isinstance(paragraphs, list) and all(
        isinstance(one, dict) and "sentences" in one for one in paragraphs
    )


def _second(record: Record) -> Made:
    made: list[tuple[str, Example]] = []
    for paragraph in record["paragraphs"]:
        tokens = [token for one in paragraph["sentences"] for token in one["tokens"]]
        words, tags = [t["orth"] for t in tokens], [t.get("ner") or "O" for t in tokens]
        made.append((ENTITIES, sentence_of(words, tags, Tagging())))
        positive = [one["label"] for one in paragraph.get("cats", ()) if one["value"] >= 0.5]
        if positive:
            made.append((CLASSES, classified(paragraph.get("raw", " ".join(words)), positive)))
    if not made:
        raise Unusable("it has no paragraphs")
    return made


EXPORTS: Final = (
    Export("spaCy", _is_pair, _pair, "each row is a text with its annotations"),
    Export("spaCy", _is_cats, _cats, "each row has a text and its cats"),
    Export("spaCy 2 (JSON)", _is_second, _second, "it has paragraphs of sentences and tokens"),
)
