"""Serving named entities, by spaCy's pipeline or by a fine-tuned tagger: the same answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from common import payload, spacy_model
from common.engine import Engine
from common.model_card import CONFIG_NAME, ModelConfig
from common.together import Steps, together
from common.windows import Features
from named_entities.decode import tag_words
from named_entities.document import DocumentRecogniser, Sentences, TextsOnly
from named_entities.features import word_windows
from named_entities.words import entities_of, words


class Recogniser(Protocol):
    """Finds entities in texts; :meth:`tag` answers the original solution's word lists."""

    def entities(self, texts: list[str]) -> list[dict[str, Any]]: ...

    def tag(self, sentences: Sentences) -> dict[str, Any]: ...


class SpacyRecogniser(TextsOnly):
    """``en_core_web_md``: 18 OntoNotes types and noun chunks, as the pipeline gives them."""

    def __init__(self, model_dir: str) -> None:
        self._pipeline = spacy_model.load(model_dir)

    def entities(self, texts: list[str]) -> list[dict[str, Any]]:
        """Entities and noun chunks of each text with their offsets."""
        return [self._found(text) for text in texts]

    def _found(self, text: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        chunks: list[dict[str, Any]] = []
        for start, end in spacy_model.blocks(text):
            doc = self._pipeline(text[start:end])
            found += [{**_span(part, start), "label": part.label_} for part in doc.ents]
            chunks += [_span(part, start) for part in doc.noun_chunks]
        return {"entities": found, "noun_chunks": chunks}


def _span(part: Any, shift: int) -> dict[str, Any]:
    return {
        "text": part.text,
        "start_char": part.start_char + shift,
        "end_char": part.end_char + shift,
    }


class TaggerRecogniser:
    """A fine-tuned tagger: its own labels, with a probability for each entity."""

    def __init__(self, model_dir: str) -> None:
        self._engine = Engine(model_dir)

    def entities(self, texts: list[str]) -> list[dict[str, Any]]:
        """Entities of each text with offsets and scores; a tagger knows no noun chunks."""
        return together(self._engine, [self._found(text) for text in texts])

    def _found(self, text: str) -> Steps[dict[str, Any]]:
        spans = words(text)
        parts = word_windows(self._engine.tokenizer, text, spans, self._engine.config.max_length)
        logits = [values[0] for values in (yield [part.sequence for part in parts])]
        tags, scores = tag_words(parts, logits, len(spans), self._engine.config.labels)
        found = [
            {
                "text": text[entity.start : entity.end],
                "start_char": entity.start,
                "end_char": entity.end,
                "label": entity.label,
                "score": entity.score,
            }
            for entity in entities_of(spans, tags, scores)
        ]
        return {"entities": found, "noun_chunks": [], "windows": len(parts)}

    def tag(self, sentences: Sentences) -> dict[str, Any]:
        """Tags and logits of every word piece, in the original solution's form (its spelling)."""
        encodings = self._engine.tokenizer.encode_batch(sentences, is_pretokenized=True)
        features = [Features(encoding.ids, encoding.type_ids, []) for encoding in encodings]
        logits = [values[0] for values in self._engine.run(features)]
        labels = self._engine.config.labels
        return {
            "predict_label": [[labels[int(best)] for best in np.argmax(v, -1)] for v in logits],
            "predict_probabilites": [values.tolist() for values in logits],
            "token": [encoding.tokens for encoding in encodings],
            "word_id": [encoding.word_ids for encoding in encodings],
        }


@dataclass(frozen=True)
class Request:
    """A text, or the sentences of a list-text request, each a list of words."""

    text: str = ""
    sentences: Sentences | None = None


def model_fn(model_dir: str) -> Recogniser:
    """The tagger that lies in the folder, with a pipeline beside it where its settings name one;
    else spaCy's pipeline alone.
    """
    if not Path(model_dir, CONFIG_NAME).exists():
        return SpacyRecogniser(model_dir)
    if ModelConfig.load(model_dir).settings.get("pipeline"):
        return DocumentRecogniser(model_dir)
    return TaggerRecogniser(model_dir)


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> Request:
    """``{"text"}``, raw text, or list-text ``[[word, …], …]``."""
    kind = payload.media_type(content_type)
    if kind == payload.LIST_TEXT:
        return Request(sentences=_sentences(payload.parse_json(body)))
    if kind in payload.PLAIN_TEXT:
        return Request(payload.non_empty(payload.text(body)))
    return Request(payload.required_text(payload.parse_object(body, content_type), "text"))


def _sentences(value: Any) -> Sentences:
    lists = isinstance(value, list) and all(isinstance(item, list) and item for item in value)
    if not lists or not value or not all(isinstance(w, str) for item in value for w in item):
        raise payload.BadRequestError("Send a list of sentences, each a list of words.")
    sentences: Sentences = value
    return sentences


@payload.one_or_many
def predict_fn(requests: list[Request], model: Recogniser) -> list[dict[str, Any]]:
    """Entities of each text, or tags of lists of words, which come alone."""
    if requests and requests[0].sentences is not None:
        return [model.tag(requests[0].sentences)]
    return model.entities([request.text for request in requests])


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
