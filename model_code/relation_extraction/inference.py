"""Serving relation extraction: two given spans, or all pairs of entities within a sentence."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from common import payload, spacy_model
from common.engine import Engine
from common.numeric import softmax
from common.together import Steps, together
from relation_extraction.candidates import (
    by_sentence,
    inside_sentence,
    may_relate,
    once,
    pairs_of,
)
from relation_extraction.ends import ENDS, Mention, fits, titles
from relation_extraction.markers import Pair, encode_pairs

NONE = frozenset({"Other", "no_relation"})
"""Classes for two spans that are not related."""
SURE = 0.6
"""Business relations of a lower probability are not answered, unless a model's settings differ."""
# Where nobody says which mentions matter, these named ones do, and the nouns: no relation of the
# model's has an amount, a date or a nationality at an end.
NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"})

_BUSINESS = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP", "DATE"})


class RelationModel:
    """The encoder and, for documents without given entities, spaCy's pipeline."""

    def __init__(self, model_dir: str) -> None:
        self.engine = Engine(model_dir)

    @property
    def business(self) -> bool:
        """Whether it relates named things of fitting types, and not any nouns."""
        return any(label.partition("(")[0] in ENDS for label in self.engine.config.labels)

    @cached_property
    def pipeline(self) -> Any:
        """spaCy's pipeline, loaded when it is first needed; nouns need a parse, names do not."""
        if self.business:
            return spacy_model.load(without=spacy_model.NAMES_ALONE)
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
    given = [Mention(*span, str(item.get("label") or "")) for span, item in spans.items()]
    return DocumentRequest(text, sorted(given, key=lambda mention: (mention.start, mention.end)))


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
    mentions = request.entities if request.entities is not None else _mentions(text, model)
    if model.business:
        mentions = _with_titles(text, mentions)
    relations: list[dict[str, Any]] = []
    count = 0
    for start, end, inside in by_sentence(text, mentions):
        pairs = pairs_of(inside, close=not model.business and request.entities is None)
        if model.business:
            pairs = [pair for pair in pairs if may_relate(text, pair, inside)]
        count += len(pairs)
        spans = [inside_sentence(pair, start) for pair in pairs]
        found = yield from model.probabilities(text[start:end], spans)
        for pair, values in zip(pairs, found, strict=True):
            best = _best(model, pair, values)
            if best:
                relations.append(_relation(text, (start, end), pair, *best))
    return {"relations": once(relations) if model.business else relations, "pairs": count}


def _best(
    model: RelationModel, pair: tuple[Mention, Mention], values: np.ndarray
) -> tuple[str, float] | None:
    """The likeliest label that fits the types of the pair, and its probability; None where the
    model's class for nothing is likelier, or a business relation is not sure enough.
    """
    labels = model.engine.config.labels
    one, other = pair[0].label, pair[1].label
    for score, label in sorted(zip(values.tolist(), labels, strict=True), reverse=True):
        ends = (other, one) if label.endswith("(e2,e1)") else (one, other)
        if label in NONE:
            return None
        if not model.business:
            return label, score
        if fits(label.partition("(")[0], *ends):
            sure = float(model.engine.config.settings.get("sure", SURE))
            return (label, score) if score >= sure else None
    return None


def _mentions(text: str, model: RelationModel) -> list[Mention]:
    """Named entities and, for relations of any nouns, those of noun chunks, without overlaps."""
    found: list[Mention] = []
    for shift, end in spacy_model.blocks(text):
        doc = model.pipeline(text[shift:end])
        types = _BUSINESS if model.business else NAMED
        spans = [(e.start_char, e.end_char, e.label_) for e in doc.ents if e.label_ in types]
        if not model.business:
            named = {token.i for part in doc.ents for token in part}
            nouns = (chunk.root for chunk in doc.noun_chunks)
            spans += [
                (noun.idx, noun.idx + len(noun), "")
                for noun in nouns
                if noun.i not in named and noun.pos_ in {"NOUN", "PROPN"}
            ]
        found += [Mention(shift + a, shift + b, label) for a, b, label in sorted(spans)]
    return found


def _with_titles(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions and the posts in the text that are no part of one."""
    more = [
        title
        for title in titles(text)
        if not any(title.start < one.end and one.start < title.end for one in mentions)
    ]
    return sorted([*mentions, *more], key=lambda mention: mention.start)


def _relation(
    text: str,
    sentence: tuple[int, int],
    pair: tuple[Mention, Mention],
    label: str,
    score: float,
) -> dict[str, Any]:
    first, second = ((mention.start, mention.end) for mention in pair)
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
