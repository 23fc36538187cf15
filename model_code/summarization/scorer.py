"""A trained sentence scorer: logistic regression over what a sentence is in its document."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from common.model_card import SCORER_NAME
from summarization.extractive import features


@dataclass(frozen=True)
class Scorer:
    """Weights (features) and bias of the regression, on standardised features."""

    weight: np.ndarray
    bias: float

    def score(self, embeddings: np.ndarray) -> np.ndarray:
        """The probability of each sentence to be in the summary: (sentences,)."""
        logits = features(embeddings) @ self.weight + self.bias
        result: np.ndarray = 1.0 / (1.0 + np.exp(-logits))
        return result

    def save(self, folder: Path) -> None:
        """Write the scorer into a model's folder."""
        tensors = {
            "weight": self.weight.astype(np.float32),
            "bias": np.array([self.bias], np.float32),
        }
        save_file(tensors, str(folder / SCORER_NAME))

    @classmethod
    def load(cls, folder: str | Path) -> "Scorer | None":
        """The scorer of a model's folder, or None where it has none."""
        path = Path(folder, SCORER_NAME)
        if not path.exists():
            return None
        tensors = load_file(str(path))
        return cls(tensors["weight"], float(tensors["bias"][0]))
