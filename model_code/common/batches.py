"""Batches of token sequences: padded, run through a model, with labels. Needs torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from common.training import Batch
from common.windows import Features

EVALUATION_TOKENS = 4096
PADDING = 8


def pad(features: Sequence[Features]) -> Batch:
    """Input tensors (batch, longest) of features, padded by 0.

    The length is rounded up to a multiple of 8: the fewer shapes there are, the fewer kernels have
    to be built and kept for them.
    """
    longest = -(-max(len(feature) for feature in features) // PADDING) * PADDING
    shape = (len(features), longest)
    ids, mask, types = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for row, feature in enumerate(features):
        size = len(feature)
        ids[row, :size] = torch.tensor(feature.input_ids)
        mask[row, :size] = 1
        types[row, :size] = torch.tensor(feature.token_type_ids)
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def device() -> torch.device:
    """The GPU where the job has one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def forward(model: nn.Module, batch: Batch) -> Any:
    """The model's outputs for a padded batch."""
    return model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])


@dataclass(frozen=True)
class Labelled:
    """A sequence and the index of its label (-1: not a label of the model)."""

    sequence: Features
    label: int

    def __len__(self) -> int:
        return len(self.sequence)


def labelled_batch(features: Sequence[Labelled]) -> Batch:
    """Padded sequences and their ``labels`` (batch)."""
    batch = pad([feature.sequence for feature in features])
    return {**batch, "labels": torch.tensor([feature.label for feature in features])}


def predicted(model: nn.Module, features: Sequence[Labelled]) -> list[int]:
    """The index of the likeliest label of each sequence."""
    logits = outputs(model, [feature.sequence for feature in features], per_token=False)
    return [int(np.argmax(values[0])) for values in logits]


def outputs(
    model: nn.Module, features: Sequence[Features], *, per_token: bool
) -> list[list[np.ndarray]]:
    """The model's outputs for each feature, in order, without padding."""
    order = sorted(range(len(features)), key=lambda index: -len(features[index]))
    result: list[list[np.ndarray]] = [[] for _ in features]
    model.eval()
    # An exported graph has no parameters, and runs on the processor.
    where = next((value.device for value in model.parameters()), torch.device("cpu"))
    at = 0
    while at < len(order):
        longest = len(features[order[at]])
        part = order[at : at + max(1, EVALUATION_TOKENS // longest)]
        at += len(part)
        batch = pad([features[index] for index in part])
        with torch.inference_mode():
            values = forward(model, {name: value.to(where) for name, value in batch.items()})
        for row, index in enumerate(part):
            size = len(features[index]) if per_token else None
            result[index] = [value[row][:size].float().cpu().numpy() for value in values]
    return result
