"""All transform jobs of the service: run in turn, taken up again after a restart, stopped."""

import asyncio
import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.deployment import Deployment, Production
from backend.local.hosting.errors import ArchiveError, ArtifactError, HostingError
from backend.local.hosting.launcher import Launcher, LogSink, instance_id
from backend.local.hosting.process import Worker
from backend.local.hosting.settings import HostingSettings
from backend.local.jobs.transform_crew import Crew, Start
from backend.local.jobs.transform_files import Files, InputError
from backend.local.jobs.transform_plan import Plan
from backend.local.jobs.transform_progress import Progress
from backend.local.jobs.transform_records import LONGEST_REASON, Record, Records
from backend.local.jobs.transform_run import Run

LOG_GROUP = "/aws/sagemaker/TransformJobs"
_SEE_LOGS = "See job logs for more information"
_LONGEST_FAILURE = LONGEST_REASON - len(_SEE_LOGS) - 2
_AT_ONCE = 2
_RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)
Ending = tuple[str, str | None]


@dataclass(frozen=True)
class Hosting:
    """What runs models: ``artifacts`` are those of transform jobs alone."""

    artifacts: Artifacts
    launcher: Launcher
    logs: LogSink
    settings: HostingSettings


class Transforms:
    """Carries jobs out. What happens to them is written in the database first; then ``begin`` or
    ``end`` lets the job follow. ``root`` keeps how far each has come."""

    def __init__(self, records: Records, files: Files, hosting: Hosting, root: Path) -> None:
        self._records = records
        self._files = files
        self._hosting = hosting
        self._root = root
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Take up the jobs that were under way; returns before they are done."""
        unfinished = await self._records.unfinished()
        await asyncio.to_thread(self._sweep, {_folder_name(job.name) for job in unfinished})
        await self._hosting.artifacts.sweep(self._records.hashes)
        for job in unfinished:
            if job.status == "Stopping":
                self.end(job.name)
            else:
                self.begin(job.name)

    async def stop(self) -> None:
        """End all workers. What was under way goes on after the next start."""
        tasks = [*self._running.values(), *self._ending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, name: str) -> None:
        """Run the job, which the database says is InProgress."""
        key = _folder_name(name)
        task = asyncio.create_task(self._carry_out(name))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))

    def end(self, name: str) -> None:
        """Stop the job, which the database says is Stopping."""
        task = asyncio.create_task(self._end(name))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, name: str) -> None:
        if running := self._running.get(_folder_name(name)):
            running.cancel()
            await asyncio.wait({running})
        await self._finish(name, ("Stopped", None))

    async def _carry_out(self, name: str) -> None:
        async with self._slots:
            record = await self._records.read(name)
            if record.status == "InProgress":
                await self._finish(name, await self._outcome(record))

    async def _finish(self, name: str, ending: Ending) -> None:
        """Write the job's end, as soon as that can be, and remove what it has left."""
        while not await self._written(name, ending):  # noqa: ASYNC110  nobody tells of free space
            await asyncio.sleep(_RETRY_SECONDS)
        await self._hosting.artifacts.sweep(self._records.hashes)

    async def _written(self, name: str, ending: Ending) -> bool:
        try:
            await self._records.finished(name, *ending)
        except SQLAlchemyError:  # a full disk, most likely by what is removed below
            logger.exception("Transform job %s cannot be ended", name)
            return False
        finally:
            await asyncio.to_thread(shutil.rmtree, self._folder(name), ignore_errors=True)
        return True

    async def _outcome(self, record: Record) -> Ending:
        """Run a job to its end: its status then, and why it failed."""
        try:
            failure = await self._run(record)
            failure = f"{failure[:_LONGEST_FAILURE]}. {_SEE_LOGS}" if failure else None
        except (InputError, ArchiveError, ArtifactError) as error:
            failure = f"ClientError: {error}"
        except HostingError as error:
            failure = (
                "AlgorithmError: The primary container did not pass the ping health check: "
                f"{error}. {_SEE_LOGS}"
            )
        except OSError as error:
            failure = f"InternalServerError: The job's files cannot be kept: {error.strerror}."
        except Exception:  # whatever goes wrong, the job must not stay under way for ever
            logger.exception("Transform job %s failed", record.name)
            failure = "InternalServerError: We encountered an internal error. Please try again."
        return ("Failed", failure) if failure else ("Completed", None)

    async def _run(self, record: Record) -> str | None:
        plan = Plan.of(record.definition)
        instances = record.definition["TransformResources"]["InstanceCount"]
        size = max(1, min(plan.concurrent * instances, self._hosting.settings.cores))
        production = await self._resolved(record, size)
        crew = Crew(self._starter(record, production, plan), size=size, retries=plan.retries)
        try:
            await crew.ready()
            return await Run(
                plan,
                self._files,
                Progress(self._folder(record.name)),
                ask=crew.ask,
                tell=lambda line: self._tell(record.name, line),
                window=size,
            ).run()
        finally:
            await crew.close()

    async def _resolved(self, record: Record, instances: int) -> Production:
        """The model with its data unpacked, recorded: a job goes on with the model it began with.

        Raises ArtifactError or ArchiveError.
        """
        production = replace(record.production, instances=instances)
        if production.artifacts:
            return production
        deployment = Deployment(record.name, (production,))
        async with self._hosting.artifacts.resolving(deployment) as resolved:
            (production,) = resolved.variants
            await self._records.started(record.name, production)
        return production

    def _starter(self, record: Record, production: Production, plan: Plan) -> Start:
        async def start(number: int) -> Worker:
            stream = f"{record.name}/{instance_id(record.name, number)}"
            return await self._hosting.launcher.start(
                production,
                log=lambda lines: self._hosting.logs.append(LOG_GROUP, stream, lines),
                invocation_seconds=plan.timeout,
            )

        return start

    async def _tell(self, name: str, line: str) -> None:
        stream = f"{name}/{instance_id(name, 0)}/data-log"
        with suppress(OSError):  # a full disk must not stop the job
            await asyncio.to_thread(self._hosting.logs.append, LOG_GROUP, stream, [line])

    def _folder(self, name: str) -> Path:
        return self._root / _folder_name(name)

    def _sweep(self, keep: set[str]) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        for path in self._root.iterdir():
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)


def _folder_name(name: str) -> str:
    return name.lower()
