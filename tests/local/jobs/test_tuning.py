"""The course of tuning jobs over training jobs that do what the test says."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from backend.local.jobs.tuning import Tuner
from backend.local.jobs.tuning_plan import Study
from backend.local.jobs.tuning_records import Tuning, TuningJob, TuningRecords
from backend.local.jobs.tuning_rules import best
from backend.local.store import Store, now
from backend.local.wire.errors import AwsError
from tests.local.jobs.tuning_support import FakeTrainings, request

Scenario = Callable[["Bench"], Awaitable[None]]
RATE = "lr"


class Bench:
    """A tuner over a database, and the training jobs that outlive it."""

    def __init__(self, home: Path, trainings: FakeTrainings) -> None:
        self.store = Store(home / "service.db")
        self.trainings = trainings
        self.records = TuningRecords(self.store)

    async def add(self, asked: dict[str, Any]) -> None:
        """Put a tuning job on file."""

        def work(session: Any) -> None:
            job = TuningJob(
                name="tune", arn="arn:tune", status="InProgress", definition=asked, seed=1
            )
            session.add(job)

        await self.store.run(work)

    async def ask_stop(self) -> None:
        """Write that the tuning job is to be stopped."""

        def work(session: Any) -> None:
            session.get_one(TuningJob, "tune").status = "Stopping"

        await self.store.run(work)

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Tuner]:
        """A run of the service, killed at the end: nothing is put in order."""
        tuner = Tuner(self.records, self.trainings)
        await tuner.start()
        try:
            yield tuner
        finally:
            await tuner.stop()

    async def state(self) -> Tuning:
        """The tuning job as it is on file."""
        found = await self.records.read("tune")
        assert found
        return found

    async def until(self, condition: Callable[[Tuning], bool]) -> Tuning:
        """The first state that satisfies ``condition``."""
        for _ in range(1000):
            if condition(found := await self.state()):
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"still {found}")

    async def end(self) -> Tuning:
        """The state when the tuning job has ended."""
        return await self.until(lambda tuning: tuning.job.has_ended)

    async def launched(self, count: int) -> str:
        """The name of the training job ``count``, once it has been created."""
        found = await self.until(lambda t: len(t.trials) == count and bool(t.trials[-1].arn))
        return found.trials[-1].training_job

    async def ended(self, name: str) -> None:
        """Wait until it is on file that the training job ``name`` has ended."""
        await self.until(lambda t: name not in [trial.training_job for trial in _open(t)])

    async def running(self, count: int) -> list[str]:
        """The training jobs under way, once there are ``count``."""
        await self.until(lambda tuning: sum(bool(t.arn) for t in _open(tuning)) == count)
        return self.trainings.running


def _open(tuning: Tuning) -> list[Any]:
    return [trial for trial in tuning.trials if not trial.has_ended]


def play(home: Path, trainings: FakeTrainings, scenario: Scenario) -> None:
    async def played() -> None:
        bench = Bench(home, trainings)
        try:
            await scenario(bench)
        finally:
            bench.store.close()

    asyncio.run(played())


def quality(parameters: Mapping[str, str]) -> float:
    return 1 - abs(math.log10(float(parameters[RATE])) + 3) / 4


def test_a_job_runs_all_its_training_jobs_no_more_than_allowed_at_a_time(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=7, parallel=2))
        async with bench.service():
            for number in range(1, 8):
                await bench.launched(min(number + 1, 7))
                name = trainings.running[0]
                trainings.finish(name, quality(trainings.parameters(name)))
            tuning = await bench.end()
        assert tuning.job.status == "Completed"
        assert tuning.job.end_time
        assert [trial.number for trial in tuning.trials] == list(range(1, 8))
        assert {trial.status for trial in tuning.trials} == {"Completed"}
        leader = best(tuning.trials, Study(tuning.job.definition).objective)
        assert leader
        assert leader.objective == max(quality(trial.parameters) for trial in tuning.trials)

    play(tmp_path, trainings, scenario)
    assert len(trainings.jobs) == 7
    assert trainings.most_at_once == 2
    assert {job["TuningJobArn"] for job in trainings.jobs.values()} == {"arn:tune"}


def test_a_training_job_that_fails_counts_and_the_tuning_goes_on(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=3, parallel=1))
        async with bench.service():
            for values in ([0.5], [], [math.nan]):
                (name,) = await bench.running(1)
                trainings.finish(name, *values, status="Completed" if values else "Failed")
                await bench.ended(name)
            tuning = await bench.end()
        assert tuning.job.status == "Completed"
        assert [t.objective_status for t in tuning.trials] == ["Succeeded", "Failed", "Failed"]
        leader = best(tuning.trials, Study(tuning.job.definition).objective)
        assert leader
        assert leader.number == 1

    play(tmp_path, trainings, scenario)


def test_a_job_of_nothing_but_failures_fails(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=2))
        async with bench.service():
            for name in await bench.running(2):
                trainings.finish(name, status="Failed", reason="AlgorithmError: out of memory")
            tuning = await bench.end()
        assert tuning.job.status == "Failed"
        assert "AlgorithmError: out of memory" in str(tuning.job.failure_reason)

    play(tmp_path, trainings, scenario)


def test_a_training_job_that_is_refused_fails_the_tuning_job(tmp_path: Path) -> None:
    trainings = FakeTrainings()
    trainings.refusal = AwsError("ValidationException", "No S3 objects found.")

    async def scenario(bench: Bench) -> None:
        await bench.add(request())
        async with bench.service():
            tuning = await bench.end()
        assert (tuning.job.status, tuning.job.failure_reason) == ("Failed", "No S3 objects found.")
        assert tuning.trials == ()

    play(tmp_path, trainings, scenario)


def test_stop_ends_the_training_jobs_and_keeps_the_best_so_far(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=9, parallel=2))
        async with bench.service() as tuner:
            first, second = await bench.running(2)
            trainings.finish(first, 0.7)
            await bench.launched(3)
            trainings.emit(second, 0.2)
            await bench.ask_stop()
            for _ in range(3):
                tuner.proceed("tune")
            tuning = await bench.end()
            tuner.proceed("tune")  # stopping what has ended does nothing
        assert tuning.job.status == "Stopped"
        assert [trial.status for trial in tuning.trials] == ["Completed", "Stopped", "Stopped"]
        assert [trial.objective for trial in tuning.trials] == [0.7, 0.2, None]

    play(tmp_path, trainings, scenario)


def test_a_bad_training_job_is_stopped_early_and_is_no_failure(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=4, parallel=1, TrainingJobEarlyStoppingType="Auto"))
        async with bench.service():
            for number in (1, 2, 3):
                trainings.finish(await bench.launched(number), 0.5, 0.6, 0.7)
            name = await bench.launched(4)
            trainings.emit(name, 0.5)
            trainings.emit(name, 0.3)
            tuning = await bench.end()
        assert trainings.stopped == [name]
        assert (tuning.job.status, tuning.trials[3].status) == ("Completed", "Stopped")
        assert tuning.trials[3].objective_status == "Succeeded"

    play(tmp_path, trainings, scenario)


def test_a_target_that_is_reached_stops_the_rest(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        criteria = {"TargetObjectiveMetricValue": 0.9}
        await bench.add(request(jobs=9, parallel=2, TuningJobCompletionCriteria=criteria))
        async with bench.service():
            first, second = await bench.running(2)
            trainings.finish(first, 0.95)
            tuning = await bench.end()
        assert tuning.job.status == "Completed"
        assert trainings.stopped == [second]

    play(tmp_path, trainings, scenario)


def test_a_job_goes_on_after_the_service_was_killed(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=4, parallel=2))
        async with bench.service():
            first, second = await bench.running(2)
        trainings.finish(first, 0.6)  # while there is no service
        async with bench.service():
            await bench.until(lambda tuning: len(tuning.trials) == 3)
            trainings.finish(second, 0.5)
            await bench.until(lambda tuning: len(tuning.trials) == 4)
            for name in await bench.running(2):
                trainings.finish(name, 0.1)
            tuning = await bench.end()
        assert tuning.job.status == "Completed"
        assert [trial.objective for trial in tuning.trials] == [0.6, 0.5, 0.1, 0.1]

    play(tmp_path, trainings, scenario)
    assert len(trainings.jobs) == 4


def test_a_kill_around_a_launch_neither_loses_nor_doubles_it(tmp_path: Path) -> None:
    for when in ("crash_before", "crash_after"):
        for number in (1, 3):
            trainings = FakeTrainings(quality)
            setattr(trainings, when, number)
            home = tmp_path / f"{when}-{number}"

            async def scenario(bench: Bench) -> None:
                await bench.add(request(jobs=4, parallel=2))
                async with bench.service():
                    await _while_it_lives(bench)
                async with bench.service():
                    tuning = await bench.end()
                assert tuning.job.status == "Completed"
                names = [trial.training_job for trial in tuning.trials]
                assert sorted(names) == sorted(bench.trainings.jobs)

            play(home, trainings, scenario)
            assert len(trainings.jobs) == 4


async def _while_it_lives(bench: Bench) -> None:
    """Until the creation that the crash hits."""
    for _ in range(1000):
        if not (bench.trainings.crash_before or bench.trainings.crash_after):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it lives for ever")


def test_a_kill_while_a_job_is_stopped_does_not_leave_it_stopping(tmp_path: Path) -> None:
    trainings = FakeTrainings()
    trainings.crash_after = 2

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=4, parallel=2))
        async with bench.service():
            await _while_it_lives(bench)
        await bench.ask_stop()
        async with bench.service():
            tuning = await bench.end()
        assert tuning.job.status == "Stopped"
        assert [trial.status for trial in tuning.trials] == ["Stopped", "Stopped"]

    play(tmp_path, trainings, scenario)
    assert trainings.running == []


def test_a_training_job_that_someone_deletes_counts_as_failed(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=1))
        async with bench.service() as tuner:
            (name,) = await bench.running(1)
            del trainings.jobs[name]
            tuner.proceed("tune")
            tuning = await bench.end()
        assert tuning.trials[0].failure_reason == "The training job was deleted."

    play(tmp_path, trainings, scenario)


def test_a_failure_in_passing_does_not_end_the_job(tmp_path: Path) -> None:
    trainings = FakeTrainings(quality)
    real, faults = trainings.describe, [OSError("disk full")]

    async def describe(name: str) -> dict[str, Any]:
        if faults:
            raise faults.pop()
        return await real(name)

    async def scenario(bench: Bench) -> None:
        trainings.describe = describe  # type: ignore[method-assign]
        await bench.add(request(jobs=2))
        async with bench.service():
            assert (await bench.end()).job.status == "Completed"

    play(tmp_path, trainings, scenario)


def test_the_values_of_a_trial_are_kept_when_it_ends(tmp_path: Path) -> None:
    trainings = FakeTrainings()

    async def scenario(bench: Bench) -> None:
        await bench.add(request(jobs=1))
        async with bench.service():
            (name,) = await bench.running(1)
            trainings.emit(name, 0.1, 0.2)
            trainings.finish(name, 0.3)
            tuning = await bench.end()
        assert tuning.trials[0].values == (0.1, 0.2, 0.3)
        assert tuning.job.creation_time <= now()

    play(tmp_path, trainings, scenario)
