"""First come, first served."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from backend.local.hosting.errors import HostingError, Overloaded
from backend.local.hosting.line import Line
from backend.local.hosting.process import Worker


class Fake:
    """All that a line asks of a worker."""

    def __init__(self, *, alive: bool = True) -> None:
        self.alive = alive


def worker(*, alive: bool = True) -> Worker:
    return cast(Worker, Fake(alive=alive))


def waiting(line: Line, **options: Any) -> "asyncio.Task[Worker]":
    return asyncio.create_task(line.get(10, **options))


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(test(), 10)

    asyncio.run(bounded())


def test_workers_go_to_those_who_wait_longest_but_for_one_that_goes_first() -> None:
    async def test() -> None:
        line, workers = Line(10), [worker() for _ in range(3)]
        tasks = [waiting(line), waiting(line)]
        await asyncio.sleep(0)
        urgent = waiting(line, first=True)
        await asyncio.sleep(0)
        for one in workers:
            line.put(one)
        assert [await task for task in (urgent, *tasks)] == workers

    run(test)


def test_a_worker_that_has_ended_is_never_handed_out() -> None:
    async def test() -> None:
        line, good, bad = Line(10), worker(), worker()
        line.put(worker(alive=False))
        line.put(bad)
        line.put(good)
        cast(Fake, bad).alive = False
        assert await line.get(1) is good

    run(test)


def test_a_full_line_and_a_long_wait_are_overload() -> None:
    async def test() -> None:
        line = Line(1)
        first = asyncio.create_task(line.get(0.05))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="More than 1 requests"):
            await line.get(1)
        with pytest.raises(Overloaded, match=r"within 0\.05 seconds"):
            await first
        line.put(one := worker())
        assert await line.get(1) is one

    run(test)


def test_a_worker_handed_to_one_who_has_just_gone_goes_to_the_next() -> None:
    async def test() -> None:
        line, one = Line(10), worker()
        gone, next_one = waiting(line), waiting(line)
        await asyncio.sleep(0)
        line.put(one)
        gone.cancel()
        assert await next_one is one
        with pytest.raises(asyncio.CancelledError):
            await gone

    run(test)


def test_a_closed_line_tells_everybody_why() -> None:
    async def test() -> None:
        line = Line(10)
        task = waiting(line)
        await asyncio.sleep(0)
        line.close(HostingError("over"))
        for call in (task, line.get(1)):
            with pytest.raises(HostingError, match="over"):
                await call

    run(test)
