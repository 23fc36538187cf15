"""Classes that the caller names in the request: an encoder compares texts with what labels mean."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from common import windows
from common.engine import Engine
from common.numeric import softmax
from common.payload import BadRequestError
from common.together import Steps
from text_classification.parts import parts
from text_classification.phrases import evidence
from text_classification.prototypes import Prototypes, learn, unit
from text_classification.request import Label, Request

FLOOR = 0.15
"""Cosine below which a text is like none of the labels: paragraphs about something else stay below
in most cases, those about one of the labels seldom."""
FIRST_COUNTS = 1 / 3
"""Share of the first section in the whole: titles and openings say what a document is."""
REMEMBERED = 4096
"""Embeddings kept, 1.5 KB each: labels come again with each request, sections with other labels."""


class OwnLabels:
    """An encoder as a classifier; what it has seen lately is not encoded again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._memory: OrderedDict[str, np.ndarray] = OrderedDict()

    def classify(self, request: Request) -> Steps[dict[str, Any]]:
        """The answer as of ``predict_fn``, with ``none`` (nothing fits) and ``similarity``.

        Raises :class:`BadRequestError` where the request has no labels.
        """
        if not request.labels:
            raise BadRequestError(
                "This endpoint classifies by labels of your own: send JSON with 'text' and "
                "'labels', at least two, each with a 'name'."
            )
        prototypes = yield from self._prototypes(request.labels)
        text, places = request.text, parts(self.engine, request.text, request.by)
        pieces = [text[start:end] for start, end in places]
        vectors = yield from self._embedded(pieces)
        lengths = np.array([max(1, len(piece)) for piece in pieces], dtype=float)
        whole = unit(_whole(vectors, lengths))[None]
        phrased = any(label.phrases for label in request.labels)
        names = [label.name for label in request.labels]
        hints = [evidence(piece, request.labels) if phrased else 0.0 for piece in [text, *pieces]]
        logits = prototypes.logits(np.concatenate([whole, vectors])) + np.array(hints).reshape(
            len(hints), -1
        )
        likeness = prototypes.likeness(np.concatenate([whole, vectors]))
        rows = [
            _row(names, values, float(like)) for values, like in zip(logits, likeness, strict=True)
        ]
        sections = [
            {"start": start, "end": end, **row}
            for (start, end), row in zip(places, rows[1:], strict=True)
        ]
        return {"labels": names, **rows[0], "sections": sections, "windows": len(places)}

    def _prototypes(self, labels: Sequence[Label]) -> Steps[Prototypes]:
        names = [label.name.replace("_", " ") for label in labels]
        topics = [f"This text is about {name}." for name in names]
        meanings = [label.description or topic for label, topic in zip(labels, topics, strict=True)]
        examples = [text for label in labels for text in label.examples]
        vectors = yield from self._embedded([*names, *topics, *meanings, *examples])
        named, about, meant, shown = np.split(vectors, np.arange(1, 4) * len(labels))
        ends = np.cumsum([len(label.examples) for label in labels])
        return learn(unit(named + about) + meant, np.split(shown, ends[:-1]))

    def _embedded(self, texts: Sequence[str]) -> Steps[np.ndarray]:
        """(texts, hidden) unit embeddings; of a long text, of its beginning."""
        found = {text: self._memory[text] for text in texts if text in self._memory}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        specials = windows.special_tokens(self.engine.tokenizer, pair=False)
        budget = self.engine.config.max_length - specials
        ends = [windows.spans(self.engine.tokenizer, text, budget, 0)[0][1] for text in missing]
        beginnings = [text[:end] for text, end in zip(missing, ends, strict=True)]
        outputs = yield windows.encode(self.engine.tokenizer, beginnings, [0] * len(missing))
        for text, values in zip(missing, outputs, strict=True):
            found[text] = unit(values[0])
        for text in dict.fromkeys(texts):
            self._memory[text] = found[text]
            self._memory.move_to_end(text)
        while len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)
        return np.array([found[text] for text in texts])


def _whole(vectors: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """(hidden,): the mean of the sections by length, and the first one once more."""
    mean = (vectors * lengths[:, None]).sum(axis=0) / lengths.sum()
    whole: np.ndarray = (1 - FIRST_COUNTS) * mean + FIRST_COUNTS * vectors[0]
    return whole


def _row(names: Sequence[str], logits: np.ndarray, likeness: float) -> dict[str, Any]:
    chances = softmax(logits)
    return {
        "probabilities": chances.tolist(),
        "predicted_label": names[int(chances.argmax())],
        "none": likeness < FLOOR,
        "similarity": round(likeness, 4),
    }
