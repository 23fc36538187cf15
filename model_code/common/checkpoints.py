"""What a training job goes on from, and the best weights so far; each file written whole."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from common.hyperparameters import Hyperparameters

LAST, BEST, STATE = "last.safetensors", "best.safetensors", "state.json"


def run_id(hp: Hyperparameters, lengths: Sequence[int], start: str = "") -> str:
    """What a checkpoint must have in common with a run that goes on from it; ``start`` is the hash
    of the model that the run began with, "" for none.
    """
    text = json.dumps([asdict(hp), list(lengths), *([start] if start else [])], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one run in ``folder``: of a model's trained weights and its optimizer."""

    folder: Path
    run: str
    model: nn.Module
    optimizer: torch.optim.Optimizer

    def save_best(self, step: int) -> None:
        """Keep the weights as the best so far."""
        self._write(BEST, step, self._trained())

    def save_last(self, step: int, state: dict[str, Any]) -> None:
        """Keep everything that the run goes on from after ``step``; ``state`` is JSON."""
        tensors = {f"model.{name}": value for name, value in self._trained().items()}
        for index, values in self.optimizer.state_dict()["state"].items():
            for key in ("exp_avg", "exp_avg_sq", "step"):
                tensors[f"optimizer.{index}.{key}"] = values[key]
        # The step is in the tensors' metadata: a kill between the two writes cannot mix them.
        self._write(LAST, step, tensors)
        temporary = self.folder / f"{STATE}.part"
        temporary.write_text(json.dumps(state), encoding="utf-8")
        temporary.replace(self.folder / STATE)

    def resume(self) -> tuple[int, dict[str, Any]] | None:
        """Put the last checkpoint into model and optimizer: its step and state, None without one.

        One of other settings or data is left alone, and its best weights are removed.
        """
        path = self.folder / LAST
        if not path.exists():
            return None
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata()
        if metadata.get("run", self.run) != self.run:
            print("the checkpoint is of other settings or data: starting afresh", flush=True)
            (self.folder / BEST).unlink(missing_ok=True)
            return None
        tensors = load_file(str(path))
        weights = {
            name.removeprefix("model."): value
            for name, value in tensors.items()
            if name.startswith("model.")
        }
        self._restore(weights)
        self._restore_optimizer(tensors)
        state = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        return int(metadata["step"]), state

    def restore_best(self) -> None:
        """Put the best weights into the model, where there are any."""
        path = self.folder / BEST
        if path.exists():
            self._restore(load_file(str(path)))

    def _trained(self) -> dict[str, Tensor]:
        named = self.model.named_parameters()
        return {name: value.detach() for name, value in named if value.requires_grad}

    def _restore(self, weights: dict[str, Tensor]) -> None:
        own = dict(self.model.named_parameters())
        with torch.no_grad():
            for name, value in weights.items():
                own[name].copy_(value)

    def _restore_optimizer(self, tensors: dict[str, Tensor]) -> None:
        whole = self.optimizer.state_dict()
        states: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".")
                states.setdefault(int(index), {})[key] = value
        whole["state"] = states
        self.optimizer.load_state_dict(whole)

    def _write(self, name: str, step: int, tensors: dict[str, Tensor]) -> None:
        temporary = self.folder / f"{name}.part"
        save_file(
            {key: value.contiguous() for key, value in tensors.items()},
            str(temporary),
            metadata={"step": str(step), "run": self.run},
        )
        temporary.replace(self.folder / name)
