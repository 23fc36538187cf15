"""Label Studio: JSON with all annotations, JSON-MIN and CSV."""

from collections.abc import Iterator, Mapping
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

_META: Final = "id annotator annotation_id created_at updated_at lead_time annotation"
_ABOUT: Final = frozenset(_META.split())
"""Columns of JSON-MIN and CSV that speak of the annotation itself."""


def _is_full(record: Record) -> bool:
    work = record.get("annotations", record.get("completions"))
    return isinstance(record.get("data"), dict) and (
        isinstance(work, list) and all(isinstance(one, dict) and "result" in one for one in work)
    )


def _is_short(record: Record) -> bool:
    return "annotation_id" in record and "lead_time" in record


def _text_in(data: Mapping[str, Any], ids: frozenset[str] = frozenset()) -> str:
    """The annotated text: what is called so, or else the longest."""
    if isinstance(data.get("text"), str):
        return str(data["text"])
    texts = [v for name, v in data.items() if isinstance(v, str) and name not in ids]
    if not texts:
        raise Unusable("it has no text")
    return max(texts, key=len)


def _full(record: Record) -> Made:
    work = record.get("annotations") or record.get("completions") or []
    done = [one for one in work if not one.get("was_cancelled")]
    if not done:
        raise Unusable("nobody has annotated it", expected=True)
    best = next((one for one in done if one.get("ground_truth")), done[0])
    return list(_of_result(_text_in(record["data"]), best["result"]))


def _of_result(text: str, result: list[dict[str, Any]]) -> Iterator[tuple[str, Example]]:
    spans: dict[str, Example] = {}
    entities: list[Example] = []
    kinds = {item.get("type") for item in result}
    for item in result:
        value = item.get("value", {})
        if item.get("type") in ("labels", "hypertextlabels") and "start" in value:
            labels = value.get("labels") or value.get("hypertextlabels")
            start = value.get("globalOffsets", value)
            made = entity(text, start["start"], start["end"], labels, value.get("text"))
            entities.append(made)
            spans[str(item.get("id"))] = made
        elif item.get("type") == "choices":
            yield CLASSES, classified(text, value.get("choices", []))
        elif item.get("type") == "textarea":
            written = value.get("text")
            summary = " ".join(written) if isinstance(written, list) else str(written)
            yield SUMMARIES, {"text": text.strip(), "summary": summary.strip()}
    for item in result:
        if item.get("type") == "relation" and item.get("labels"):
            ends = [spans[str(item[end])] for end in ("from_id", "to_id")]
            head, tail = reversed(ends) if item.get("direction") == "left" else ends
            yield RELATIONS, related(text, head, tail, item["labels"][0])
    if entities or not kinds - {"relation"}:
        yield ENTITIES, {"text": text, "entities": entities}


def _short(record: Record) -> Made:
    rest = {name: parsed(v) for name, v in record.items() if name not in _ABOUT and "." not in name}
    text = _text_in(rest)
    for name, value in rest.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "start" in value[0]:
            found = [
                entity(text, one["start"], one["end"], one.get("labels"), one.get("text"))
                for one in value
            ]
            return [(ENTITIES, {"text": text, "entities": found})]
        if isinstance(value, dict) and "choices" in value:
            return [(CLASSES, classified(text, value["choices"]))]
        if isinstance(value, str) and value.strip() and value != text and name != "text":
            return [(CLASSES, classified(text, value))]
    raise Unusable("nobody has annotated it", expected=True)


EXPORTS: Final = (
    Export("Label Studio (JSON)", _is_full, _full, "it holds tasks with their annotations"),
    Export("Label Studio", _is_short, _short, "it has Label Studio's columns"),
)
