"""What a job is asked to do, complete: nothing is filled in later but addresses and credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from backend.cloud.naming import new_name, require_name
from backend.errors import InputError
from backend.tasks.recipes.base import (
    MetricDefinition,
    Objective,
    Recipe,
    Space,
    Strategy,
    Value,
    as_text,
)

HOUR: Final = 3600
LONGEST_TUNING_NAME: Final = 32
MOST_JOBS: Final = 500
MOST_PARALLEL_JOBS: Final = 100


class Split(Protocol):
    """One split of a dataset: its S3 prefix, number of examples and hash."""

    @property
    def uri(self) -> str:
        """The S3 prefix that a channel gets."""
        ...

    @property
    def count(self) -> int:
        """Examples."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of the examples."""
        ...


class Dataset(Protocol):
    """A version of a dataset, as ``backend.data.store.DatasetVersion`` is one."""

    @property
    def id(self) -> str:
        """``name/version``."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of all splits."""
        ...

    @property
    def splits(self) -> Mapping[str, Split]:
        """``train``, ``validation`` and ``test``; a job uses the first two."""
        ...


@dataclass(frozen=True)
class Channel:
    """Data of a job: an S3 prefix, and how many examples it holds (0: not known)."""

    uri: str
    count: int = 0


MODEL: Final = "model"
"""The channel with the archive of the model that a job goes on from."""


@dataclass(frozen=True)
class Start:
    """A model that training goes on from: the URI of its archive, its labels as datasets name them
    (none where its task has none), and the hyperparameters that it settles.
    """

    name: str
    uri: str
    labels: tuple[str, ...] = ()
    settled: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingRequest:
    """One training job. ``channels`` are named ``train``, ``validation`` and, where it goes on from
    an earlier model, ``model``; ``hyperparameters``
    are all that the trainer gets; ``max_seconds`` is when the service stops it; an empty
    ``instance_type`` is the cloud's. With ``spot`` it runs on spare machines that may be taken away
    (managed spot training); ``max_wait_seconds`` is how long it may take with waiting for them.

    Raises ``InputError`` for a name that SageMaker would not take, or without training data.
    """

    name: str
    task: str
    channels: Mapping[str, Channel]
    hyperparameters: Mapping[str, Value]
    objective: Objective
    metrics: tuple[MetricDefinition, ...]
    dataset: str = ""
    dataset_sha256: str = ""
    max_seconds: int = 24 * HOUR
    instance_type: str = ""
    volume_gb: int = 30
    spot: bool = False
    max_wait_seconds: int = 0
    program: str = ""
    """JumpStart's model id where its program trains, "" for ours."""

    @property
    def start(self) -> str:
        """The archive of the model that it goes on from, "" where it begins with a base model."""
        return self.channels[MODEL].uri if MODEL in self.channels else ""

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.spot and self.max_wait_seconds < self.max_seconds:
            raise InputError(
                "With spare machines a job may take at least as long as it may train: raise the "
                "hours that it may take with waiting."
            )
        if "train" not in self.channels:
            raise InputError("There is no training data: choose a dataset with a train split.")


@dataclass(frozen=True)
class TuningRequest:
    """A search: training jobs that differ in the hyperparameters of ``spaces``.

    ``training`` says what all trials share (its name is not used). ``early_stopping`` ends trials
    that do worse than the median of earlier ones; ``target`` and ``patience`` (trials without
    improvement) end the search; ``parents`` are earlier searches whose results it starts from.

    Raises ``InputError`` for numbers of jobs, names or ranges that SageMaker would not take.
    """

    name: str
    training: TrainingRequest
    spaces: Mapping[str, Space]
    max_jobs: int = 6
    parallel_jobs: int = 2
    strategy: Strategy = "Bayesian"
    early_stopping: bool = False
    target: float | None = None
    patience: int | None = None
    seed: int | None = None
    parents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_name(self.name, longest=LONGEST_TUNING_NAME)
        if not 1 <= self.max_jobs <= MOST_JOBS:
            raise InputError(f"A search has 1 to {MOST_JOBS} trials: change their number.")
        if not 1 <= self.parallel_jobs <= min(MOST_PARALLEL_JOBS, self.max_jobs):
            raise InputError(
                "At least one trial runs at a time, and not more than there are: "
                "change the number of parallel trials."
            )
        if not self.spaces:
            raise InputError("Nothing is searched: choose at least one hyperparameter.")

    @property
    def fixed(self) -> dict[str, Value]:
        """The hyperparameters that are the same in all trials."""
        values = self.training.hyperparameters
        return {name: value for name, value in values.items() if name not in self.spaces}


