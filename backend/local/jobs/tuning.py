"""Tuning jobs at work: each one launches training jobs, watches them and learns from them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from backend.local.jobs.tuning_plan import Study, child_name, child_request
from backend.local.jobs.tuning_records import (
    ENDED,
    LONGEST_REASON,
    Trial,
    Tuning,
    TuningRecords,
    finite,
)
from backend.local.jobs.tuning_rules import Verdict, is_to_stop, places, verdict
from backend.local.jobs.tuning_search import suggest
from backend.local.store import now
from backend.local.wire.errors import AwsError

_LONGEST_PAUSE = 5.0  # seconds; a look now and then, should news ever get lost
_RETRY_SECONDS = 0.5
_DOUBLINGS = 6  # of that time, failure by failure
_RETRIES = 8  # times that a step may fail before the tuning job does

logger = logging.getLogger(__name__)


class Trainings(Protocol):
    """What tuning jobs need of training jobs."""

    async def create(
        self, request: dict[str, Any], *, tuning_job_arn: str | None = None, parallel: int = 1
    ) -> str:
        """CreateTrainingJob: returns the ARN. Raises AwsError."""
        ...

    async def stop(self, name: str) -> None:
        """StopTrainingJob, in any state. Raises AwsError where the job is missing."""
        ...

    async def describe(self, name: str) -> dict[str, Any]:
        """DescribeTrainingJob's answer. Raises AwsError where the job is missing."""
        ...

    def metrics(self, name: str, metric: str) -> list[tuple[datetime, float]]:
        """Every value of ``metric`` so far, in order."""
        ...

    async def changed(self) -> None:
        """Return after any training job's state or metrics have changed."""
        ...


