"""From a production variant to a running worker: its files, its environment, its log."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.deployment import Production
from backend.local.hosting.process import Log, Program, Worker
from backend.local.hosting.settings import HostingSettings
from backend.local.script_environment import shared_environment

_TURN_SECONDS = 60.0  # a start that takes longer no longer keeps others waiting
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class LogSink(Protocol):
    """What is asked of the logs."""

    def append(self, group: str, stream: str, messages: list[str]) -> None:
        """Add ``messages`` to a stream."""
        ...


@dataclass(frozen=True)
class Place:
    """Where workers run, as they see it: the region, the cache for what they convert, and what
    makes them clients of this service, as a role does on AWS."""

    region: str
    cache: Path
    clients: Mapping[str, str] = field(default_factory=dict)


class Launcher:
    """Starts workers, a few at a time."""

    def __init__(
        self, artifacts: Artifacts, logs: LogSink, settings: HostingSettings, place: Place
    ) -> None:
        self._artifacts = artifacts
        self._logs = logs
        self._settings = settings
        self._place = place
        self._turns = asyncio.Semaphore(settings.concurrent_starts)

    async def launch(self, endpoint: str, variant: Production, number: int) -> Worker:
        """A ready worker for an endpoint's instance. Raises HostingError."""
        group, stream = log_group(endpoint), f"{variant.name}/{instance_id(endpoint, number)}"
        return await self.start(
            variant,
            log=lambda lines: self._logs.append(group, stream, lines),
            invocation_seconds=variant.invocation_seconds,
        )

    async def start(
        self, variant: Production, *, log: Log, invocation_seconds: float | None = None
    ) -> Worker:
        """A ready worker whose output goes to ``log``. Raises HostingError."""
        settings = self._settings
        if invocation_seconds:
            settings = replace(settings, invocation_seconds=invocation_seconds)
        async with self._turn():
            model, script = await self._artifacts.folders(variant)
            program = Program(
                model=model,
                script=script,
                environment=self._environment(variant, model, script),
                startup_seconds=variant.startup_seconds or self._settings.startup_seconds,
            )
            return await Worker.start(program, log=log, settings=settings)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        await self._turns.acquire()
        over = asyncio.Event()

        def release() -> None:
            if not over.is_set():
                over.set()
                self._turns.release()

        timer = asyncio.get_running_loop().call_later(_TURN_SECONDS, release)
        try:
            yield
        finally:
            timer.cancel()
            release()

    def _environment(self, variant: Production, model: Path, script: Path) -> dict[str, str]:
        """What a SageMaker container finds in its environment, and what this computer's programs
        need of the service's own."""
        threads = str(max(1, self._settings.cores // max(1, variant.instances)))
        own = shared_environment()
        given: Mapping[str, str] = variant.container.get("Environment", {})
        return {
            **own,
            **dict.fromkeys(_THREADS, threads),
            "OMP_WAIT_POLICY": "PASSIVE",
            "PYTHONUNBUFFERED": "1",
            "AWS_REGION": self._place.region,
            "AWS_DEFAULT_REGION": self._place.region,
            **self._place.clients,
            "SAGEMAKER_REGION": self._place.region,
            "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
            "SM_NUM_CPUS": str(self._settings.cores),
            "SM_NUM_GPUS": "0",
            "SM_MODEL_DIR": str(model),
            "DOCINSIGHTS_CACHE": str(self._place.cache),
            **given,
            "SAGEMAKER_PROGRAM": script.name,
            "SAGEMAKER_SUBMIT_DIRECTORY": str(script.parent),
        }


def log_group(endpoint: str) -> str:
    """The log group of an endpoint, as on AWS."""
    return f"/aws/sagemaker/Endpoints/{endpoint}"


def instance_id(endpoint: str, number: int) -> str:
    """The name of an endpoint's instance: the same after a restart, so that its log goes on."""
    digest = hashlib.sha256(f"{endpoint}/{number}".encode()).hexdigest()
    return f"i-0{digest[:16]}"
