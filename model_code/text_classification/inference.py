"""Serving text classification: raw text in, probabilities out, long text by section."""

from typing import Any

import numpy as np

from common import payload, windows
from common.engine import Engine
from common.numeric import softmax
from common.payload import BadRequestError
from common.together import Steps, together
from text_classification.own_labels import OwnLabels
from text_classification.parts import parts
from text_classification.request import Request, read


class TrainedLabels:
    """A model with the classes that it was trained on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def classify(self, request: Request) -> Steps[dict[str, Any]]:
        """Probabilities of each part, and of the text: their mean, weighted by tokens.

        Raises :class:`BadRequestError` where the request brings labels of its own.
        """
        if request.labels:
            raise BadRequestError(
                "This model has the classes that it was trained on: leave out 'labels', or send "
                "them to an endpoint that classifies by labels of your own."
            )
        places = parts(self.engine, request.text, request.by)
        sequences = windows.encode(
            self.engine.tokenizer,
            [request.text[start:end] for start, end in places],
            [start for start, _ in places],
        )
        chances = np.array([softmax(values[0]) for values in (yield sequences)])
        weights = np.array([len(sequence) for sequence in sequences], dtype=float)
        total = (chances * weights[:, None]).sum(axis=0) / weights.sum()
        sections = [
            {"start": start, "end": end, **self._row(row)}
            for (start, end), row in zip(places, chances, strict=True)
        ]
        return {
            "labels": self.engine.config.labels,
            **self._row(total),
            "sections": sections,
            "windows": len(places),
        }

    def _row(self, chances: np.ndarray) -> dict[str, Any]:
        label = self.engine.config.labels[int(chances.argmax())]
        return {"probabilities": chances.tolist(), "predicted_label": label}


def model_fn(model_dir: str) -> TrainedLabels | OwnLabels:
    """The exported model; one that only embeds takes its labels from each request."""
    engine = Engine(model_dir)
    return OwnLabels(engine) if engine.config.head == "embedding" else TrainedLabels(engine)


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> Request:
    """The request: see ``read``."""
    return read(body, content_type)


@payload.one_or_many
def predict_fn(requests: list[Request], model: TrainedLabels | OwnLabels) -> list[dict[str, Any]]:
    """``labels`` with ``probabilities``, ``predicted_label``, and the same by ``sections``."""
    return together(model.engine, [model.classify(request) for request in requests])


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
