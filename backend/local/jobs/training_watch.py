"""Following a job while its runner is at work."""

import asyncio
import logging
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backend.local.jobs import processes
from backend.local.jobs.training_folder import JobFolder
from backend.local.jobs.training_log import LogReader, Metrics
from backend.local.jobs.training_records import Record
from backend.local.jobs.training_request import checkpoint_folder
from backend.local.jobs.training_settings import TrainingSettings
from backend.local.jobs.training_storage import Place, Storage, StorageError
from backend.local.logs import LogStore
from backend.local.wire.errors import AwsError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What all jobs share: the folder for theirs, data, logs, limits, and the environment that
    makes them clients of this service."""

    root: Path
    storage: Storage
    logs: LogStore
    settings: TrainingSettings
    environment: Mapping[str, str]

    def folder(self, name: str) -> JobFolder:
        """The folder of the job ``name``."""
        return JobFolder(self.root / name)

    def remove(self, name: str) -> None:
        """Remove what is left of a job that has ended."""
        shutil.rmtree(self.root / name, ignore_errors=True)

    def sweep(self, names: Set[str]) -> None:
        """Remove what is left of all jobs but those of ``names``."""
        for path in self.root.iterdir() if self.root.is_dir() else ():
            if path.name not in names:
                shutil.rmtree(path, ignore_errors=True)


class Watch:
    """Carries log, metrics and checkpoints out of a job's folder, and sees that its runner lives.

    ``cause_of_death`` says what became of a runner that left no word.
    """

    def __init__(self, name: str, around: Surroundings, notify: Callable[[], None]) -> None:
        self.runner: subprocess.Popen[bytes] | None = None
        self.cause_of_death = "its runner was killed"
        self._name = name
        self._around = around
        self._settings = around.settings
        self._folder = around.folder(name)
        self._notify = notify
        self._reader: LogReader | None = None
        self._synced: dict[str, tuple[int, int]] = {}

    @property
    def metrics(self) -> Metrics:
        """The values read so far."""
        return self._reader.metrics if self._reader else {}

    async def follow(self, record: Record, wish: Callable[[], str | None]) -> None:
        """Watch the runner until it is no more, and ask it for what ``wish`` says."""
        beat, since, synced = self._folder.last_beat(), time.monotonic(), time.monotonic()
        while await asyncio.to_thread(self._folder.locked):
            if wanted := wish():
                await asyncio.to_thread(self._folder.ask, wanted)
            await self.collect(record)
            now, last = time.monotonic(), self._folder.last_beat()
            if last != beat:
                beat, since = last, now
            elif now - since > self._settings.heartbeat_seconds:
                await self._give_up()
            if now - synced > self._settings.checkpoint_seconds:
                await self._sync(record)
                synced = time.monotonic()
            await asyncio.sleep(self._settings.poll_seconds)
        if self.runner:
            await asyncio.to_thread(self.runner.wait)  # it has let go of the lock: no zombie

    async def collect(self, record: Record) -> None:
        """Read what is new in the log; what cannot be carried over now is so the next time."""
        if self._reader is None and record.stream:
            self._reader = await asyncio.to_thread(
                LogReader, self._folder, self._around.logs, record.stream
            )
        if self._reader is None:
            return
        with suppress(OSError):
            if await asyncio.to_thread(self._reader.read):
                self._notify()

    def store_checkpoints(self, record: Record) -> None:
        """Copy new checkpoints to where the request wants them.

        Raises StorageError, AwsError or OSError.
        """
        if config := record.definition.get("CheckpointConfig"):
            folder = self._folder.ml / checkpoint_folder(record.definition)
            self._around.storage.store_folder(folder, Place.of(config["S3Uri"]), self._synced)

    def kill(self) -> None:
        """End the runner and all processes of the job at once."""
        if self.runner:
            self.runner.kill()
        processes.end_job(self._folder)

    async def _give_up(self) -> None:
        self.cause_of_death = (
            "its runner no longer responded: a metric definition's regular expression may never "
            "come to an end"
        )
        await asyncio.to_thread(self.kill)

    async def _sync(self, record: Record) -> None:
        try:
            await asyncio.to_thread(self.store_checkpoints, record)
        except (StorageError, AwsError, OSError) as error:
            logger.warning("Checkpoints of %s cannot be stored: %s", self._name, error)
