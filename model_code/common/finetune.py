"""What every ``train.py`` does: read the channels, train, save the model with its card."""

import platform
import shutil
import sys
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from common import data, encoder, weights
from common.hyperparameters import Hyperparameters, Paths, parse
from common.model_card import ModelConfig, write_card
from common.optimization import seed_everything
from common.reporting import Reporter
from common.training import Batch, Objective, Recipe, Trainer, TrainingError
from common.windows import Features

H = TypeVar("H", bound=Hyperparameters)
EVALUATION_TOKENS = 4096
PADDING = 8
STOPPED_EXAMPLES = 256
"""A job that was stopped has two minutes left: its serving settings are made from so many."""


@dataclass(frozen=True)
class Context:
    """What a task needs to know to make its features."""

    tokenizer: Tokenizer
    config: ModelConfig
    hyperparameters: Hyperparameters


class Task(Protocol):
    """A task's part of fine-tuning an encoder."""

    name: str
    head: str
    objective: Objective
    fields: tuple[str, ...]
    """What every example must have."""

    @property
    def markers(self) -> tuple[str, ...]:
        """Special tokens that the task adds to the tokenizer."""
        ...

    def group(self, example: data.Example) -> Hashable:
        """What must not straddle a split: the document of an example."""
        ...

    def labels(self, examples: Sequence[data.Example]) -> list[str]:
        """The labels that the model will have, in their order."""
        ...

    def features(self, examples: Sequence[data.Example], context: Context) -> list[Any]:
        """Training features of the examples."""
        ...

    def collate(self, features: list[Any]) -> Batch:
        """A padded batch of features."""
        ...

    def loss(self, context: Context, features: Sequence[Any]) -> Callable[[Any, Batch], Tensor]:
        """The loss function; the features are there for class weights."""
        ...

    def evaluate(
        self, model: nn.Module, examples: Sequence[data.Example], context: Context
    ) -> dict[str, float]:
        """Metrics of the model on examples, by name."""
        ...

    def settings(
        self, model: nn.Module, examples: Sequence[data.Example], context: Context
    ) -> dict[str, Any]:
        """What serving needs to know beside the weights (a threshold, say)."""
        ...


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


def class_weights(labels: Iterable[int], count: int) -> Tensor:
    """Weights (count) that give every class the same say, with mean 1 over the examples."""
    counts = torch.bincount(torch.tensor(list(labels)), minlength=count).float()
    weights: Tensor = counts.sum() / (count * counts.clamp(min=1))
    return weights.to(device())


def classification_loss(
    context: Context, features: Sequence[Labelled]
) -> Callable[[Any, Batch], Tensor]:
    """Cross entropy of the first output and ``labels``, weighted and smoothed as asked for."""
    hp = context.hyperparameters
    labels = (feature.label for feature in features)
    weight = class_weights(labels, len(context.config.labels)) if hp.class_weights else None
    function = nn.CrossEntropyLoss(weight=weight, label_smoothing=hp.label_smoothing)
    return lambda values, batch: function(values[0], batch["labels"])


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


def job(hyperparameters: type[H], work: Callable[[H, Paths], None]) -> None:
    """Run ``work`` with this process's hyperparameters and SageMaker's folders.

    What the user can mend (hyperparameters, data, a model that is not there, a training that goes
    nowhere) ends the job with one sentence on standard error and exit code 1.
    """
    try:
        work(parse(hyperparameters, sys.argv[1:]), Paths.from_environment())
    except TrainingError as error:
        _give_up(f"The training failed: {error}")
    except (ValueError, weights.WeightsUnavailableError) as error:
        _give_up(f"The job cannot run: {error}")


def _give_up(sentence: str) -> NoReturn:
    print(f"{sentence.rstrip('.')}.", file=sys.stderr, flush=True)
    raise SystemExit(1) from None


