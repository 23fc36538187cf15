"""Hyperparameters as a dataclass: SageMaker hands them over as command-line arguments."""

import argparse
import dataclasses
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

T = TypeVar("T", bound="Hyperparameters")


def _boolean(text: str) -> bool:
    if text.lower() in {"true", "1", "yes"}:
        return True
    if text.lower() in {"false", "0", "no"}:
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")


def _whole(text: str) -> int:
    value = float(text)
    if value != int(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(value)


_KINDS: dict[type, Callable[[str], Any]] = {bool: _boolean, int: _whole}


def setting(default: Any, text: str) -> Any:
    """A dataclass field with its help text."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Hyperparameters:
    """What every task's training takes; a task's own class adds to it."""

    base_model: str = setting(
        "sentence-transformers/all-MiniLM-L6-v2", "hub id or folder of the model to start from"
    )
    epochs: int = setting(3, "passes over the training data")
    learning_rate: float = setting(2e-4, "peak learning rate of the encoder")
    head_learning_rate_factor: float = setting(5.0, "the head's learning rate over the encoder's")
    batch_size: int = setting(32, "examples a step")
    weight_decay: float = setting(0.01, "AdamW's decoupled weight decay")
    warmup_ratio: float = setting(0.06, "part of the steps in which the rate rises")
    max_grad_norm: float = setting(1.0, "gradients are scaled down to this norm")
    dropout: float = setting(0.0, "dropout inside the encoder")
    head_dropout: float = setting(0.1, "dropout before the head")
    label_smoothing: float = setting(0.0, "probability mass spread over the other classes")
    class_weights: bool = setting(False, "weight classes by their inverse frequency")
    lora_rank: int = setting(0, "rank of LoRA adapters; 0 trains the encoder itself")
    frozen_layers: int = setting(0, "lowest layers kept as they are")
    max_length: int = setting(256, "longest sequence in tokens")
    early_stopping_patience: int = setting(0, "validations without improvement; 0 never stops")
    evaluations_per_epoch: int = setting(1, "validation runs in an epoch")
    validation_fraction: float = setting(0.1, "held out of train where no validation is given")
    precision: str = setting("float32", "float32 or bfloat16 (autocast)")
    half_weights: bool = setting(True, "store the weights in 16 bits")
    seed: int = setting(13, "of every random choice")
    max_steps: int = setting(0, "stop after so many steps; 0 for no limit")

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a combination that cannot do what it says (defect D7)."""
        checks = self.epochs * self.evaluations_per_epoch
        patience = self.early_stopping_patience
        # The first evaluation is always the best so far, and a stop at the last one saves nothing.
        if patience and 1 + patience >= checks:
            raise ValueError(
                f"early stopping after {patience} evaluations without improvement cannot happen "
                f"in a run of {checks}: lower the patience or train for more epochs"
            )
        for name in ("epochs", "batch_size", "evaluations_per_epoch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError("learning_rate must be above 0")
        if not 0 < self.validation_fraction < 1:
            raise ValueError("validation_fraction must be between 0 and 1")
        if self.precision not in {"float32", "bfloat16"}:
            raise ValueError(f"precision must be float32 or bfloat16, not {self.precision!r}")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in an exception instead of ending the process with its usage."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def parse(cls: type[T], arguments: list[str]) -> T:
    """Hyperparameters from ``--name value`` pairs; hyphens and underscores are the same.

    Names that are not known are reported and ignored, since SageMaker adds some of its own. Raises
    ``ValueError`` for a value that is none of its type, or is refused by the dataclass.
    """
    parser = _Parser(allow_abbrev=False)
    for item in dataclasses.fields(cls):
        kind = _KINDS.get(type(item.default), type(item.default))
        flags = {f"--{item.name}", f"--{item.name.replace('_', '-')}"}
        parser.add_argument(
            *sorted(flags),
            dest=item.name,
            type=kind,
            default=item.default,
            help=item.metadata.get("help"),
        )
    known, unknown = parser.parse_known_args(arguments)
    if unknown:
        print(f"ignored arguments: {' '.join(unknown)}", flush=True)
    return cls(**vars(known))


@dataclass(frozen=True)
class Paths:
    """The folders that SageMaker gives a training job, here and in its containers."""

    train: Path
    validation: Path | None
    model: Path
    output: Path
    checkpoints: Path
    start: Path | None = None
    """Where the archive of the model to go on from lies."""

    @classmethod
    def from_environment(cls) -> "Paths":
        """Read ``SM_CHANNEL_*`` (``model`` is the one to go on from, as in SageMaker's incremental
        training), ``SM_MODEL_DIR`` and ``SM_OUTPUT_DATA_DIR``.

        Raises ``SystemExit`` with a sentence where there is no training channel.
        """
        env = os.environ
        train = env.get("SM_CHANNEL_TRAIN") or env.get("SM_CHANNEL_TRAINING")
        if not train:
            raise SystemExit("There is no training data: give the job a channel named 'train'.")
        validation = env.get("SM_CHANNEL_VALIDATION") or env.get("SM_CHANNEL_DEV")
        start = env.get("SM_CHANNEL_MODEL")
        base = Path(env.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
        return cls(
            train=Path(train),
            validation=Path(validation) if validation else None,
            model=Path(env.get("SM_MODEL_DIR", base / "model")),
            output=Path(env.get("SM_OUTPUT_DATA_DIR", base / "output" / "data")),
            checkpoints=Path(env.get("SM_CHECKPOINT_DIR", base / "checkpoints")),
            start=Path(start) if start else None,
        )
