"""Trained sentence scorers: a small network over a sentence's signals, or, as older models have it,
a regression over its embedding.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from safetensors.numpy import load_file, save_file

from common.model_card import SCORER_NAME
from summarization.signals import Document, signals
from summarization.vectors import centrality, unit

FARTHEST = 5.0
"""Standard deviations beyond which a signal says no more."""


class SentenceScorer(Protocol):
    """Scores the sentences of a document: what is higher belongs into its summary rather."""

    def score(self, document: Document) -> np.ndarray:
        """Logits (sentences,)."""
        ...


@dataclass(frozen=True)
class Scorer:
    """One hidden layer over the signals, standardised by ``mean`` and ``scale`` (signals,)."""

    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    def score(self, document: Document) -> np.ndarray:
        """Logits (sentences,)."""
        return self.score_signals(signals(document))

    def score_signals(self, values: np.ndarray) -> np.ndarray:
        """Logits (sentences,) of signals (sentences, signals)."""
        standardised = ((values - self.mean) / self.scale).clip(-FARTHEST, FARTHEST)
        activations = np.maximum(standardised @ self.hidden.T + self.hidden_bias, 0.0)
        result: np.ndarray = activations @ self.output + self.output_bias[0]
        return result

    def save(self, folder: Path) -> None:
        """Write the scorer into a model's folder."""
        tensors = {name: np.asarray(value, np.float32) for name, value in vars(self).items()}
        save_file(tensors, str(folder / SCORER_NAME))


@dataclass(frozen=True)
class EmbeddingScorer:
    """Weights (2 x hidden + 3) and bias of a logistic regression, as models had it before."""

    weight: np.ndarray
    bias: float

    def score(self, document: Document) -> np.ndarray:
        """Logits (sentences,)."""
        result: np.ndarray = embedding_features(document.embeddings) @ self.weight + self.bias
        return result


def embedding_features(embeddings: np.ndarray) -> np.ndarray:
    """(sentences, 2 x hidden + 3): the sentence's unit embedding, its product with the document's,
    centrality, and its place.
    """
    vectors = unit(embeddings)
    document = unit(vectors.mean(axis=0, keepdims=True))
    place = np.arange(len(vectors)) / max(1, len(vectors) - 1)
    columns = [
        centrality(embeddings)[:, None],
        place[:, None],
        (np.arange(len(vectors)) == 0)[:, None],
    ]
    return np.concatenate([vectors, vectors * document, *columns], axis=1).astype(np.float32)


def load_scorer(folder: str | Path) -> Scorer | EmbeddingScorer | None:
    """The scorer of a model's folder, of either form; None where it has none."""
    path = Path(folder, SCORER_NAME)
    if not path.exists():
        return None
    tensors = load_file(str(path))
    if "weight" in tensors:
        return EmbeddingScorer(tensors["weight"], float(tensors["bias"][0]))
    return Scorer(**tensors)
