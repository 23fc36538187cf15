"""The network of a sentence scorer while it is trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from common.training import Batch
from summarization.examples import Document
from summarization.scorer import FARTHEST, Scorer, load_scorer

HIDDEN = 32
DROPOUT = 0.2
LEAST_SPREAD = 1e-3  # of a signal that is the same for all


def collate(batch: list[Document]) -> Batch:
    """All sentences of the documents: ``signals`` (sentences, signals) and ``targets``
    (sentences,), and the documents' ``sizes`` in sentences.
    """
    return {
        "signals": torch.tensor(np.concatenate([document.signals for document in batch])),
        "targets": torch.tensor(
            np.concatenate([document.targets for document in batch]), dtype=torch.float32
        ),
        "sizes": torch.tensor([len(document) for document in batch]),
    }


def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Cross entropy of each document's targets and the softmax over its sentences' scores."""
    sizes = batch["sizes"].tolist()
    scores = torch.split(model(batch["signals"]), sizes)
    wanted = torch.split(batch["targets"], sizes)
    losses = [
        -(right * torch.log_softmax(found, dim=0)).sum()
        for found, right in zip(scores, wanted, strict=True)
    ]
    return torch.stack(losses).mean()


class ScorerModel(nn.Module):
    """The scorer, its layers named like every head so that they learn at the head's rate."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, mean: np.ndarray, scale: np.ndarray, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32))
        self.head = nn.Sequential(
            nn.Linear(len(mean), hidden), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(hidden, 1)
        )

    @classmethod
    def anew(cls, trained: Sequence[Document]) -> "ScorerModel":
        """A scorer that has learned nothing yet but how the signals are spread."""
        values = np.concatenate([document.signals for document in trained])
        return cls(values.mean(axis=0), values.std(axis=0) + LEAST_SPREAD)

    @classmethod
    def going_on(cls, scorer: Scorer) -> "ScorerModel":
        """A scorer that knows what ``scorer`` does."""
        model = cls(scorer.mean, scorer.scale, len(scorer.hidden))
        names = ("0.weight", "0.bias", "3.weight", "3.bias")
        values = (scorer.hidden, scorer.hidden_bias, scorer.output[None], scorer.output_bias)
        state = {name: torch.tensor(value) for name, value in zip(names, values, strict=True)}
        model.head.load_state_dict(state)
        return model

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Logits (sentences,) of signals (sentences, signals)."""
        standardised = ((values - self.mean) / self.scale).clamp(-FARTHEST, FARTHEST)
        result: torch.Tensor = self.head(standardised)[:, 0]
        return result

    def scorer(self) -> Scorer:
        """What it has learned, as serving reads it."""
        values = {name: value.detach().numpy().copy() for name, value in self.state_dict().items()}
        return Scorer(
            mean=values["mean"],
            scale=values["scale"],
            hidden=values["head.0.weight"],
            hidden_bias=values["head.0.bias"],
            output=values["head.3.weight"][0],
            output_bias=values["head.3.bias"],
        )


def begin(folder: str | Path | None, trained: Sequence[Document]) -> ScorerModel:
    """The model that is trained: an earlier one's scorer if it is of this form, or a new one."""
    earlier = load_scorer(folder) if folder else None
    count = trained[0].signals.shape[1]
    if isinstance(earlier, Scorer) and len(earlier.mean) == count:
        return ScorerModel.going_on(earlier)
    if earlier:
        print("the earlier model's scorer is of another form: this one begins anew", flush=True)
    return ScorerModel.anew(trained)
