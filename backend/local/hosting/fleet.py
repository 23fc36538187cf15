"""All endpoints of the service."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.hooks import Answer
from backend.local.hosting.host import Host, NotServing
from backend.local.hosting.launcher import Launcher
from backend.local.hosting.process import Headers
from backend.local.hosting.records import Records
from backend.local.hosting.settings import HostingSettings
from backend.local.hosting.usage import Usage

_USAGE_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Fleet:
    """The hosts of all endpoints. What happens to them is written in the database first; then
    ``proceed`` lets the endpoint follow."""

    def __init__(
        self,
        records: Records,
        artifacts: Artifacts,
        launcher: Launcher,
        settings: HostingSettings,
    ) -> None:
        self._records = records
        self._artifacts = artifacts
        self._launcher = launcher
        self._settings = settings
        self._hosts: dict[str, Host] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._written: dict[str, dict[str, Any]] = {}

    async def start(self) -> None:
        """Bring back all endpoints; returns before they are ready."""
        await self._artifacts.sweep(self._records.hashes)
        for record in await self._records.all():
            if record.status != "Failed":
                self.proceed(record.name)
        self._spawn(self._keep_usage())

    async def stop(self) -> None:
        """End all workers. What was under way goes on after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(host.close() for host in self._hosts.values()))
        await self._write_usage()

    def proceed(self, name: str) -> None:
        """Let the endpoint go where its recorded state leads."""
        self._spawn(self._proceed(name))

    async def invoke(
        self, name: str, body: bytes, headers: Headers, *, variant: str | None, largest: int
    ) -> tuple[str, Answer]:
        """See ``Host.invoke``."""
        host = self._hosts.get(name.lower())
        if host is None:
            raise NotServing(name)
        return await host.invoke(body, headers, variant=variant, largest=largest)

    def queue(self, name: str) -> Mapping[str, Any] | None:
        """See ``Host.queue``."""
        host = self._hosts.get(name.lower())
        if host is None:
            raise NotServing(name)
        return host.queue

    def running(self, name: str) -> dict[str, int]:
        """How many instances of each of the endpoint's variants are ready or at work."""
        host = self._hosts.get(name.lower())
        return host.running() if host else {}

    def usage(self) -> Mapping[str, Usage]:
        """The usage of each endpoint."""
        return {host.name: host.usage for host in self._hosts.values()}

    async def _proceed(self, name: str) -> None:
        host = self._hosts.setdefault(name.lower(), self._host(name))
        try:
            await host.proceed()
        except Exception as error:  # whatever goes wrong, the endpoint must not stay half-way
            logger.exception("Endpoint %s cannot proceed", name)
            await self._give_up(name, f"Request to service failed: {error}")
        if await self._records.read(name) is None and self._hosts.get(name.lower()) is host:
            del self._hosts[name.lower()]

    async def _give_up(self, name: str, reason: str) -> None:
        record = await self._records.read(name)
        if record:
            await self._records.change(
                name,
                "Failed",
                serving=record.serving,
                pending=record.pending,
                failure_reason=reason,
            )

    def _host(self, name: str) -> Host:
        return Host(
            name,
            records=self._records,
            artifacts=self._artifacts,
            launcher=self._launcher,
            settings=self._settings,
        )

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_usage(self) -> None:
        while True:
            await asyncio.sleep(_USAGE_SECONDS)
            with suppress(OSError, SQLAlchemyError):  # a full disk: the next time, then
                await self._write_usage()

    async def _write_usage(self) -> None:
        counts = {host.name: host.usage.dump() for host in self._hosts.values()}
        changed = {name: new for name, new in counts.items() if self._written.get(name) != new}
        if changed:
            await self._records.keep_usage(changed)
            self._written = counts
