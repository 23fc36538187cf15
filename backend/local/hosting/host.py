"""One endpoint: what serves it, and the way from each state to the next."""

import asyncio
import logging
from collections.abc import Mapping
from time import monotonic
from typing import Any

from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.deployment import Deployment, Production
from backend.local.hosting.errors import HostingError, Overloaded, StartError
from backend.local.hosting.hooks import Answer
from backend.local.hosting.launcher import Launcher
from backend.local.hosting.process import Headers, Worker
from backend.local.hosting.records import Record, Records
from backend.local.hosting.settings import HostingSettings
from backend.local.hosting.usage import Invocation, Usage
from backend.local.hosting.variant import Group, Variant

logger = logging.getLogger(__name__)


class NotServing(HostingError):  # noqa: N818  a state, not a fault
    """Raised when an endpoint has nothing that could answer."""


class UnknownVariant(HostingError):  # noqa: N818
    """Raised when a request names a variant that the endpoint does not have."""


class Host:
    """Carries one endpoint through its states; the database says which one it is in."""

    def __init__(
        self,
        name: str,
        *,
        records: Records,
        artifacts: Artifacts,
        launcher: Launcher,
        settings: HostingSettings,
    ) -> None:
        self.name = name
        self.usage = Usage()
        self._records = records
        self._artifacts = artifacts
        self._launcher = launcher
        self._settings = settings
        self._group: Group | None = None
        self._retiring: dict[Group, asyncio.Task[None]] = {}
        self._lock = asyncio.Lock()

    async def proceed(self) -> None:
        """Go where the recorded state leads: bring up, update, roll back or delete."""
        async with self._lock:
            record = await self._records.read(self.name)
            if record is None:
                return
            if self._group is None and record.serving and record.status not in _WITHOUT_GROUP:
                self.usage = Usage.load(record.usage)
                self._group = self._assemble(record.serving, patient=True)
            match record.status:
                case "Creating":
                    await self._create(record)
                case "Updating":
                    await self._update(record)
                case "RollingBack":
                    await self._change(record, "InService", record.failure_reason)
                case "Deleting":
                    await self._delete()

    async def invoke(
        self, body: bytes, headers: Headers, *, variant: str | None, largest: int
    ) -> tuple[str, Answer]:
        """The answering variant's name and its answer.

        Raises NotServing, UnknownVariant and what ``Variant.invoke`` raises.
        """
        if self._group is None:
            raise NotServing(self.name)
        try:
            chosen = self._group.choose(variant)
        except KeyError:
            raise UnknownVariant(variant) from None
        name, began, status, model = chosen.production.name, monotonic(), 500, None
        try:
            answer = await chosen.invoke(body, headers, largest=largest)
            status, model = answer.status, answer.seconds
            return name, answer
        finally:
            seconds = monotonic() - began
            model = seconds if model is None else model
            self.usage.count(Invocation(name, status, seconds, model))

    @property
    def queue(self) -> Mapping[str, Any] | None:
        """The AsyncInferenceConfig of what serves, None where it has none. Raises NotServing."""
        if self._group is None:
            raise NotServing(self.name)
        return self._group.queue

    def running(self) -> dict[str, int]:
        """How many instances of each serving variant are ready or at work."""
        return self._group.running() if self._group else {}

    async def close(self) -> None:
        """End all workers; the recorded state stays, to go on from another time."""
        groups = [*self._retiring, *([self._group] if self._group else [])]
        self._group = None
        for task in self._retiring.values():
            task.cancel()
        await asyncio.gather(*(group.close(Overloaded("The service stops.")) for group in groups))

    async def _create(self, record: Record) -> None:
        assert record.pending is not None  # a new endpoint always has something to bring up
        try:
            deployment, group = await self._bring_up(record, record.pending)
        except HostingError as error:
            await self._change(record, "Failed", str(error))
            return
        self._group = group
        await self._records.change(
            self.name, "InService", serving=deployment, pending=None, failure_reason=None
        )

    async def _update(self, record: Record) -> None:
        assert record.pending is not None  # an update always has something to bring up
        try:
            deployment, group = await self._bring_up(record, record.pending)
        except HostingError as error:
            await self._change(record, "RollingBack", str(error))
            status = "InService" if self._group else "Failed"
            await self._change(record, status, str(error))
            return
        old, self._group = self._group, group
        await self._records.change(
            self.name, "InService", serving=deployment, pending=None, failure_reason=None
        )
        if old:
            self._retire(old)

    async def _delete(self) -> None:
        if self._group:
            self._retire(self._group)
            self._group = None
        await asyncio.gather(*self._retiring.values())
        await self._records.remove(self.name)
        await self._artifacts.sweep(self._records.hashes)

    def _retire(self, group: Group) -> None:
        """Let a group that serves no longer finish its requests, then end it."""

        async def retire() -> None:
            await group.drain(self._settings.queue_seconds)
            await group.close(Overloaded("The endpoint was updated or deleted."))
            del self._retiring[group]
            await self._artifacts.sweep(self._records.hashes)

        self._retiring[group] = asyncio.create_task(retire())

    async def _change(self, record: Record, status: str, reason: str | None) -> None:
        """A new status; what waited to be served is dropped unless nothing else was ever served."""
        pending = None if record.serving else record.pending
        await self._records.change(
            self.name, status, serving=record.serving, pending=pending, failure_reason=reason
        )

    async def _bring_up(self, record: Record, deployment: Deployment) -> tuple[Deployment, Group]:
        """The deployment with its data unpacked, and its group, ready. Raises HostingError."""
        async with self._artifacts.resolving(deployment) as resolved:
            await self._records.change(
                self.name,
                record.status,
                serving=record.serving,
                pending=resolved,
                failure_reason=record.failure_reason,
            )
        group = self._assemble(resolved, patient=False)
        try:
            await group.started()
        except BaseException:
            await group.close(Overloaded("The endpoint did not start."))
            raise
        return resolved, group

    def _assemble(self, deployment: Deployment, *, patient: bool) -> Group:
        group = Group({}, deployment.queue)
        for production in deployment.variants:
            group.variants[production.name] = Variant(
                production,
                launch=self._launch,
                give_up=lambda reason: self._give_up(group, reason),
                settings=self._settings,
                patient=patient,
            )
        return group

    async def _launch(self, production: Production, number: int) -> Worker:
        try:
            return await self._launcher.launch(self.name, production, number)
        except StartError as error:
            raise StartError(
                f"The primary container for production variant {production.name} did not pass "
                f"the ping health check: {error}. Please check CloudWatch logs for this endpoint."
            ) from error

    def _give_up(self, group: Group, reason: HostingError) -> None:
        if group is self._group:
            self._group = None
            self._failing = asyncio.create_task(self._failed(group, reason))

    async def _failed(self, group: Group, reason: HostingError) -> None:
        """The serving group cannot be kept alive: the endpoint has failed."""
        logger.error("Endpoint %s failed: %s", self.name, reason)
        await group.close(reason)
        async with self._lock:
            record = await self._records.read(self.name)
            if record and record.status == "InService" and self._group is None:
                await self._change(record, "Failed", str(reason))


_WITHOUT_GROUP = ("Creating", "Failed", "Deleting")