class Tuner:
    """All tuning jobs. What is asked of one is written in the database first; then ``proceed``
    lets it follow."""

    def __init__(self, records: TuningRecords, trainings: Trainings) -> None:
        self._records = records
        self._trainings = trainings
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._news: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Take up all tuning jobs that were under way; returns before they have ended."""
        for name in await self._records.under_way():
            self.proceed(name)

    async def stop(self) -> None:
        """Let go of all tuning jobs; they go on after the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def proceed(self, name: str) -> None:
        """Let the tuning job go where its recorded state leads."""
        self._news.setdefault(name, asyncio.Event()).set()
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._carry(name))

    async def _carry(self, name: str) -> None:
        """Take a tuning job to its end."""
        course = _Course(name, self._records, self._trainings)
        news = self._news[name]
        try:
            while True:
                news.clear()
                listening = [
                    asyncio.create_task(self._trainings.changed()),
                    asyncio.create_task(news.wait()),
                ]
                try:
                    await asyncio.sleep(0)  # so that they listen before the state is read
                    if await course.proceed():
                        return
                    await asyncio.wait(
                        listening, timeout=_LONGEST_PAUSE, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    for task in listening:
                        task.cancel()
        finally:
            del self._tasks[name], self._news[name]


class _Course:
    """The course of one tuning job."""

    def __init__(self, name: str, records: TuningRecords, trainings: Trainings) -> None:
        self._name = name
        self._records = records
        self._trainings = trainings
        self._broken: Verdict | None = None  # set when the tuning job cannot go on

    async def proceed(self) -> bool:
        """Do what is due now, however it fails; says whether the tuning job has ended."""
        failures = 0
        while True:
            try:
                return await self._step()
            except AwsError as error:  # what one training job is refused, all would be
                self._broken = Verdict("Failed", error.message)
            except Exception as error:  # the boundary: no tuning job may stay half-way
                logger.exception("Tuning job %s cannot proceed", self._name)
                failures += 1
                if failures == _RETRIES:
                    self._broken = Verdict("Failed", f"InternalServerError: {error}")
                await asyncio.sleep(_RETRY_SECONDS * 2 ** min(failures - 1, _DOUBLINGS))

    async def _step(self) -> bool:
        tuning = await self._records.read(self._name)
        if tuning is None or tuning.job.has_ended:
            return True
        study = Study(tuning.job.definition)
        tuning = replace(tuning, trials=await self._watched(tuning, study))
        found = self._broken or verdict(tuning, study, now())
        if found:
            return await self._wind_down(tuning.trials, found)
        await self._stop_losers(tuning.trials, study)
        await self._launch(tuning, study)
        return False

    async def _watched(self, tuning: Tuning, study: Study) -> tuple[Trial, ...]:
        """The trials as they are now; what has changed is put on file."""
        known = tuning.trials
        seen = [t if t.has_ended else await self._look(t, study) for t in known]
        # While a training job runs, it keeps its values; the end of it is the time to copy them.
        changed = [
            new
            for old, new in zip(known, seen, strict=True)
            if replace(new, values=old.values) != old
        ]
        if changed:
            await self._records.write(self._name, changed)
        return tuple(seen)

    async def _look(self, trial: Trial, study: Study) -> Trial:
        try:
            job = await self._trainings.describe(trial.training_job)
        except AwsError:  # there is none
            if trial.arn is None:
                return trial
            reason = "The training job was deleted."
            return replace(trial, status="Failed", failure_reason=reason, ended=now())
        metric = study.plans[trial.plan].objective.metric
        values = tuple(value for _, value in self._trainings.metrics(trial.training_job, metric))
        return _seen(trial, job, metric, values)

    async def _stop_losers(self, trials: Sequence[Trial], study: Study) -> None:
        for trial in trials:
            if trial.status == "InProgress" and is_to_stop(trial, trials, study):
                logger.info("Tuning job %s stops %s early", self._name, trial.training_job)
                await self._stop(trial)

    async def _launch(self, tuning: Tuning, study: Study) -> None:
        """Begin as many training jobs as there is place for.

        Each is on file before it is begun, so that after a crash it is neither lost nor doubled.
        """
        for trial in tuning.trials:
            if trial.arn is None:
                await self._create(tuning, study, trial)
        vacant = places(tuning, study)
        if vacant and "WarmStartConfig" in tuning.job.definition:
            tuning = await self._records.with_parents(tuning)
        for _ in range(vacant):
            plan, parameters = await asyncio.to_thread(suggest, tuning, study)
            number = len(tuning.trials) + 1
            trial = Trial(number, child_name(tuning.job.name, number), parameters, plan)
            if not await self._records.add(self._name, trial):
                return
            await self._create(tuning, study, trial)
            tuning = replace(tuning, trials=(*tuning.trials, trial))

    async def _create(self, tuning: Tuning, study: Study, trial: Trial) -> None:
        request = child_request(
            study.plans[trial.plan],
            trial.training_job,
            trial.parameters,
            tuning.job.definition.get("Tags", []),
        )
        side_by_side = min(study.most_parallel, study.most_jobs)
        arn = await self._trainings.create(
            request, tuning_job_arn=tuning.job.arn, parallel=side_by_side
        )
        await self._records.write(self._name, [replace(trial, arn=arn, created=now())])

    async def _wind_down(self, trials: Sequence[Trial], found: Verdict) -> bool:
        """Stop what runs; once nothing does, the tuning job ends as ``found``."""
        await self._records.drop(self._name, [trial for trial in trials if trial.arn is None])
        running = [trial for trial in trials if trial.arn and not trial.has_ended]
        for trial in running:
            if trial.status != "Stopping":
                await self._stop(trial)
        if running:
            return False
        await self._records.end(self._name, found.status, found.reason)
        return True

    async def _stop(self, trial: Trial) -> None:
        with suppress(AwsError):  # it has just been deleted
            await self._trainings.stop(trial.training_job)


def _seen(trial: Trial, job: Mapping[str, Any], metric: str, values: tuple[float, ...]) -> Trial:
    """``trial`` as its training job is described."""
    has_ended = job["TrainingJobStatus"] in ENDED
    finals = {final["MetricName"]: final["Value"] for final in job.get("FinalMetricDataList", [])}
    last = finals.get(metric, values[-1] if values else None)
    reason = job.get("FailureReason")
    return replace(
        trial,
        arn=job["TrainingJobArn"],
        status=job["TrainingJobStatus"],
        created=job["CreationTime"],
        started=job.get("TrainingStartTime"),
        ended=job.get("TrainingEndTime", now()) if has_ended else None,
        failure_reason=reason[:LONGEST_REASON] if reason else None,
        objective=finite(last) if has_ended else None,
        values=values,
    )
