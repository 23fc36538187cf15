"""All training jobs of the service: the queue, and what other jobs may ask of them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backend.local.jobs import training_request
from backend.local.jobs.training_failure import internal
from backend.local.jobs.training_records import (
    ENDED,
    Record,
    Records,
    TrainingJob,
    describe,
    end,
    enter,
    final_metrics,
)
from backend.local.jobs.training_request import invalid
from backend.local.jobs.training_run import Run
from backend.local.jobs.training_turns import Turns
from backend.local.jobs.training_watch import Surroundings
from backend.local.store import Store
from backend.local.wire.errors import AwsError

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 2.0
_PAUSE_MARGIN = 2.0
_SETTLE_SECONDS = 10.0


class Registry(Protocol):
    """What training jobs have in common with all resources of the account."""

    def arn(self, name: str) -> str:
        """The ARN of the job ``name``."""
        ...

    def tag(self, session: Session, arn: str, tags: Sequence[Mapping[str, str]]) -> None:
        """Add tags to a new job. Raises AwsError."""
        ...

    def untag(self, session: Session, arn: str) -> None:
        """Remove the tags of a job that is being deleted."""
        ...


class TrainingJobs:
    """What is asked of a job is written in the database first; then its run follows.

    These are the jobs as operations and tuning jobs see them; ``Background`` starts and stops what
    runs behind them.
    """

    def __init__(self, store: Store, registry: Registry, surroundings: Surroundings) -> None:
        self._store = store
        self._registry = registry
        self._around = surroundings
        self._records = Records(store, self._notify)
        self._turns = Turns(surroundings.settings.slots)
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._change = asyncio.Event()

    async def create(
        self,
        request: dict[str, Any],
        *,
        tuning_job_arn: str | None = None,
        parallel: int = 1,
    ) -> str:
        """CreateTrainingJob: returns the ARN. Raises AwsError.

        ``parallel`` says how many jobs are meant to run side by side: they share the cores.
        """
        training_request.check(request)
        await asyncio.to_thread(self._around.storage.require, request)
        name = request["TrainingJobName"]
        definition = {key: value for key, value in request.items() if key != "Tags"}
        limit = {"MaxRuntimeInSeconds": training_request.LONGEST_RUNTIME}
        definition["StoppingCondition"] = limit | definition.get("StoppingCondition", {})

        def work(session: Session) -> TrainingJob:
            if session.get(TrainingJob, name):
                raise self._existing(name)
            row = TrainingJob(
                name=name,
                arn=self._registry.arn(name),
                status="InProgress",
                secondary_status="Starting",
                definition=definition,
                tuning_job_arn=tuning_job_arn,
                facts={"parallel": parallel},
                metrics={},
            )
            enter(row, "Starting")
            session.add(row)
            self._registry.tag(session, row.arn, request.get("Tags", []))
            return row

        arn = (await self._store.run(work)).arn
        record = await self._records.read(name)
        if record:
            self._proceed(record)
        self._notify()
        return arn

    async def stop(self, name: str) -> None:
        """StopTrainingJob, whatever state the job is in. Raises AwsError where it is missing."""

        def work(session: Session) -> str:
            row = self._get(session, name)
            if row.status not in ENDED and not row.stop_requested:
                row.stop_requested = True
                row.status = "Stopping"
                enter(row, "Stopping")
            return row.name

        known = await self._store.run(work)
        if run := self._runs.get(known):
            run.ask_stop()
        self._notify()

    async def describe(self, name: str) -> dict[str, Any]:
        """DescribeTrainingJob's answer, with datetimes. Raises AwsError where it is missing."""
        row = await self._store.run(lambda session: self._get(session, name))
        answer = describe(row)
        run = self._runs.get(row.name)
        if run and (final := final_metrics(run.metrics)):
            answer["FinalMetricDataList"] = final
        return answer

    def metrics(self, name: str, metric: str) -> list[tuple[datetime, float]]:
        """Every value of ``metric`` read from the job's log so far, in order."""
        run = self._runs.get(name)
        values = run.metrics if run else self._kept_metrics(name)
        return [
            (datetime.fromtimestamp(moment / 1000, UTC), value)
            for moment, value in values.get(metric, [])
        ]

    async def changed(self) -> None:
        """Return after any job's state or metrics have changed."""
        await self._change.wait()

    async def delete(self, name: str) -> None:
        """DeleteTrainingJob: forget a job that has ended. Raises AwsError."""

        def work(session: Session) -> str:
            row = self._get(session, name)
            if row.status not in ENDED:
                raise AwsError(
                    "ResourceInUse",
                    f"Training job {row.arn} is in status {row.status}: stop it before deleting.",
                )
            self._registry.untag(session, row.arn)
            session.delete(row)
            return row.name

        known = await self._store.run(work)
        if task := self._tasks.get(known):  # it ended a moment ago and still tidies up
            await asyncio.wait({task}, timeout=_SETTLE_SECONDS)
        await asyncio.to_thread(self._around.remove, known)
        self._notify()

    async def update(self, name: str, changes: Mapping[str, Any]) -> str:
        """UpdateTrainingJob: returns the ARN. Raises AwsError."""
        if not changes:
            raise invalid("The request changes nothing: give at least one member to update.")
        if "ResourceConfig" in changes:
            raise invalid("The training job has no warm pool whose keep-alive could be updated.")

        def work(session: Session) -> str:
            row = self._get(session, name)
            if row.status != "InProgress":
                raise invalid(f"The training job is in status {row.status}: it cannot be updated.")
            row.definition = {**row.definition, **changes}
            return row.arn

        return await self._store.run(work)

    async def resume(self) -> None:
        """Adopt the jobs that run and take up the others; returns before they go on."""
        unfinished = await self._records.unfinished()
        await asyncio.to_thread(self._around.sweep, {record.name for record in unfinished})
        for record in unfinished:
            if await asyncio.to_thread(self._around.folder(record.name).locked):
                self._turns.try_take(record.name, force=True)
        for record in unfinished:
            self._proceed(record)

    async def pause(self) -> None:
        """Interrupt all jobs; they go on, from their checkpoints, after the next ``resume``."""
        for run in self._runs.values():
            run.pause()
        tasks = list(self._tasks.values())
        if tasks:
            patience = self._around.settings.pause_seconds + _PAUSE_MARGIN
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _proceed(self, record: Record) -> None:
        run = Run(record.name, self._records, self._around, self._turns, self._notify)
        self._runs[record.name] = run
        task = asyncio.create_task(self._carry(run))
        self._tasks[record.name] = task

    async def _carry(self, run: Run) -> None:
        """Take a job to its end, however often something fails on the way."""
        try:
            reason = await self._carried(run)
            while reason and not await self._failed(run, reason):  # noqa: ASYNC110
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._runs.pop(run.name, None)
            self._tasks.pop(run.name, None)
            self._notify()

    async def _carried(self, run: Run) -> str | None:
        """Let the job proceed; why it cannot, where that is so."""
        try:
            await run.proceed()
        except Exception as error:  # the boundary: no job may stay half-way
            logger.exception("Training job %s cannot proceed", run.name)
            return run.reason or f"InternalServerError: {internal(error)}"
        return None

    async def _failed(self, run: Run, reason: str) -> bool:
        """End a job that cannot proceed; whether that could be written now."""
        try:
            await run.abandon()
            await self._records.change(run.name, lambda row: end(row, "Failed", "Failed", reason))
        except Exception:
            logger.exception("Training job %s cannot be ended", run.name)
            # Its own files may be what fills the disk.
            await asyncio.to_thread(self._around.folder(run.name).make_room)
            return False
        await asyncio.to_thread(self._around.remove, run.name)
        return True

    def _kept_metrics(self, name: str) -> Mapping[str, Any]:
        def work(session: Session) -> Mapping[str, Any]:
            row = session.get(TrainingJob, name)
            return row.metrics if row else {}

        return self._store.transaction(work)

    def _existing(self, name: str) -> AwsError:
        arn = self._registry.arn(name)
        return AwsError(
            "ResourceInUse",
            "Job name must be unique within an AWS account and region, and a training job with "
            f"this name already exists ({arn})",
        )

    def _get(self, session: Session, name: str) -> TrainingJob:
        row = session.get(TrainingJob, name)
        if row is None:
            raise invalid("Requested resource not found.")
        return row

    def _notify(self) -> None:
        self._change.set()
        self._change = asyncio.Event()


class Background:
    """The life of the jobs, as part of the service's."""

    def __init__(self, jobs: TrainingJobs) -> None:
        self._jobs = jobs

    async def start(self) -> None:
        """See ``TrainingJobs.resume``."""
        await self._jobs.resume()

    async def stop(self) -> None:
        """See ``TrainingJobs.pause``."""
        await self._jobs.pause()
