"""The training loop that all encoder tasks share: bucketed batches, resume, early stopping."""

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from common.hyperparameters import Hyperparameters

REPORT_EVERY_S = 5.0
CHECKPOINT_EVERY_S = 60.0
POOL_BATCHES = 50

Batch = dict[str, Tensor]


class Example(Protocol):
    """A training example: anything whose length is its number of tokens."""

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Objective:
    """The validation metric that decides which checkpoint is kept, and that HPO optimises."""

    name: str
    maximize: bool = True

    def better(self, value: float, best: float | None) -> bool:
        """Whether ``value`` improves on ``best``; NaN never does."""
        if math.isnan(value):
            return False
        return best is None or (value > best if self.maximize else value < best)


@dataclass(frozen=True)
class Recipe:
    """What a task gives the loop.

    ``collate`` makes a batch, ``loss`` runs the model on it, ``evaluate`` measures the model on the
    validation data and answers metrics by name.
    """

    model: nn.Module
    train: Sequence[Example]
    collate: Callable[[list[Any]], Batch]
    loss: Callable[[nn.Module, Batch], Tensor]
    evaluate: Callable[[nn.Module], dict[str, float]]
    objective: Objective


class Reporter:
    """Writes metrics to the log, one stable line each, and to a JSON Lines file beside it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def report(self, step: int, **metrics: float) -> None:
        """Log ``name=value`` pairs; every float that Python can print can be read back."""
        line = " ".join(f"{name}={value!r};" for name, value in metrics.items())
        print(f"[metrics] step={step}; {line}", flush=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "time": time.time(), **metrics}) + "\n")


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


class Trainer:
    """Runs a recipe to its end, from its last checkpoint if there is one."""

    def __init__(
        self, recipe: Recipe, hp: Hyperparameters, *, checkpoints: Path, reporter: Reporter
    ) -> None:
        self._recipe = recipe
        self._hp = hp
        self._reporter = reporter
        self._folder = checkpoints
        self._lengths = [len(example) for example in recipe.train]
        self._steps_per_epoch = math.ceil(len(recipe.train) / hp.batch_size)
        total = self._steps_per_epoch * hp.epochs
        self.total_steps = min(total, hp.max_steps) if hp.max_steps else total
        self._optimizer = optimizer_for(recipe.model, hp)
        self._base_rates = [float(group["lr"]) for group in self._optimizer.param_groups]
        self.step = 0
        self.best: float | None = None
        self.best_metrics: dict[str, float] = {}
        self._stale = 0
        self._loss_sum = 0.0
        self._loss_count = 0

    def fit(self) -> dict[str, float]:
        """Train, leave the best weights in the model and answer its validation metrics."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        last_report = last_checkpoint = time.monotonic()
        while self.step < self.total_steps and not self._exhausted():
            for batch in self._batches_left():
                self._train_step(batch)
                now = time.monotonic()
                if now - last_report > REPORT_EVERY_S:
                    self._report_progress()
                    last_report = now
                if self._evaluation_due():
                    self._evaluate()
                    self._checkpoint()
                    last_checkpoint = now
                elif now - last_checkpoint > CHECKPOINT_EVERY_S:
                    self._checkpoint()
                    last_checkpoint = now
                if self.step >= self.total_steps or self._exhausted():
                    break
        self._restore_best()
        return self.best_metrics

    def _batches_left(self) -> list[list[int]]:
        epoch, done = divmod(self.step, self._steps_per_epoch)
        rng = random.Random(f"{self._hp.seed}-{epoch}")
        return bucketed(self._lengths, self._hp.batch_size, rng)[done:]

    def _train_step(self, indices: list[int]) -> None:
        model = self._recipe.model
        model.train()
        factor = warmup_then_linear(self.step, self.total_steps, self._hp.warmup_ratio)
        for group, rate in zip(self._optimizer.param_groups, self._base_rates, strict=True):
            group["lr"] = rate * factor
        batch = self._recipe.collate([self._recipe.train[index] for index in indices])
        enabled = self._hp.precision == "bfloat16"
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            loss = self._recipe.loss(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        trained = [value for value in model.parameters() if value.requires_grad]
        torch.nn.utils.clip_grad_norm_(trained, self._hp.max_grad_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._loss_sum += float(loss.detach())
        self._loss_count += 1

    def _report_progress(self) -> None:
        mean = self._loss_sum / max(1, self._loss_count)
        self._loss_sum, self._loss_count = 0.0, 0
        epoch = self.step / self._steps_per_epoch
        self._reporter.report(
            self.step,
            **{"train:loss": mean, "epoch": epoch, "progress": self.step / self.total_steps},
        )

    def _evaluation_due(self) -> bool:
        every = max(1, self._steps_per_epoch // self._hp.evaluations_per_epoch)
        return self.step % every == 0 or self.step == self.total_steps

    def _evaluate(self) -> None:
        model = self._recipe.model
        model.eval()
        with torch.inference_mode():
            metrics = self._recipe.evaluate(model)
        named = {f"validation:{name}": value for name, value in metrics.items()}
        self._reporter.report(self.step, **named)
        value = metrics[self._recipe.objective.name]
        if self._recipe.objective.better(value, self.best):
            self.best, self.best_metrics, self._stale = value, metrics, 0
            self._write("best.safetensors", self._trained())
        else:
            self._stale += 1

    def _exhausted(self) -> bool:
        patience = self._hp.early_stopping_patience
        return bool(patience) and self._stale >= patience

    def _trained(self) -> dict[str, Tensor]:
        named = self._recipe.model.named_parameters()
        return {name: value.detach() for name, value in named if value.requires_grad}

    def _checkpoint(self) -> None:
        tensors = {f"model.{name}": value for name, value in self._trained().items()}
        states = self._optimizer.state_dict()["state"]
        for index, state in states.items():
            for key in ("exp_avg", "exp_avg_sq", "step"):
                tensors[f"optimizer.{index}.{key}"] = state[key]
        self._write("last.safetensors", tensors)
        self._write_state()

    def _write_state(self) -> None:
        # The step is in the tensors' metadata too: a kill between the two writes cannot mix them.
        state = {"best": self.best, "best_metrics": self.best_metrics, "stale": self._stale}
        temporary = self._folder / "state.json.part"
        temporary.write_text(json.dumps(state), encoding="utf-8")
        temporary.replace(self._folder / "state.json")

    def _write(self, name: str, tensors: dict[str, Tensor]) -> None:
        temporary = self._folder / f"{name}.part"
        save_file(
            {key: value.contiguous() for key, value in tensors.items()},
            str(temporary),
            metadata={"step": str(self.step)},
        )
        temporary.replace(self._folder / name)

    def _resume(self) -> None:
        path = self._folder / "last.safetensors"
        if not path.exists():
            return
        from safetensors import safe_open

        with safe_open(str(path), framework="pt") as file:
            self.step = int(file.metadata()["step"])
        tensors = load_file(str(path))
        own = dict(self._recipe.model.named_parameters())
        with torch.no_grad():
            for name, value in tensors.items():
                if name.startswith("model."):
                    own[name.removeprefix("model.")].copy_(value)
        self._resume_optimizer(tensors)
        state = json.loads((self._folder / "state.json").read_text(encoding="utf-8"))
        self.best, self.best_metrics = state["best"], state["best_metrics"]
        self._stale = state["stale"]
        print(f"resumed at step {self.step} of {self.total_steps}", flush=True)

    def _resume_optimizer(self, tensors: dict[str, Tensor]) -> None:
        whole = self._optimizer.state_dict()
        states: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".")
                states.setdefault(int(index), {})[key] = value
        whole["state"] = states
        self._optimizer.load_state_dict(whole)

    def _restore_best(self) -> None:
        path = self._folder / "best.safetensors"
        if path.exists():
            own = dict(self._recipe.model.named_parameters())
            with torch.no_grad():
                for name, value in load_file(str(path)).items():
                    own[name].copy_(value)
        self._recipe.model.eval()
