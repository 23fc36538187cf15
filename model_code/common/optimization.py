"""Seeds, batches, optimizer and learning rate of the training loop."""

import random
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from common.hyperparameters import Hyperparameters

POOL_BATCHES = 50


def seed_everything(seed: int) -> None:
    """Seed every source of randomness that training uses."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def bucketed(lengths: Sequence[int], batch_size: int, rng: random.Random) -> list[list[int]]:
    """Shuffled batches of examples of like length: little padding, still random.

    Examples are shuffled, sorted within pools of 50 batches, and the batches shuffled again.
    """
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches: list[list[int]] = []
    pool = batch_size * POOL_BATCHES
    for start in range(0, len(order), pool):
        part = sorted(order[start : start + pool], key=lambda index: lengths[index])
        batches += [part[at : at + batch_size] for at in range(0, len(part), batch_size)]
    rng.shuffle(batches)
    return batches


def optimizer_for(model: nn.Module, hp: Hyperparameters) -> torch.optim.AdamW:
    """AdamW; the head learns faster, and biases and norms are not decayed."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            key = (name.startswith("head."), parameter.ndim < 2)
            groups.setdefault(key, []).append(parameter)
    settings = [
        {
            "params": parameters,
            "lr": hp.learning_rate * (hp.head_learning_rate_factor if head else 1.0),
            "weight_decay": 0.0 if plain else hp.weight_decay,
        }
        for (head, plain), parameters in groups.items()
    ]
    return torch.optim.AdamW(settings, lr=hp.learning_rate)


def warmup_then_linear(step: int, total: int, warmup_ratio: float) -> float:
    """The factor on the learning rate: up over the warm-up, then down to 0 at ``total``."""
    warmup = max(1, round(total * warmup_ratio))
    if step < warmup:
        return (step + 1) / warmup
    return max(0.0, (total - step) / max(1, total - warmup))
