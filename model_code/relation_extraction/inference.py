"""Serving relation extraction: two given spans, or all pairs of entities within a sentence."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from common import payload, spacy_model
from common.engine import Engine
from common.numeric import softmax
from common.sentences import sentences, warm_up
from common.together import Steps, together
from relation_extraction.markers import Pair, encode_pairs

NONE = "Other"
# A sentence with more entities than this is a list or a row of a table: of its entities only
# neighbours are paired, since all pairs of a hundred would be five thousand.
MOST_ENTITIES = 20
NEIGHBOURS = 3
# Where nobody says which mentions matter, these named ones do, and the nouns: no relation of the
# model's has an amount, a date or a nationality at an end.
NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"})


class RelationModel:
    """The encoder and, for documents without given entities, spaCy's pipeline."""

    def __init__(self, model_dir: str) -> None:
        self.engine = Engine(model_dir)
        warm_up()

    @cached_property
    def pipeline(self) -> Any:
        """spaCy's pipeline, loaded when it is first needed."""
        return spacy_model.load()

    def probabilities(self, text: str, pairs: list[Pair]) -> Steps[list[np.ndarray]]:
        """For each pair the distribution over the labels; the first span is e1."""
        limit = self.engine.config.max_length
        sequences = encode_pairs(self.engine.tokenizer, text, pairs, limit)
        return [softmax(values[0]) for values in (yield sequences)]


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
    entities: list[tuple[int, int]] | None


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
    spans = {payload.span(item, "start", "end", len(text)) for item in items}
    return DocumentRequest(text, sorted(spans))


def _pair_request(request: dict[str, Any]) -> PairRequest:
    text = payload.required_text(request, "sequence")
    one = payload.span(request, "entity_one_start", "entity_one_end", len(text))
    two = payload.span(request, "entity_two_start", "entity_two_end", len(text))
    if one[0] < two[1] and two[0] < one[1]:
        raise payload.BadRequestError("The two entities overlap: give two separate spans.")
    first, second = sorted([one, two])
    return PairRequest(text, Pair(first, second), swapped=first != one)


def swapped_label(label: str) -> str:
    """The same relation with e1 and e2 in each other's place."""
    if label.endswith("(e1,e2)"):
        return label.removesuffix("(e1,e2)") + "(e2,e1)"
    if label.endswith("(e2,e1)"):
        return label.removesuffix("(e2,e1)") + "(e1,e2)"
    return label


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
        _pair(request, model) if isinstance(request, PairRequest) else _document(request, model)
        for request in requests
    ]
    return together(model.engine, works)


def _pair(request: PairRequest, model: RelationModel) -> Steps[dict[str, Any]]:
    labels = model.engine.config.labels
    (values,) = yield from model.probabilities(request.text, [request.pair])
    if request.swapped:
        # The model reads the earlier span as e1; the caller's first entity is the later one.
        places = {label: index for index, label in enumerate(labels)}
        values = np.array([values[places.get(swapped_label(x), places[x])] for x in labels])
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


def _document(request: DocumentRequest, model: RelationModel) -> Steps[dict[str, Any]]:
    text = request.text
    entities = request.entities if request.entities is not None else _mentions(text, model)
    relations: list[dict[str, Any]] = []
    count = 0
    for start, end, inside in _by_sentence(text, entities):
        pairs = _pairs(inside, start)
        count += len(pairs)
        found = yield from model.probabilities(text[start:end], pairs)
        for pair, values in zip(pairs, found, strict=True):
            label = model.engine.config.labels[int(values.argmax())]
            if label != NONE:
                relations.append(_relation(text, (start, end), pair, label, float(values.max())))
    return {"relations": relations, "pairs": count}


def _mentions(text: str, model: RelationModel) -> list[tuple[int, int]]:
    """Named entities and the nouns of noun chunks, without overlaps, in their order."""
    found: list[tuple[int, int]] = []
    for shift, end in spacy_model.blocks(text):
        doc = model.pipeline(text[shift:end])
        named = {token.i for part in doc.ents for token in part}
        spans = [(e.start_char, e.end_char) for e in doc.ents if e.label_ in NAMED]
        for chunk in doc.noun_chunks:
            noun = chunk.root
            if noun.i not in named and noun.pos_ in {"NOUN", "PROPN"}:
                spans.append((noun.idx, noun.idx + len(noun)))
        found += [(shift + start, shift + stop) for start, stop in sorted(spans)]
    return found


def _by_sentence(
    text: str, entities: list[tuple[int, int]]
) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """(start, end, entities) of each sentence with at least two entities."""
    ordered = sorted(entities)
    result: list[tuple[int, int, list[tuple[int, int]]]] = []
    at = 0
    for start, end in sentences(text):
        while at < len(ordered) and ordered[at][0] < start:
            at += 1
        first = at
        while at < len(ordered) and ordered[at][0] < end:
            at += 1
        inside = [span for span in ordered[first:at] if span[1] <= end]
        if len(inside) > 1:
            result.append((start, end, inside))
    return result


def _pairs(spans: list[tuple[int, int]], start: int) -> list[Pair]:
    """Pairs of separate spans, relative to the sentence's start."""
    reach = len(spans) if len(spans) <= MOST_ENTITIES else NEIGHBOURS
    return [
        Pair((one[0] - start, one[1] - start), (two[0] - start, two[1] - start))
        for (i, one), (j, two) in combinations(enumerate(spans), 2)
        if j - i <= reach and one[1] <= two[0]
    ]


def _relation(
    text: str, sentence: tuple[int, int], pair: Pair, label: str, score: float
) -> dict[str, Any]:
    start = sentence[0]
    first = (start + pair.first[0], start + pair.first[1])
    second = (start + pair.second[0], start + pair.second[1])
    head, tail = (second, first) if label.endswith("(e2,e1)") else (first, second)
    return {
        "head": _span(text, head),
        "tail": _span(text, tail),
        "relation": label.partition("(")[0],
        "label": label,
        "score": score,
        "sentence": _span(text, sentence),
    }


def _span(text: str, span: tuple[int, int]) -> dict[str, Any]:
    return {"text": text[span[0] : span[1]], "start": span[0], "end": span[1]}


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
