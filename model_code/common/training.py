"""The training loop that all encoder tasks share: bucketed batches, resume, early stopping."""

import hashlib
import json
import math
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
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


class TrainingError(RuntimeError):
    """Raised when training cannot lead anywhere; its message is a sentence for the log."""


class _Stopped(Exception):  # noqa: N818 - not an error: it ends a validation that nobody waits for
    pass


class StopSignal:
    """SIGTERM as a question that the loop asks between steps.

    SageMaker sends it when a job is stopped, and two minutes later ends the process: time to
    keep the best so far. A validation is left in the middle, since it may take longer.
    """

    def __init__(self) -> None:
        self.asked = False
        self._interruptible = False

    def listen(self) -> None:
        """From now on; without effect outside the main thread, where no signal arrives."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._note)

    def run(self, work: Callable[[], None]) -> None:
        """Do ``work``, which the signal ends at once."""
        self._interruptible = True
        try:
            if not self.asked:
                work()
        except _Stopped:
            pass
        finally:
            self._interruptible = False

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's arguments
        self.asked = True
        if self._interruptible:
            raise _Stopped


class Reporter:
    """Writes metrics to the log, one stable line each, and to a JSON Lines file beside it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def report(self, step: int, **metrics: float) -> None:
        """Log ``name=value`` pairs; every float that Python can print can be read back."""
        self._write("metrics", step, metrics)

    def report_kept(self, step: int, **metrics: float) -> None:
        """The same, at the end, for the weights of ``step`` that are kept."""
        self._write("kept", step, metrics)

    def _write(self, kind: str, step: int, metrics: dict[str, float]) -> None:
        # float(): numpy's own numbers print their type as well.
        values = {name: float(value) for name, value in metrics.items()}
        line = " ".join(f"{name}={value!r};" for name, value in values.items())
        print(f"[{kind}] step={step}; {line}", flush=True)
        # JSON knows neither nan nor inf.
        written = {name: value if math.isfinite(value) else None for name, value in values.items()}
        record = {"kind": kind, "step": step, "time": time.time(), **written}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, allow_nan=False) + "\n")


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


def run_id(hp: Hyperparameters, lengths: Sequence[int]) -> str:
    """What a checkpoint must have in common with a run that goes on from it."""
    text = json.dumps([asdict(hp), list(lengths)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
        self._folder = checkpoints
        self._lengths = [len(example) for example in recipe.train]
        self._run_id = run_id(hp, self._lengths)
        self._steps_per_epoch = math.ceil(len(recipe.train) / hp.batch_size)
        total = self._steps_per_epoch * hp.epochs
        self.total_steps = min(total, hp.max_steps) if hp.max_steps else total
        self._optimizer = optimizer_for(recipe.model, hp)
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
        self._folder.mkdir(parents=True, exist_ok=True)
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
        self._restore_best()
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
        state = {
            "best": self.best,
            "best_step": self.best_step,
            "best_metrics": self.best_metrics,
            "stale": self._stale,
        }
        temporary = self._folder / "state.json.part"
        temporary.write_text(json.dumps(state), encoding="utf-8")
        temporary.replace(self._folder / "state.json")

    def _write(self, name: str, tensors: dict[str, Tensor]) -> None:
        temporary = self._folder / f"{name}.part"
        save_file(
            {key: value.contiguous() for key, value in tensors.items()},
            str(temporary),
            metadata={"step": str(self.step), "run": self._run_id},
        )
        temporary.replace(self._folder / name)

    def _resume(self) -> None:
        path = self._folder / "last.safetensors"
        if not path.exists():
            return
        from safetensors import safe_open

        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata()
        if metadata.get("run", self._run_id) != self._run_id:
            print("the checkpoint is of other settings or data: starting afresh", flush=True)
            (self._folder / "best.safetensors").unlink(missing_ok=True)
            return
        self.step = int(metadata["step"])
        tensors = load_file(str(path))
        own = dict(self._recipe.model.named_parameters())
        with torch.no_grad():
            for name, value in tensors.items():
                if name.startswith("model."):
                    own[name.removeprefix("model.")].copy_(value)
        self._resume_optimizer(tensors)
        state = json.loads((self._folder / "state.json").read_text(encoding="utf-8"))
        self.best, self.best_metrics = state["best"], state["best_metrics"]
        self.best_step, self._stale = state.get("best_step", 0), state["stale"]
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
