"""re3d (Dstl 2017): whole documents with entities and relations."""

import json
from collections.abc import Iterator
from pathlib import Path

from backend.data.formats import Example


def re3d(folder: Path) -> Iterator[Example]:
    """``{"group", "text", "entities", "relations": [{"head", "tail", "label"}]}`` a document; head
    and tail are numbers of entities, and without a direction of their own.
    """
    for source in sorted(path.parent for path in folder.glob("*/documents.json")):
        for document in _records(source / "documents.json"):
            yield _document(source, document)


def _records(path: Path) -> list[Example]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def _document(source: Path, document: Example) -> Example:
    own = str(document["_id"])
    entities = [
        {"start": item["begin"], "end": item["end"], "label": item["type"]}
        for item in _records(source / "entities.json")
        if item["documentId"] == own
    ]
    places = {(item["start"], item["end"]): number for number, item in enumerate(entities)}
    relations = []
    for item in _records(source / "relations.json"):
        head = places.get((item["sourceBegin"], item["sourceEnd"]))
        tail = places.get((item["targetBegin"], item["targetEnd"]))
        if item["documentId"] == own and head is not None and tail is not None:
            relations.append({"head": head, "tail": tail, "label": item["type"]})
    return {
        "group": own,
        "text": document["text"],
        "entities": entities,
        "relations": relations,
    }
