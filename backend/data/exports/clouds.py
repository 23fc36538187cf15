"""Services: SageMaker Ground Truth, Vertex AI and AutoML, LUIS and Rasa's JSON."""

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
from backend.data.split_names import split_word
from backend.data.values import parsed


def _job(record: Record) -> str:
    """The name of Ground Truth's labelling job in a record; "" where there is none."""
    return next(
        (
            name.removesuffix("-metadata")
            for name, value in record.items()
            if name.endswith("-metadata") and isinstance(value, dict) and "type" in value
        ),
        "",
    )


def _ground_truth(record: Record) -> Made:
    if "source" not in record:
        raise Unusable("its text lies elsewhere in S3: bring a manifest with the texts in it")
    text, job = record["source"], _job(record)
    value, about = record.get(job), record[f"{job}-metadata"]
    if isinstance(value, dict) and "annotations" in value:
        spans = value["annotations"].get("entities", [])
        found = [entity(text, s["startOffset"], s["endOffset"], s["label"]) for s in spans]
        return [(ENTITIES, {"text": text, "entities": found})]
    names = about.get("class-map")
    if isinstance(value, list) and names:
        return [(CLASSES, classified(text, [names[str(one)] for one in value]))]
    return [(CLASSES, classified(text, about.get("class-name", value)))]


def _is_vertex(record: Record) -> bool:
    return (
        "textContent" in record
        or isinstance(record.get("textSnippet"), dict)
        or (isinstance(record.get("text_snippet"), dict))
    )


def _vertex_text(record: Record) -> str:
    snippet = record.get("textSnippet", record.get("text_snippet"))
    return str(record["textContent"] if "textContent" in record else snippet["content"])


def _vertex(record: Record) -> Made:
    text = _vertex_text(record)
    if one := record.get("classificationAnnotation"):
        return [(CLASSES, classified(text, one["displayName"]))]
    if several := record.get("classificationAnnotations"):
        return [(CLASSES, classified(text, [one["displayName"] for one in several]))]
    if one := record.get("sentimentAnnotation"):
        return [(CLASSES, classified(text, one["sentiment"]))]
    spans = record.get("textSegmentAnnotations")
    if spans is not None:
        found = [entity(text, s.get("startOffset", 0), s["endOffset"], s["displayName"])
                 for s in spans]  # fmt: skip
        return [(ENTITIES, {"text": text, "entities": found})]
    return [(ENTITIES, {"text": text, "entities": [
        _automl(text, one) for one in record.get("annotations", ())
    ]})]  # fmt: skip


def _vertex_split(record: Record) -> str:
    about = record.get("dataItemResourceLabels")
    named = about.get("aiplatform.googleapis.com/ml_use") if isinstance(about, dict) else ""
    return split_word(named or record.get("ml_use", ""))


def _automl(text: str, one: dict[str, Any]) -> Example:
    place: dict[str, Any] = one.get("text_extraction") or one["textExtraction"]
    place = place.get("text_segment") or place["textSegment"]
    start = place.get("start_offset", place.get("startOffset", 0))
    end = place.get("end_offset", place.get("endOffset"))
    return entity(text, start, end, one.get("display_name", one.get("displayName")))


def _is_intent(record: Record) -> bool:
    return isinstance(record.get("text"), str) and (
        isinstance(record.get("intent", record.get("intentName")), str)
        and isinstance(parsed(record.get("entities", [])), list)
    )


def _intent(record: Record) -> Made:
    text = record["text"]
    made: list[tuple[str, Example]] = [
        (CLASSES, classified(text, record.get("intent", record.get("intentName"))))
    ]
    spans = parsed(record.get("entities")) or []
    found = [
        entity(
            text,
            one.get("start", one.get("startPos")),
            one["end"] if "end" in one else one["endPos"] + 1,
            one.get("entity", one.get("entityName")),
        )
        for one in spans
        if "start" in one or "startPos" in one
    ]
    if found:
        made.append((ENTITIES, {"text": text, "entities": found}))
    return made


EXPORTS: Final = (
    Export(
        "SageMaker Ground Truth",
        lambda record: bool(_job(record)) and bool({"source", "source-ref"} & set(record)),
        _ground_truth,
        "each row has a source and a labelling job's answer",
    ),
    Export("Vertex AI or AutoML", _is_vertex, _vertex, "it has Vertex AI's names", _vertex_split),
    Export("Rasa or LUIS", _is_intent, _intent, "each row is an utterance with its intent"),
)
