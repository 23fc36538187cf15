"""One training job, carried from any state to its end."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backend.local.jobs import environments, processes, training_command
from backend.local.jobs.runner_spec import Spec
from backend.local.jobs.training_failure import failure_reason, killed_by
from backend.local.jobs.training_folder import PAUSE, STOP
from backend.local.jobs.training_log import Metrics
from backend.local.jobs.training_outcome import Outcome, Upload, broken_metric
from backend.local.jobs.training_records import (
    Record,
    Records,
    TrainingJob,
    end,
    enter,
    log_stream,
)
from backend.local.jobs.training_request import checkpoint_folder
from backend.local.jobs.training_storage import StorageError, sentence
from backend.local.jobs.training_turns import Turns
from backend.local.jobs.training_watch import Surroundings, Watch
from backend.local.wire.errors import AwsError

_PROJECT = Path(__file__).resolve().parents[3]


class Run:
    """Carries one job through; the database and the job's folder say where it is."""

    def __init__(
        self,
        name: str,
        records: Records,
        around: Surroundings,
        turns: Turns,
        notify: Callable[[], None],
    ) -> None:
        self.name = name
        self.reason: str | None = None
        """Why the job failed, as soon as that is known."""
        self._records = records
        self._around = around
        self._settings = around.settings
        self._folder = around.folder(name)
        self._turns = turns
        self._watch = Watch(name, around, notify)
        self._wake = asyncio.Event()
        self._stopping = False
        self._pausing = False

    @property
    def metrics(self) -> Metrics:
        """The values read so far."""
        return self._watch.metrics

    def ask_stop(self) -> None:
        """End the job as a stop request does; the database knows already."""
        self._stopping = True
        self._wake.set()

    def pause(self) -> None:
        """Interrupt the job, to be resumed after the service's next start."""
        self._pausing = True
        self._wake.set()

    async def proceed(self) -> None:
        """Go on from where the job is, until it has ended or the service stops."""
        try:
            while (record := await self._records.read(self.name)) and not record.ended:
                if record.stop_requested:
                    self.ask_stop()
                lock = await asyncio.to_thread(self._folder.try_lock)
                if lock is None:
                    self._turns.try_take(self.name, force=True)
                    await self._watch.follow(record, self._wish)
                    continue
                try:
                    if self._pausing:
                        return
                    await self._advance(record, lock)
                finally:
                    os.close(lock)
            await asyncio.to_thread(self._around.remove, self.name)
        finally:
            self._turns.release(self.name)

    def _wish(self) -> str | None:
        """What the runner is to be asked for."""
        if self._stopping:
            return STOP
        return PAUSE if self._pausing else None

    async def abandon(self) -> None:
        """End the job's processes at once."""
        await asyncio.to_thread(self._watch.kill)

    async def _advance(self, record: Record, lock: int) -> None:
        """Take the next step of a job that no runner is at work on."""
        facts = await asyncio.to_thread(self._folder.read, "exit.json")
        if facts is not None:
            await self._settle(record, facts)
        elif await asyncio.to_thread(self._folder.begun):
            await asyncio.to_thread(processes.end_all, self._folder.root)
            await self._interrupted(
                record, self._folder.lived_seconds(), self._watch.cause_of_death
            )
        elif self._stopping:
            await self._end(Outcome("Stopped", "Stopped"))
        elif await self._turn():
            await self._begin(record, lock)

    async def _turn(self) -> bool:
        """Wait for a place in the queue; False where the job is to end before it got one."""
        if self._turns.try_take(self.name):
            return True
        await self._records.enter(self.name, "Pending")
        waits = [
            asyncio.create_task(self._turns.take(self.name)),
            asyncio.create_task(self._wake.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return not self._wake.is_set()

    async def _begin(self, record: Record, lock: int) -> None:
        """Bring the data and start the runner, which takes over the lock."""
        if not record.stream:
            await self._records.enter(self.name, "Downloading")
        await asyncio.to_thread(self._folder.forget_attempt)
        try:
            await asyncio.to_thread(
                training_command.prepare, record, self._folder, self._around.storage
            )
            spec = await asyncio.to_thread(self._spec, record)
        except training_command.CannotRunError as error:
            await self._end(Outcome.failure(f"ClientError: {error}"))
            return
        except (StorageError, OSError) as error:
            reason = f"ClientError: Data download failed: {sentence(error)}"
            await self._end(Outcome.failure(reason))
            return
        if self._wake.is_set():
            return
        stream = record.stream or log_stream(self.name)

        def training(row: TrainingJob) -> None:
            row.facts = {**row.facts, "stream": stream}
            enter(row, "Training")

        await self._records.change(self.name, training)
        try:
            # A copy, which stays open in the thread whatever becomes of this task.
            await asyncio.to_thread(self._launch, asdict(spec), os.dup(lock))
        except OSError as error:
            reason = f"InternalServerError: The job cannot be started: {sentence(error)}"
            await self._end(Outcome.failure(reason))

    def _spec(self, record: Record) -> Spec:
        threads = max(1, self._settings.cores // max(record.parallel, self._turns.taken))
        clients = self._around.environment
        return training_command.spec(
            record,
            self._settings,
            python=environments.create(self._folder.root / "environment"),
            threads=threads,
            clients=clients,
        )

    def _launch(self, spec: Mapping[str, Any], lock: int) -> None:
        try:
            self._folder.write("spec.json", spec)
            with (self._folder.root / "runner.err").open("ab") as errors:
                self._watch.runner = subprocess.Popen(
                    [sys.executable, "-m", "backend.local.jobs.runner", str(self._folder.root)],
                    cwd=_PROJECT,
                    stdin=lock,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                )
        finally:
            os.close(lock)

    async def _settle(self, record: Record, facts: Mapping[str, Any]) -> None:
        """Draw the consequences of an attempt's end."""
        await self._watch.collect(record)
        report = await asyncio.to_thread(self._report)
        number = killed_by(facts, report)
        if facts["ended"] == "paused" and not self._stopping:
            await self._again(record, facts["seconds"], record.restarts)
        elif (
            number is not None
            and facts["ended"] == "exited"
            and not facts["oom"]
            and not self._stopping
            and self._restarts(record) <= self._allowed(record)
        ):
            await self._interrupted(record, facts["seconds"], f"signal {number} ended the script")
        else:
            await self._conclude(record, self._outcome(record, facts, report))

    def _outcome(self, record: Record, facts: Mapping[str, Any], report: str) -> Outcome:
        idle = training_command.idle_seconds(record.definition, self._settings)
        if facts["ended"] == "timeout" and not self._stopping:
            return Outcome("Stopped", "MaxRuntimeExceeded")
        if self._stopping and facts["ended"] != "unable":
            return Outcome("Stopped", "Stopped")
        if facts["ended"] != "exited" or facts["code"] != 0:
            return Outcome.failure(failure_reason(facts, report, idle))
        if reason := broken_metric(self.metrics):
            return Outcome.failure(reason, keeps_model=True)
        return Outcome("Completed", "Completed")

    async def _conclude(self, record: Record, outcome: Outcome) -> None:
        """Store what the job has produced, and end it."""
        if outcome.secondary == "MaxRuntimeExceeded":

            def stopping(row: TrainingJob) -> None:
                row.status = "Stopping"
                enter(row, "Stopping")

            await self._records.change(self.name, stopping)
        if outcome.keeps_model:
            await self._records.enter(self.name, "Uploading")
        upload = Upload(self._around.storage, self._folder.ml, record.definition)
        artifacts = None
        try:
            await asyncio.to_thread(self._watch.store_checkpoints, record)
            artifacts = await asyncio.to_thread(upload.run, model=outcome.keeps_model)
        except (StorageError, AwsError, OSError) as error:
            if outcome.status != "Failed":
                reason = f"ClientError: Artifact upload failed: {sentence(error)}"
                outcome = Outcome.failure(reason)
        await self._end(outcome, artifacts)

    async def _end(self, outcome: Outcome, artifacts: str | None = None) -> None:
        metrics = {name: list(values) for name, values in self.metrics.items()}
        self.reason = outcome.reason

        def work(row: TrainingJob) -> None:
            row.facts = {**row.facts, "artifacts": artifacts}
            row.metrics = metrics
            if row.stop_requested and outcome.status == "Completed":
                end(row, "Stopped", "Stopped")
            else:
                end(row, outcome.status, outcome.secondary, outcome.reason)

        await self._records.change(self.name, work)

    async def _interrupted(self, record: Record, seconds: float, why: str) -> None:
        """Something from outside has ended an attempt: try again, but not for ever."""
        await self._watch.collect(record)
        restarts = self._restarts(record)
        if self._stopping:
            await self._conclude(record, Outcome("Stopped", "Stopped"))
        elif restarts > self._allowed(record):
            reason = (
                f"InternalServerError: The training was interrupted {restarts} times without "
                f"saving a checkpoint in between; the last time {why}."
            )
            await self._end(Outcome.failure(reason))
        else:
            await self._records.enter(self.name, "Interrupted", f"Interrupted: {why}")
            await self._again(record, seconds, restarts)

    async def _again(self, record: Record, seconds: float, restarts: int) -> None:
        """Make way for another attempt."""

        def work(row: TrainingJob) -> None:
            row.facts = {
                **row.facts,
                "seconds": record.seconds + seconds,
                "restarts": restarts,
            }
            enter(row, "Restarting")

        await self._records.change(self.name, work)
        await asyncio.to_thread(self._folder.forget_attempt)

    def _restarts(self, record: Record) -> int:
        """How many times the job was interrupted since it last made progress, this time too."""
        checkpoints = self._folder.ml / checkpoint_folder(record.definition)
        return 1 if self._folder.newer_than_start(checkpoints) else record.restarts + 1

    def _allowed(self, record: Record) -> int:
        strategy = record.definition.get("RetryStrategy", {})
        allowed: int = strategy.get("MaximumRetryAttempts", self._settings.retries)
        return allowed

    def _report(self) -> str:
        """What the job has written to output/failure."""
        with suppress(OSError), (self._folder.ml / "output" / "failure").open("rb") as file:
            return file.read(8 * 1024).decode("utf-8", "replace")
        return ""
