"""Training jobs in the database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.local.store import Base, Resource, Store, now

LONGEST_REASON = 1024
ENDED = ("Completed", "Failed", "Stopped")
MESSAGES = {
    "Pending": "Waiting for other jobs on this machine to end",
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training in-progress.",
    "Interrupted": "The training was interrupted",
    "Restarting": "Resuming from the last checkpoint",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}
"""By secondary status, the status message that its transition carries."""


class TrainingJob(Resource, Base):
    """A training job: ``definition`` is its CreateTrainingJob request without the tags.

    ``facts`` holds what else there is to know (see ``Facts``); ``metrics`` each value read from the
    log, ``{name: [[milliseconds, value], …]}``, written when the job ends.
    """

    __tablename__ = "training_jobs"

    status: Mapped[str]
    secondary_status: Mapped[str]
    failure_reason: Mapped[str | None]
    definition: Mapped[dict[str, Any]]
    tuning_job_arn: Mapped[str | None] = mapped_column(index=True)
    training_start_time: Mapped[datetime | None]
    training_end_time: Mapped[datetime | None]
    stop_requested: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True)
class Record:
    """What whoever carries a job through needs to know of it.

    ``seconds`` is how long earlier attempts have trained, ``restarts`` counts those since the last
    progress, ``parallel`` is how many jobs are meant to share the machine.
    """

    name: str
    arn: str
    status: str
    definition: Mapping[str, Any]
    stop_requested: bool
    stream: str
    seconds: float
    restarts: int
    parallel: int

    @property
    def ended(self) -> bool:
        """Whether the job is over."""
        return self.status in ENDED


class Records:
    """Reads and changes the rows of training jobs; ``changed`` is called after each change."""

    def __init__(self, store: Store, changed: Callable[[], None]) -> None:
        self._store = store
        self._changed = changed

    async def read(self, name: str) -> Record | None:
        """The job's record, None where there is none."""

        def work(session: Session) -> Record | None:
            row = session.get(TrainingJob, name)
            return _record(row) if row else None

        return await self._store.run(work)

    async def unfinished(self) -> list[Record]:
        """The jobs that have not ended, oldest first."""

        def work(session: Session) -> list[Record]:
            rows = select(TrainingJob).where(TrainingJob.status.not_in(ENDED))
            ordered = rows.order_by(TrainingJob.creation_time, TrainingJob.name)
            return [_record(row) for row in session.scalars(ordered)]

        return await self._store.run(work)

    async def change(self, name: str, work: Callable[[TrainingJob], None]) -> None:
        """Change a job that has not ended; one that has, or is gone, stays as it is."""

        def within(session: Session) -> bool:
            row = session.get(TrainingJob, name)
            if row is None or row.status in ENDED:
                return False
            work(row)
            row.last_modified_time = now()
            return True

        if await self._store.run(within):
            self._changed()

    async def enter(self, name: str, secondary: str, message: str | None = None) -> None:
        """Go on to a secondary status; the status itself stays."""

        def work(row: TrainingJob) -> None:
            enter(row, secondary, message)

        await self.change(name, work)


def enter(row: TrainingJob, secondary: str, message: str | None = None) -> None:
    """Note the way to ``secondary`` among the transitions; nothing where it is there already."""
    if row.secondary_status == secondary and row.facts.get("transitions"):
        return
    moment = now().timestamp()
    done = [{"EndTime": moment, **transition} for transition in row.facts.get("transitions", [])]
    new = {
        "Status": secondary,
        "StartTime": moment,
        "StatusMessage": message or MESSAGES[secondary],
    }
    if secondary in (*ENDED, "MaxRuntimeExceeded"):
        new["EndTime"] = moment
    row.secondary_status = secondary
    row.facts = {**row.facts, "transitions": [*done, new]}
    if secondary == "Downloading" and row.training_start_time is None:
        row.training_start_time = now()


def end(row: TrainingJob, status: str, secondary: str, reason: str | None = None) -> None:
    """Write a job's end."""
    row.status = status
    row.failure_reason = reason[:LONGEST_REASON] if reason else None
    row.training_end_time = now()
    enter(row, secondary)


def describe(row: TrainingJob) -> dict[str, Any]:
    """DescribeTrainingJob's answer."""
    answer: dict[str, Any] = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **row.definition,
        "OutputDataConfig": {"KmsKeyId": "", **row.definition["OutputDataConfig"]},
        "TrainingJobArn": row.arn,
        "TuningJobArn": row.tuning_job_arn,
        "TrainingJobStatus": row.status,
        "SecondaryStatus": row.secondary_status,
        "FailureReason": row.failure_reason,
        "CreationTime": row.creation_time,
        "LastModifiedTime": row.last_modified_time,
        "TrainingStartTime": row.training_start_time,
        "TrainingEndTime": row.training_end_time,
        "SecondaryStatusTransitions": [_timed(t) for t in row.facts.get("transitions", [])],
        "ProfilingStatus": "Disabled",
    }
    if artifacts := row.facts.get("artifacts"):
        answer["ModelArtifacts"] = {"S3ModelArtifacts": artifacts}
    if final := final_metrics(row.metrics):
        answer["FinalMetricDataList"] = final
    if row.training_start_time:
        until = (row.training_end_time or now()).timestamp()
        seconds = max(0, round(until - row.training_start_time.timestamp()))
        answer["TrainingTimeInSeconds"] = answer["BillableTimeInSeconds"] = seconds
    return {name: value for name, value in answer.items() if value is not None}


def final_metrics(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The last value of each metric, as FinalMetricDataList tells it."""
    return [
        {
            "MetricName": name,
            "Value": values[-1][1],
            "Timestamp": datetime.fromtimestamp(values[-1][0] / 1000, UTC),
        }
        for name, values in metrics.items()
        if values
    ]


def log_stream(name: str) -> str:
    """A new name for the log stream of a job that starts now."""
    return f"{name}/algo-1-{int(time.time())}"


def _timed(transition: Mapping[str, Any]) -> dict[str, Any]:
    times = {key: transition.get(key) for key in ("StartTime", "EndTime")}
    moments = {key: datetime.fromtimestamp(value, UTC) for key, value in times.items() if value}
    return {**transition, **moments}


def _record(row: TrainingJob) -> Record:
    return Record(
        name=row.name,
        arn=row.arn,
        status=row.status,
        definition=row.definition,
        stop_requested=row.stop_requested,
        stream=row.facts.get("stream", ""),
        seconds=row.facts.get("seconds", 0.0),
        restarts=row.facts.get("restarts", 0),
        parallel=row.facts.get("parallel", 1),
    )
