"""Jobs, typed, as the service knows them. Times are aware; durations are seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from backend.jobs.requests import MODEL
from backend.tasks.recipes.base import (
    MetricDefinition,
    Objective,
    Space,
    Strategy,
)

_FINISHED: Final = frozenset({"Completed", "Failed", "Stopped", "DeleteFailed"})


def is_finished(status: str) -> bool:
    """Whether a job of that status will never change again."""
    return status in _FINISHED


@dataclass(frozen=True)
class Transition:
    """A secondary status (Starting, Downloading, Training, …) and when it began and ended."""

    status: str
    message: str
    started: datetime
    ended: datetime | None

    def seconds(self, now: datetime | None = None) -> float:
        """How long it lasted, or has lasted so far."""
        return _seconds(self.started, self.ended, now)


@dataclass(frozen=True)
class TrainingJob:
    """A training job. ``metrics`` are the last values that the service read from its log, once
    it has them; ``hyperparameters`` the trainer's, as text; ``model_uri`` its model.tar.gz, ""
    until there is one; ``tuning_job`` the search that it is a trial of; ``project`` whose it is,
    "" where it is not one of ours.
    """

    name: str
    arn: str
    status: str
    secondary_status: str
    failure_reason: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    task: str = ""
    source: str = ""
    dataset: str = ""
    dataset_sha256: str = ""
    tuning_job: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    metric_definitions: tuple[MetricDefinition, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    model_uri: str = ""
    output_uri: str = ""
    instance_type: str = ""
    max_seconds: int = 0
    billable_seconds: int = 0
    instances: int = 1
    spot: bool = False
    max_wait_seconds: int = 0
    project: str = ""
    program: str = ""
    """JumpStart's model id where its program trained, "" for ours."""

    @property
    def start(self) -> str:
        """The archive of the model that it went on from, "" where it began with a base model."""
        return "" if self.program else self.channels.get(MODEL, "")

    @property
    def finished(self) -> bool:
        """Whether it is Completed, Failed or Stopped: nothing will change."""
        return is_finished(self.status)

    @property
    def deployable(self) -> bool:
        """Whether it left a model: a stopped job leaves the best so far."""
        return bool(self.model_uri) and self.status in {"Completed", "Stopped"}

    def elapsed(self, now: datetime | None = None) -> float:
        """Seconds since it was created, up to its end."""
        return _seconds(self.created, self.ended, now)


@dataclass(frozen=True)
class Trial:
    """One training job of a search; ``objective`` is its final objective, None without one;
    ``hyperparameters`` the searched ones. A stopped trial may have been stopped early.
    """

    name: str
    status: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    hyperparameters: Mapping[str, str]
    objective: float | None
    objective_status: str
    failure_reason: str

    @property
    def finished(self) -> bool:
        """Whether nothing will change."""
        return is_finished(self.status)


@dataclass(frozen=True)
class Counters:
    """How many trials are in which state."""

    completed: int = 0
    in_progress: int = 0
    failed: int = 0
    stopped: int = 0

    @property
    def launched(self) -> int:
        """All that were started."""
        return self.completed + self.in_progress + self.failed + self.stopped


@dataclass(frozen=True)
class TuningJob:
    """A search. ``best`` is the best trial so far, ``fixed`` what all trials share, as text."""

    name: str
    arn: str
    status: str
    failure_reason: str
    strategy: Strategy
    objective: Objective
    created: datetime
    ended: datetime | None
    max_jobs: int
    parallel_jobs: int
    counters: Counters
    best: Trial | None
    spaces: Mapping[str, Space]
    early_stopping: bool = False
    parents: tuple[str, ...] = ()
    task: str = ""
    dataset: str = ""
    dataset_sha256: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    metric_definitions: tuple[MetricDefinition, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    instance_type: str = ""
    max_seconds: int = 0
    spot: bool = False
    max_wait_seconds: int = 0
    project: str = ""
    program: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing will change."""
        return is_finished(self.status)

    @property
    def progress(self) -> float:
        """The part of its trials that have ended, 0 to 1."""
        ended = self.counters.launched - self.counters.in_progress
        return 1.0 if self.status == "Completed" else min(1.0, ended / max(1, self.max_jobs))

    def elapsed(self, now: datetime | None = None) -> float:
        """Seconds since it was created, up to its end."""
        return _seconds(self.created, self.ended, now)


def _seconds(started: datetime, ended: datetime | None, now: datetime | None) -> float:
    last = ended or now or datetime.now(UTC)
    return max(0.0, (last - started).total_seconds())
