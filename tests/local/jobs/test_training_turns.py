"""The queue of training jobs."""

import asyncio

from backend.local.jobs.training_turns import Turns


def test_places_are_given_in_the_order_of_asking() -> None:
    async def scenario() -> list[str]:
        turns, order = Turns(1), list[str]()

        async def job(name: str) -> None:
            await turns.take(name)
            order.append(name)
            turns.release(name)

        await turns.take("first")
        waiting = [asyncio.create_task(job(name)) for name in "abc"]
        await asyncio.sleep(0)
        assert not turns.try_take("jumper")
        turns.release("first")
        await asyncio.gather(*waiting)
        assert turns.taken == 0
        return order

    assert asyncio.run(scenario()) == ["a", "b", "c"]


def test_who_gives_up_waiting_keeps_nobody_out() -> None:
    async def scenario() -> None:
        turns = Turns(1)
        await turns.take("first")
        impatient = asyncio.create_task(turns.take("impatient"))
        patient = asyncio.create_task(turns.take("patient"))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        turns.release("first")
        await asyncio.wait_for(patient, 5)
        assert turns.taken == 1

    asyncio.run(scenario())


def test_a_place_given_in_the_moment_of_giving_up_is_given_back() -> None:
    async def scenario() -> None:
        turns = Turns(1)
        await turns.take("first")
        waiting = asyncio.create_task(turns.take("second"))
        await asyncio.sleep(0)
        turns.release("first")
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert turns.taken == 0

    asyncio.run(scenario())


def test_adopted_jobs_take_places_that_are_not_there() -> None:
    async def scenario() -> None:
        turns = Turns(1)
        assert turns.try_take("a")
        assert turns.try_take("b", force=True)
        assert turns.taken == 2
        turns.release("b")
        assert not turns.try_take("c")

    asyncio.run(scenario())
