"""Requests and free workers, matched first come, first served."""

import asyncio
from collections import deque

from backend.local.hosting.errors import HostingError, Overloaded
from backend.local.hosting.process import Worker


class Line:
    """Where requests wait for a free worker: at most ``longest`` of them."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._free: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._closed: HostingError | None = None

    def put(self, worker: Worker) -> None:
        """Hand a free worker to whoever waits longest; one that has ended is left out."""
        if not worker.alive:
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._free.append(worker)

    async def get(self, seconds: float, *, first: bool = False) -> Worker:
        """A free worker, within ``seconds``; ``first`` goes ahead of all others.

        Raises Overloaded where the line is full or the time is up, and what ``close`` was told.
        """
        if self._closed:
            raise self._closed
        while self._free:
            if (worker := self._free.popleft()).alive:
                return worker
        if len(self._waiting) >= self._longest:
            raise Overloaded(f"More than {self._longest} requests wait for the endpoint.")
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.insert(0 if first else len(self._waiting), waiter)
        try:
            async with asyncio.timeout(seconds):
                return await waiter
        except TimeoutError:
            self._forget(waiter)
            raise Overloaded(f"No instance became free within {seconds:g} seconds.") from None
        except asyncio.CancelledError:
            self._forget(waiter)
            raise

    def close(self, reason: HostingError) -> None:
        """Refuse all who wait and all who come, with ``reason``."""
        self._closed = reason
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(reason)
        self._waiting.clear()

    def _forget(self, waiter: asyncio.Future[Worker]) -> None:
        """Nobody waits any more; a worker handed over at that very moment goes to the next."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        if waiter.done() and not waiter.cancelled() and not waiter.exception():
            self.put(waiter.result())