def run(task: Task, hp: Hyperparameters, paths: Paths) -> None:
    """Fine-tune an encoder and save it."""
    started = time.monotonic()
    seed_everything(hp.seed)
    train, validation, facts = channels(hp, paths, task.group, task.fields)
    context = _context(task, hp, train)
    model = encoder.build(
        context.config, context.tokenizer, dropout=hp.dropout, head_dropout=hp.head_dropout
    ).to(device())
    features = task.features(train, context)
    print(f"{len(train)} examples to train on, {len(validation)} to validate", flush=True)
    criterion = task.loss(context, features)
    recipe = Recipe(
        model=model,
        train=features,
        collate=task.collate,
        loss=lambda trained, batch: criterion(forward(trained, batch), batch),
        evaluate=lambda trained: task.evaluate(trained, validation, context),
        objective=task.objective,
    )
    trainer = Trainer(
        recipe,
        hp,
        checkpoints=paths.checkpoints,
        reporter=Reporter(paths.output / "metrics.jsonl"),
    )
    metrics = trainer.fit()
    if trainer.stopped:
        validation = validation[:STOPPED_EXAMPLES]
    config = replace(context.config, settings=task.settings(model, validation, context))
    record = {
        "metrics": metrics,
        "data": facts,
        "seconds": time.monotonic() - started,
        "stopped": trainer.ended_early,
    }
    _save(model, config, context, paths.model, record)


def channels(
    hp: Hyperparameters,
    paths: Paths,
    group: Callable[[data.Example], Hashable],
    fields: Sequence[str],
) -> tuple[list[data.Example], list[data.Example], dict[str, Any]]:
    """Examples to train on, to validate on, and the facts of both; held out where not given.

    Raises ``ValueError`` where an example lacks one of ``fields``.
    """
    train = data.read_channel(paths.train, fields)
    if paths.validation is not None:
        given = data.read_channel(paths.validation, fields)
        facts = {"train": train.facts, "validation": given.facts}
        return train.examples, given.examples, facts
    kept, held = data.hold_out(train.examples, hp.validation_fraction, group, hp.seed)
    facts = {
        name: {"examples": len(part), "sha256": data.digest(part)}
        for name, part in (("train", kept), ("validation", held))
    }
    return kept, held, facts


def _context(task: Task, hp: Hyperparameters, train: Sequence[data.Example]) -> Context:
    base = weights.resolve(hp.base_model)
    tokenizer = weights.load_tokenizer(base, task.markers)
    config = ModelConfig(
        task=task.name,
        head=task.head,
        base_model=hp.base_model,
        base_sha256=weights.fingerprint(base),
        labels=task.labels(train),
        max_length=hp.max_length,
        lora_rank=hp.lora_rank,
        frozen_layers=hp.frozen_layers,
        marker_tokens=list(task.markers),
    )
    return Context(tokenizer, config, hp)


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a model depends on."""
    names = ("torch", "transformers", "tokenizers", "safetensors")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _save(
    model: nn.Module, config: ModelConfig, context: Context, folder: Path, record: dict[str, Any]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    encoder.save(model, folder, half=context.hyperparameters.half_weights)
    finish(config, context.hyperparameters, folder, record)


def finish(config: ModelConfig, hp: Hyperparameters, folder: Path, record: dict[str, Any]) -> None:
    """Write everything beside the weights: configuration, card and the code that serves them."""
    base = weights.bundle(config.base_model, folder)
    replace(config, base_model=base).save(folder)
    write_card(folder, config, asdict(hp), {**record, "versions": versions()})
    _copy_code(config.task, folder / "code")


def _copy_code(task: str, target: Path) -> None:
    """Put the source bundle of the task beside the weights, ready to be served."""
    root = Path(__file__).resolve().parent.parent
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for folder in ("common", task):
        shutil.copytree(root / folder, target / folder, dirs_exist_ok=True, ignore=ignore)
    for path in root.glob("*.*"):
        if path.suffix in {".py", ".txt"}:
            shutil.copy(path, target / path.name)
