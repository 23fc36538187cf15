"""Tuning jobs and their trials in the database: all that is known of them, so that any process
can take a tuning job up where another one left it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.local.store import Base, Resource, Store, now

LONGEST_REASON = 1024
ENDED = frozenset({"Completed", "Failed", "Stopped"})  # of tuning jobs and training jobs alike


class TuningJob(Resource, Base):
    """A tuning job: ``definition`` is its CreateHyperParameterTuningJob request."""

    __tablename__ = "tuning_jobs"

    status: Mapped[str]
    definition: Mapped[dict[str, Any]]
    seed: Mapped[int]
    failure_reason: Mapped[str | None]
    end_time: Mapped[datetime | None]

    @property
    def has_ended(self) -> bool:
        """Whether nothing goes on any more."""
        return self.status in ENDED


@dataclass(frozen=True)
class Trial:
    """One point of the search space and the training job that tries it.

    ``arn`` is None until the training job exists. ``values`` are those that the objective had in
    the course of training, in order; ``objective`` is its final value where that is finite.
    """

    number: int
    training_job: str
    parameters: Mapping[str, str]
    plan: int = 0
    arn: str | None = None
    status: str = "InProgress"
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    failure_reason: str | None = None
    objective: float | None = None
    values: tuple[float, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether the training job is through."""
        return self.status in ENDED

    @property
    def score(self) -> float | None:
        """The objective of a trial that ended well enough to be compared."""
        usable = self.status in ("Completed", "Stopped") and self.objective is not None
        return self.objective if usable else None

    @property
    def objective_status(self) -> str:
        """AWS's ObjectiveStatus: Pending, Succeeded or Failed."""
        if not self.has_ended:
            return "Pending"
        return "Failed" if self.score is None else "Succeeded"


class TuningTrial(Base):
    """A ``Trial`` of the tuning job ``tuning_job``."""

    __tablename__ = "tuning_trials"

    tuning_job: Mapped[str] = mapped_column(String(collation="NOCASE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    training_job: Mapped[str] = mapped_column(unique=True)
    parameters: Mapped[dict[str, Any]]
    plan: Mapped[int]
    arn: Mapped[str | None]
    status: Mapped[str]
    created: Mapped[datetime | None]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    failure_reason: Mapped[str | None]
    objective: Mapped[float | None]
    values: Mapped[list[float]] = mapped_column(JSON)


@dataclass(frozen=True)
class Tuning:
    """A tuning job as it is on file, with its trials in the order of their numbers.

    ``parents``, the tuning jobs that it learns from, are there where they have been asked for.
    """

    job: TuningJob
    trials: tuple[Trial, ...]
    parents: tuple["Tuning", ...] = ()


class TuningRecords:
    """Reads and changes the rows of tuning jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, name: str) -> Tuning | None:
        """The tuning job and its trials; None where it does not exist."""
        return await self._store.run(lambda session: read(session, name))

    async def with_parents(self, tuning: Tuning) -> Tuning:
        """``tuning`` together with the tuning jobs that it learns from."""
        return await self._store.run(lambda session: with_parents(session, tuning))

    async def under_way(self) -> list[str]:
        """The names of all tuning jobs that have not ended, oldest first."""

        def work(session: Session) -> list[str]:
            query = select(TuningJob).where(TuningJob.status.not_in(ENDED))
            return [job.name for job in session.scalars(query.order_by(TuningJob.creation_time))]

        return await self._store.run(work)

    async def add(self, name: str, trial: Trial) -> bool:
        """Put a trial on file unless the tuning job is being stopped; says whether it was."""

        def work(session: Session) -> bool:
            job = session.get(TuningJob, name)
            if job is None or job.status != "InProgress":
                return False
            session.add(TuningTrial(tuning_job=job.name, **_columns(trial)))
            return True

        return await self._store.run(work)

    async def write(self, name: str, trials: Sequence[Trial]) -> None:
        """Put changed trials on file."""

        def work(session: Session) -> None:
            for trial in trials:
                session.merge(TuningTrial(tuning_job=name, **_columns(trial)))

        await self._store.run(work)

    async def drop(self, name: str, trials: Sequence[Trial]) -> None:
        """Forget trials whose training jobs never came to be."""

        def work(session: Session) -> None:
            for trial in trials:
                session.delete(session.get_one(TuningTrial, (name, trial.number)))

        await self._store.run(work)

    async def end(self, name: str, status: str, reason: str | None) -> None:
        """Write how the tuning job ended."""

        def work(session: Session) -> None:
            job = session.get_one(TuningJob, name)
            job.status = status
            job.failure_reason = reason[:LONGEST_REASON] if reason else None
            job.end_time = job.last_modified_time = now()

        await self._store.run(work)


def read(session: Session, name: str) -> Tuning | None:
    """The tuning job and its trials; None where it does not exist."""
    job = session.get(TuningJob, name)
    return Tuning(job, trials_of(session, job.name)) if job else None


def with_parents(session: Session, tuning: Tuning) -> Tuning:
    """``tuning`` together with the tuning jobs that it learns from, as far as they are there."""
    found = (read(session, name) for name in parent_names(tuning.job.definition))
    return replace(tuning, parents=tuple(parent for parent in found if parent))


def parent_names(definition: Mapping[str, Any]) -> list[str]:
    """The tuning jobs that this one learns from."""
    parents = definition.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    return [parent["HyperParameterTuningJobName"] for parent in parents]


def trials_of(session: Session, name: str) -> tuple[Trial, ...]:
    """The trials of the tuning job ``name``, in the order of their numbers."""
    query = select(TuningTrial).where(TuningTrial.tuning_job == name)
    return tuple(_trial(row) for row in session.scalars(query.order_by(TuningTrial.number)))


def finite(value: float | None) -> float | None:
    """``value``, or None where it is no number that could be compared."""
    return value if value is not None and math.isfinite(value) else None


_FIELDS = tuple(Trial.__dataclass_fields__)


def _columns(trial: Trial) -> dict[str, Any]:
    columns = {field: getattr(trial, field) for field in _FIELDS}
    return {**columns, "parameters": dict(trial.parameters), "values": list(trial.values)}


def _trial(row: TuningTrial) -> Trial:
    columns = {field: getattr(row, field) for field in _FIELDS}
    return Trial(**{**columns, "values": tuple(row.values)})
