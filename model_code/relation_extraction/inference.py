"""Serving relation extraction: two given spans, or all pairs of entities within a sentence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from common import payload
from common.together import Steps, together
from relation_extraction.directions import turned
from relation_extraction.document import relations
from relation_extraction.ends import Mention, kind
from relation_extraction.markers import Pair
from relation_extraction.model import RelationModel


@dataclass(frozen=True)
class PairRequest:
    """Two spans of a sequence; ``swapped`` says that entity one stands behind entity two."""

    text: str
    pair: Pair
    swapped: bool


@dataclass(frozen=True)
class DocumentRequest:
    """A text and its entities, or None to find them."""

    text: str
    entities: list[Mention] | None


def model_fn(model_dir: str) -> RelationModel:
    """Load the exported model."""
    return RelationModel(model_dir)


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> PairRequest | DocumentRequest:
    """``{"sequence", "entity_one_start", …}`` for a pair, ``{"text", "entities"}`` for a text."""
    request = payload.parse_object(body, content_type)
    if "sequence" in request:
        return _pair_request(request)
    text = payload.required_text(request, "text")
    if request.get("entities") is None:
        return DocumentRequest(text, None)
    items = request["entities"]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise payload.BadRequestError(
            "'entities' must be a list of objects with 'start' and 'end'."
        )
    spans = {payload.span(item, "start", "end", len(text)): item for item in items}
    given = [Mention(*span, kind(str(item.get("label") or ""))) for span, item in spans.items()]
    return DocumentRequest(text, sorted(given, key=lambda mention: (mention.start, mention.end)))


def _pair_request(request: dict[str, Any]) -> PairRequest:
    text = payload.required_text(request, "sequence")
    one = payload.span(request, "entity_one_start", "entity_one_end", len(text))
    two = payload.span(request, "entity_two_start", "entity_two_end", len(text))
    if one[0] < two[1] and two[0] < one[1]:
        raise payload.BadRequestError("The two entities overlap: give two separate spans.")
    first, second = sorted([one, two])
    return PairRequest(text, Pair(first, second), swapped=first != one)


def short_label(label: str) -> str:
    """The original solution's name: the halves change places where the direction is (e2,e1)."""
    name, _, direction = label.partition("(")
    if direction == "e2,e1)" and name.count("-") == 1:
        return "-".join(reversed(name.split("-")))
    return name


@payload.one_or_many
def predict_fn(
    requests: list[PairRequest | DocumentRequest], model: RelationModel
) -> list[dict[str, Any]]:
    """The relation of a pair with all scores, or a document's relations."""
    works = [
        _pair(request, model)
        if isinstance(request, PairRequest)
        else relations(request.text, request.entities, model)
        for request in requests
    ]
    return together(model.engine, works)


def _pair(request: PairRequest, model: RelationModel) -> Steps[dict[str, Any]]:
    labels = model.engine.config.labels
    (values,) = yield from model.probabilities(request.text, [request.pair])
    if request.swapped:
        # The model reads the earlier span as e1; the caller's first entity is the later one.
        places = {label: index for index, label in enumerate(labels)}
        values = np.array([values[places[turned(x, places)]] for x in labels])
        values = values / values.sum()
    best = int(values.argmax())
    return {
        "id": best,
        "str": labels[best],
        "Label_id": best,
        "Label": short_label(labels[best]),
        "score": float(values[best]),
        "scores": dict(zip(labels, values.tolist(), strict=True)),
    }


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
