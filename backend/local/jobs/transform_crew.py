"""The workers of one transform job: started when needed, again where they die, and ended."""

import asyncio
from collections.abc import Awaitable, Callable

from backend.local.hosting.errors import StartError, TimedOut, WorkerDied
from backend.local.hosting.hooks import Answer
from backend.local.hosting.process import Headers, Worker

LARGEST_ANSWER = 100 * 1024 * 1024
_KILLED_STARTS = 3
Start = Callable[[int], Awaitable[Worker]]
"""Starts the worker of that number. Raises HostingError."""


class Crew:
    """``size`` workers at most, each with one request at a time."""

    def __init__(self, start: Start, *, size: int, retries: int) -> None:
        self._start = start
        self._retries = retries
        self._workers: dict[int, Worker] = {}
        self._free: asyncio.LifoQueue[int] = asyncio.LifoQueue()
        for number in reversed(range(size)):
            self._free.put_nowait(number)

    async def ready(self) -> None:
        """Have one worker ready. Raises HostingError where it does not start."""
        await self._worker(0)

    async def ask(self, body: bytes, headers: Headers) -> Answer:
        """The model's answer; what fails on the model's side is tried again.

        Raises HostingError where a worker cannot be started, or the last try got no answer.
        """
        for left in range(self._retries, -1, -1):
            number = await self._free.get()
            try:
                worker = await self._worker(number)
                answer = await worker.invoke(body, headers, largest=LARGEST_ANSWER)
            except TimedOut:
                if not left:
                    raise
            except WorkerDied as death:
                if not left or not death.retriable:
                    raise
            else:
                if answer.status < 500 or not left:
                    return answer
            finally:
                self._free.put_nowait(number)
        raise AssertionError  # the last try returns or raises

    async def close(self) -> None:
        """End all workers at once."""
        workers = list(self._workers.values())
        self._workers.clear()
        for worker in workers:
            worker.kill("the transform job has ended")
        if workers:
            await asyncio.wait({worker.ended for worker in workers})

    async def _worker(self, number: int) -> Worker:
        worker = self._workers.get(number)
        if worker is None or not worker.alive:
            worker = self._workers[number] = await self._started(number)
        return worker

    async def _started(self, number: int) -> Worker:
        """A new worker; one that was killed from outside while it started is started again."""
        for _ in range(_KILLED_STARTS):
            try:
                return await self._start(number)
            except StartError as error:
                if not error.killed:
                    raise
        return await self._start(number)
