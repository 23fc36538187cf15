"""The training loop that all encoder tasks share: bucketed batches, resume, early stopping."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from common.checkpoints import Checkpoints, run_id
from common.hyperparameters import Hyperparameters
from common.optimization import bucketed, optimizer_for, warmup_then_linear
from common.reporting import Reporter
from common.stopping import StopSignal

REPORT_EVERY_S = 5.0
CHECKPOINT_EVERY_S = 60.0

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
    validation data and answers metrics by name; ``start`` is the hash of an earlier model that
    ``model`` has its weights from, "" for none.
    """

    model: nn.Module
    train: Sequence[Example]
    collate: Callable[[list[Any]], Batch]
    loss: Callable[[nn.Module, Batch], Tensor]
    evaluate: Callable[[nn.Module], dict[str, float]]
    objective: Objective
    start: str = ""


class TrainingError(RuntimeError):
    """Raised when training cannot lead anywhere; its message is a sentence for the log."""


class Trainer:
    """Runs a recipe to its end, from its last checkpoint if there is one.

    ``stopped`` says afterwards whether it was asked to end before.
    """

    def __init__(
        self,
        recipe: Recipe,
        hp: Hyperparameters,
        *,
        checkpoints: Path,
        reporter: Reporter,
        stop: StopSignal | None = None,
    ) -> None:
        self._recipe = recipe
        self._hp = hp
        self._reporter = reporter
        self._stop = stop or StopSignal()
        self._device = next(recipe.model.parameters()).device
        self._lengths = [len(example) for example in recipe.train]
        self._steps_per_epoch = math.ceil(len(recipe.train) / hp.batch_size)
        total = self._steps_per_epoch * hp.epochs
        self.total_steps = min(total, hp.max_steps) if hp.max_steps else total
        self._optimizer = optimizer_for(recipe.model, hp)
        self._checkpoints = Checkpoints(
            checkpoints, run_id(hp, self._lengths, recipe.start), recipe.model, self._optimizer
        )
        self._base_rates = [float(group["lr"]) for group in self._optimizer.param_groups]
        self.step = 0
        self.best: float | None = None
        self.best_step = 0
        self.best_metrics: dict[str, float] = {}
        self._stale = 0
        self._loss_sum = 0.0
        self._loss_count = 0
        self._tokens = 0
        self._train_seconds = 0.0

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.asked

    @property
    def ended_early(self) -> str:
        """Where it stopped when it was asked to, in words; "" where it was not."""
        if not self.stopped:
            return ""
        kept = f"kept is step {self.best_step}" if self.best_metrics else "nothing was validated"
        return f"at step {self.step} of {self.total_steps}, {kept}"

    def fit(self) -> dict[str, float]:
        """Train, leave the best weights in the model and answer its validation metrics.

        After a stop these are the best so far, or the last ones, not measured (no metrics), where
        none was validated yet. Raises ``TrainingError`` where the loss or the objective is not a
        number.
        """
        self._checkpoints.folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        self._stop.listen()
        self._run()
        if self.stopped:
            print(f"stopped {self.ended_early}", flush=True)
            if not self.step:
                raise TrainingError("it was stopped before the first step, so there is no model")
            self._checkpoint()  # a job that is only paused goes on from here
        elif self.best is None:
            raise TrainingError(
                f"the objective, {self._recipe.objective.name}, was never a number: "
                "lower the learning rate, or look at the validation data"
            )
        self._checkpoints.restore_best()
        self._recipe.model.eval()
        self._report_kept()
        return self.best_metrics

    def _run(self) -> None:
        last_report = last_checkpoint = time.monotonic()
        while not self._over():
            for batch in self._batches_left():
                self._train_step(batch)
                now = time.monotonic()
                if now - last_report > REPORT_EVERY_S:
                    self._report_progress()
                    last_report = now
                if self._evaluation_due():
                    self._report_progress()
                    self._stop.run(self._evaluate)
                    self._checkpoint()
                    last_report = last_checkpoint = time.monotonic()
                elif now - last_checkpoint > CHECKPOINT_EVERY_S:
                    self._checkpoint()
                    last_checkpoint = now
                if self._over():
                    break

    def _over(self) -> bool:
        return self.stopped or self.step >= self.total_steps or self._exhausted()

    def _batches_left(self) -> list[list[int]]:
        epoch, done = divmod(self.step, self._steps_per_epoch)
        rng = random.Random(f"{self._hp.seed}-{epoch}")
        return bucketed(self._lengths, self._hp.batch_size, rng)[done:]

    def _train_step(self, indices: list[int]) -> None:
        model = self._recipe.model
        started = time.monotonic()
        model.train()
        factor = warmup_then_linear(self.step, self.total_steps, self._hp.warmup_ratio)
        for group, rate in zip(self._optimizer.param_groups, self._base_rates, strict=True):
            group["lr"] = rate * factor
        made = self._recipe.collate([self._recipe.train[index] for index in indices])
        batch = {name: values.to(self._device) for name, values in made.items()}
        enabled = self._hp.precision == "bfloat16"
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=enabled):
            loss = self._recipe.loss(model, batch)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(
                f"the loss became {value} in step {self.step + 1} of {self.total_steps}: "
                f"lower the learning rate (it is {self._hp.learning_rate:g})"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        trained = [value for value in model.parameters() if value.requires_grad]
        torch.nn.utils.clip_grad_norm_(trained, self._hp.max_grad_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._loss_sum += value
        self._loss_count += 1
        self._tokens += sum(self._lengths[index] for index in indices)
        self._train_seconds += time.monotonic() - started

    def _report_progress(self) -> None:
        if not self._loss_count:
            return  # nothing happened since the last one
        mean = self._loss_sum / self._loss_count
        self._loss_sum, self._loss_count = 0.0, 0
        self._reporter.report(
            self.step,
            **{
                "train:loss": mean,
                "train:tokens_per_second": self._tokens / max(1e-9, self._train_seconds),
                "epoch": self.step / self._steps_per_epoch,
                "progress": self.step / self.total_steps,
                "total_steps": self.total_steps,
            },
        )

    def _report_kept(self) -> None:
        # SageMaker takes the last value of a metric for the job's: it must be that of the weights
        # that are kept, not of the last step.
        named = {f"validation:{name}": value for name, value in self.best_metrics.items()}
        if named:
            self._reporter.report_kept(self.best_step, **named)

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
            self.best_step = self.step
            self._checkpoints.save_best(self.step)
        else:
            self._stale += 1

    def _exhausted(self) -> bool:
        patience = self._hp.early_stopping_patience
        return bool(patience) and self._stale >= patience

    def _checkpoint(self) -> None:
        state = {
            "best": self.best,
            "best_step": self.best_step,
            "best_metrics": self.best_metrics,
            "stale": self._stale,
        }
        self._checkpoints.save_last(self.step, state)

    def _resume(self) -> None:
        found = self._checkpoints.resume()
        if found is None:
            return
        self.step, state = found
        self.best, self.best_metrics = state["best"], state["best_metrics"]
        self.best_step, self._stale = state.get("best_step", 0), state["stale"]
        print(f"resumed at step {self.step} of {self.total_steps}", flush=True)
