"""The workers of a transform job."""

import asyncio
from typing import cast

import pytest

from backend.local.hosting.errors import StartError
from backend.local.hosting.process import Worker
from backend.local.jobs.transform_crew import Crew


class Starts:
    """Starts that are killed ``kills`` times and then succeed, or fail by themselves."""

    def __init__(self, kills: int, *, killed: bool = True) -> None:
        self.left = kills
        self.killed = killed
        self.count = 0

    async def __call__(self, number: int) -> Worker:
        self.count += 1
        if self.left:
            self.left -= 1
            raise StartError("it was killed by signal 9 (SIGKILL)", killed=self.killed)
        return cast(Worker, object())


def test_a_worker_that_is_killed_while_it_starts_is_started_again() -> None:
    starts = Starts(3)
    asyncio.run(Crew(starts, size=1, retries=0).ready())
    assert starts.count == 4


def test_a_worker_that_is_killed_each_time_ends_the_job() -> None:
    starts = Starts(99)
    with pytest.raises(StartError, match="signal 9"):
        asyncio.run(Crew(starts, size=1, retries=0).ready())
    assert starts.count == 4


def test_a_model_that_cannot_be_loaded_is_not_tried_again() -> None:
    starts = Starts(1, killed=False)
    with pytest.raises(StartError):
        asyncio.run(Crew(starts, size=1, retries=0).ready())
    assert starts.count == 1
