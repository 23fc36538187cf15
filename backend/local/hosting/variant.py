"""A production variant at work: its instances are kept alive, its requests are handed to them."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from backend.local.hosting.deployment import Production
from backend.local.hosting.errors import HostingError, StartError, WorkerDied
from backend.local.hosting.hooks import Answer
from backend.local.hosting.line import Line
from backend.local.hosting.process import Headers, Worker
from backend.local.hosting.settings import HostingSettings

Launch = Callable[[Production, int], Awaitable[Worker]]
"""Starts a worker for a variant's instance of that number. Raises HostingError."""
GiveUp = Callable[[HostingError], None]
"""Told when an instance cannot be kept alive."""

_ATTEMPTS = 5
_QUICK_SECONDS = 10.0
_LONGEST_PAUSE = 10.0

logger = logging.getLogger(__name__)


class Variant:
    """The instances of one variant. After ``start`` they live until ``close``.

    ``patient`` variants have run before: their first start may be repeated as every later one.
    """

    def __init__(
        self,
        production: Production,
        *,
        launch: Launch,
        give_up: GiveUp,
        settings: HostingSettings,
        patient: bool,
    ) -> None:
        self.production = production
        self._launch = launch
        self._give_up = give_up
        self._settings = settings
        self._attempts = _ATTEMPTS if patient else 1
        self._line = Line(settings.waiting_requests)
        self._workers: dict[int, Worker] = {}
        self._ready = {
            number: asyncio.get_running_loop().create_future()
            for number in range(production.instances)
        }
        self._instances = [asyncio.create_task(self._keep_alive(n)) for n in self._ready]
        self._pending = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def running(self) -> int:
        """How many instances are ready or at work."""
        return sum(worker.alive for worker in self._workers.values())

    async def started(self) -> None:
        """Wait until all instances are ready. Raises HostingError where one fails to start."""
        await asyncio.gather(*(asyncio.shield(ready) for ready in self._ready.values()))

    async def invoke(self, body: bytes, headers: Headers, *, largest: int) -> Answer:
        """The model's answer to a request, which waits for a free instance.

        A request whose worker died under it is asked once more of another one. Raises Overloaded,
        TimedOut, WorkerDied, AnswerTooLarge, or why the instances could not be kept alive.
        """
        self._pending += 1
        self._quiet.clear()
        try:
            return await self._ask(body, headers, largest=largest, retry=False)
        except WorkerDied as death:
            if not death.retriable:
                raise
            return await self._ask(body, headers, largest=largest, retry=True)
        finally:
            self._pending -= 1
            if not self._pending:
                self._quiet.set()

    async def drain(self, seconds: float) -> None:
        """Wait until no request is left, for ``seconds`` at most."""
        try:
            await asyncio.wait_for(self._quiet.wait(), seconds)
        except TimeoutError:
            logger.warning("%s still had %d requests", self.production.name, self._pending)

    async def close(self, reason: HostingError) -> None:
        """End all instances; requests that still wait get ``reason``."""
        self._line.close(reason)
        for instance in self._instances:
            instance.cancel()
        await asyncio.gather(*self._instances, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))

    async def _ask(self, body: bytes, headers: Headers, *, largest: int, retry: bool) -> Answer:
        worker = await self._line.get(self._settings.queue_seconds, first=retry)
        # A caller that goes away must not free the worker before the model has finished.
        asked = asyncio.create_task(self._asked(worker, body, headers, largest))
        asked.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(asked)

    async def _asked(self, worker: Worker, body: bytes, headers: Headers, largest: int) -> Answer:
        try:
            return await worker.invoke(body, headers, largest=largest)
        finally:
            self._line.put(worker)

    async def _keep_alive(self, number: int) -> None:
        """Start instance ``number`` again and again, with pauses that grow while it fails."""
        failures = 0
        while True:
            reason, well = await self._live(number)
            failures = 1 if well else failures + 1
            if failures >= self._attempts:
                self._fail(number, reason)
                return
            logger.warning("Instance %d of %s ended: %s", number, self.production.name, reason)
            if failures > 1:
                pause = self._settings.pause_seconds * 2 ** (failures - 1)
                await asyncio.sleep(min(pause, _LONGEST_PAUSE))

    async def _live(self, number: int) -> tuple[HostingError, bool]:
        """One worker's life: why it ended, and whether it had been of use until then."""
        try:
            worker = await self._launch(self.production, number)
        except HostingError as error:
            return error, False
        began = monotonic()
        self._workers[number] = worker
        self._attempts = _ATTEMPTS
        if not self._ready[number].done():
            self._ready[number].set_result(None)
        self._line.put(worker)
        reason = await asyncio.shield(worker.ended)
        well = worker.served or worker.faulted or monotonic() - began > _QUICK_SECONDS
        return StartError(reason), well

    def _fail(self, number: int, reason: HostingError) -> None:
        ready = self._ready[number]
        if ready.done():
            reason = StartError(
                f"The primary container for production variant {self.production.name} ended "
                f"{_ATTEMPTS} times in a row: {reason}"
            )
        else:
            ready.set_exception(reason)
            ready.exception()  # so that nobody needs to wait for it
        self._give_up(reason)


class Group:
    """All variants of a deployment; requests go to them by weight, those of a ``queue`` as well."""

    def __init__(
        self, variants: Mapping[str, Variant], queue: Mapping[str, Any] | None = None
    ) -> None:
        self.variants = dict(variants)
        self.queue = queue

    def choose(self, name: str | None = None) -> Variant:
        """The variant of that name, or one by chance and weight. Raises KeyError."""
        if name is not None:
            return self.variants[name]
        candidates = list(self.variants.values())
        weights = [variant.production.weight for variant in candidates]
        if not any(weights):
            weights = [1.0] * len(candidates)
        return random.choices(candidates, weights)[0]  # noqa: S311  nothing secret about it

    async def started(self) -> None:
        """Wait until all variants are ready. Raises HostingError where one fails to start."""
        await asyncio.gather(*(variant.started() for variant in self.variants.values()))

    def running(self) -> dict[str, int]:
        """How many instances of each variant are ready or at work."""
        return {name: variant.running for name, variant in self.variants.items()}

    async def drain(self, seconds: float) -> None:
        """Wait until no request is left, for ``seconds`` at most."""
        await asyncio.gather(*(variant.drain(seconds) for variant in self.variants.values()))

    async def close(self, reason: HostingError) -> None:
        """End all instances; requests that still wait get ``reason``."""
        await asyncio.gather(*(variant.close(reason) for variant in self.variants.values()))
