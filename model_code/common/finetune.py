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

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from common import data, encoder, weights
from common.batches import Labelled, device, forward
from common.earlier import Earlier, read_earlier
from common.hyperparameters import Hyperparameters, Paths, parse
from common.model_card import ModelConfig, write_card
from common.optimization import seed_everything
from common.reporting import Reporter
from common.training import Batch, Objective, Recipe, Trainer, TrainingError

H = TypeVar("H", bound=Hyperparameters)
STOPPED_EXAMPLES = 256
"""A job that was stopped has two minutes left: its serving settings are made from so many."""


@dataclass(frozen=True)
class Context:
    """What a task needs to know to make its features."""

    tokenizer: Tokenizer
    config: ModelConfig
    hyperparameters: Hyperparameters
    earlier: Earlier | None = None


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
    """Fine-tune an encoder, or a model that an earlier job left, and save it."""
    started = time.monotonic()
    seed_everything(hp.seed)
    train, validation, facts = channels(hp, paths, task.group, task.fields)
    earlier = read_earlier(paths.start, task.name)
    context = _context(task, hp, train, earlier)
    hp = context.hyperparameters
    model = _model(context)
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
        start=earlier.sha256 if earlier else "",
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
        "start": recipe.start,
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


def settled(hp: H, earlier: Earlier | None) -> H:
    """Hyperparameters with what an earlier model settles: its base model, and that each layer is
    trained which differs from the base's, since what is kept is everything in which the two differ.
    """
    if earlier is None:
        return hp
    before = earlier.config
    return replace(
        hp, base_model=before.base_model, lora_rank=0, frozen_layers=before.frozen_layers
    )


def _context(
    task: Task, hp: Hyperparameters, train: Sequence[data.Example], earlier: Earlier | None
) -> Context:
    hp = settled(hp, earlier)
    base = weights.resolve(hp.base_model, earlier.folder if earlier else None)
    markers = earlier.config.marker_tokens if earlier else list(task.markers)
    config = ModelConfig(
        task=task.name,
        head=task.head,
        base_model=hp.base_model,
        base_sha256=weights.fingerprint(base),
        labels=task.labels(train),
        max_length=hp.max_length,
        lora_rank=hp.lora_rank,
        frozen_layers=hp.frozen_layers,
        marker_tokens=markers,
    )
    return Context(weights.load_tokenizer(base, markers), config, hp, earlier)


def _model(context: Context) -> nn.Module:
    """The model that is trained, where it is trained."""
    hp, earlier = context.hyperparameters, context.earlier
    model = encoder.build(
        context.config,
        context.tokenizer,
        dropout=hp.dropout,
        head_dropout=hp.head_dropout,
        model_dir=earlier.folder if earlier else None,
    )
    if earlier:
        labels = context.config.labels
        encoder.take_over(model, labels, earlier.config, earlier.folder)
        known = sum(label in earlier.config.labels for label in labels)
        knows = f", which knows {known} of {len(labels)} labels" if labels else ""
        print(f"going on from an earlier model{knows}", flush=True)
    return model.to(device())


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a model depends on."""
    names = ("torch", "transformers", "tokenizers", "safetensors")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _save(
    model: nn.Module, config: ModelConfig, context: Context, folder: Path, record: dict[str, Any]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    encoder.save(model, folder, half=context.hyperparameters.half_weights)
    finish(config, context.hyperparameters, folder, record, context.earlier)


def finish(
    config: ModelConfig,
    hp: Hyperparameters,
    folder: Path,
    record: dict[str, Any],
    earlier: Earlier | None,
) -> None:
    """Write everything beside the weights: configuration, card and the code that serves them."""
    base = weights.bundle(config.base_model, folder, earlier.folder if earlier else None)
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