Request = TrainingRequest | TuningRequest


def channels_of(dataset: Dataset) -> dict[str, Channel]:
    """The channels that a job gets of ``dataset``: never its test split."""
    return {
        name: Channel(dataset.splits[name].uri, dataset.splits[name].count)
        for name in ("train", "validation")
        if name in dataset.splits
    }


def training_request(
    recipe: Recipe,
    dataset: Dataset,
    *,
    preset: str = "balanced",
    values: Mapping[str, Value] | None = None,
    start: Start | None = None,
    name: str = "",
    max_seconds: int = 24 * HOUR,
) -> TrainingRequest:
    """Fine-tuning of ``recipe``'s task on ``dataset``: a preset with ``values`` over it, and what
    ``start`` has settled over both.

    Raises ``InputError`` for a hyperparameter that the recipe does not have or allow.
    """
    chosen = recipe.values(preset) | _checked(recipe, values or {})
    channels = channels_of(dataset)
    if start:
        chosen |= {name: value for name, value in start.settled.items() if name in chosen}
        channels[MODEL] = Channel(start.uri)
    return TrainingRequest(
        name=name or new_name(recipe.task, "finetune"),
        task=recipe.task,
        channels=channels,
        hyperparameters=chosen,
        objective=recipe.objective,
        metrics=recipe.metrics,
        dataset=dataset.id,
        dataset_sha256=dataset.sha256,
        max_seconds=max_seconds,
        program=recipe.program,
    )


def tuning_request(
    recipe: Recipe,
    dataset: Dataset,
    *,
    preset: str = "balanced",
    values: Mapping[str, Value] | None = None,
    spaces: Mapping[str, Space] | None = None,
    start: Start | None = None,
    name: str = "",
    max_seconds: int = 24 * HOUR,
) -> TuningRequest:
    """A search over ``spaces`` (the preset's unless given); each trial is trained like the
    baseline of the same preset. ``max_seconds`` limits each trial. What ``start`` has settled is
    not searched.
    """
    chosen = recipe.preset(preset)
    training = training_request(
        recipe,
        dataset,
        preset=preset,
        values=dict(chosen.tuned_values) | dict(values or {}),
        start=start,
        max_seconds=max_seconds,
    )
    wanted = dict(spaces) if spaces else recipe.spaces(preset)
    settled = start.settled if start else {}
    return TuningRequest(
        name=name or new_name(_SHORT.get(recipe.task, recipe.task), "hpo", longest=32),
        training=training,
        spaces={name: space for name, space in wanted.items() if name not in settled},
        max_jobs=chosen.max_jobs,
        parallel_jobs=chosen.parallel_jobs,
        strategy=chosen.strategy,
    )


_SHORT: Final = {
    "summarization": "summary",
    "text_classification": "classes",
    "question_answering": "answers",
    "named_entities": "entities",
    "relation_extraction": "relations",
}
"""A tuning job's name has 32 characters, of which its trials' names are made."""


def _checked(recipe: Recipe, values: Mapping[str, Value]) -> dict[str, Value]:
    for name, value in values.items():
        try:
            fault = recipe.hyperparameter(name).fault(value)
        except KeyError:
            raise InputError(f"“{name}” is not a hyperparameter of this task.") from None
        if fault:
            raise InputError(f"{name.replace('_', ' ').capitalize()} cannot be {value}: {fault}.")
    return dict(values)


def renamed(request: Request) -> Request:
    """The same request under a new name."""
    if isinstance(request, TuningRequest):
        return replace(
            request, name=new_name(_SHORT.get(request.training.task, "search"), "hpo", longest=32)
        )
    return replace(request, name=new_name(request.task or "job", "finetune"))


def texts(values: Mapping[str, Value]) -> dict[str, str]:
    """Hyperparameters as SageMaker sends them."""
    return {name: as_text(value) for name, value in values.items()}


@dataclass(frozen=True)
class Addresses:
    """Where a job finds and leaves things, and who it runs as."""

    source_uri: str
    output_uri: str
    checkpoint_uri: str
    role_arn: str
    image: str
    instance_type: str
    entry: str = "train.py"
    channels: Mapping[str, str] | None = None
    """What the job gets instead of its request's channels, by name."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """What the program wants beside those of the request, which win."""
