"""What an evaluated model takes: time, room and money."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.errors import NotFound
from backend.evaluation.record import Record
from backend.footprint import Footprint, Footprints
from backend.jobs.transform import TransformJob
from tests.evaluation.evaluating import TASK, Bench

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def evaluated() -> tuple[Bench, Record]:
    """A bench, and the record of a model that was evaluated in it."""
    bench = Bench()
    bench.evaluate(new=0.5)
    records = bench.evaluations.records.list(TASK)
    return bench, next(one for one in records if one.model.name == "new")


def took(seconds: float, status: str = "Completed") -> Any:
    """What tells of batch jobs: each took so long."""
    return lambda name: TransformJob(
        name, status, "", START, START + timedelta(seconds=seconds), START
    )


def missing(name: str) -> TransformJob:
    """No job is there any more."""
    raise NotFound(name)


def test_time_is_that_of_the_batch_job_and_money_that_of_its_machine() -> None:
    bench, record = evaluated()
    found = Footprints(bench.connections, bench.evaluations.runs, took(30), lambda _: 0.36)
    footprint = found.of(record)
    assert footprint.seconds == 0.5
    assert footprint.dollars == pytest.approx(0.05)


@pytest.mark.parametrize("transform", [took(30, "Failed"), missing])
def test_what_is_gone_is_not_known(transform: Any) -> None:
    bench, record = evaluated()
    found = Footprints(bench.connections, bench.evaluations.runs, transform, lambda _: 0.36)
    assert found.of(record) == Footprint()


def test_without_a_price_the_cost_is_not_known() -> None:
    bench, record = evaluated()
    found = Footprints(bench.connections, bench.evaluations.runs, took(30), lambda _: None)
    assert found.of(record).dollars is None


def test_size_is_that_of_the_archive() -> None:
    bench, record = evaluated()
    bench.s3.objects["new"] = b"abc"
    found = Footprints(bench.connections, bench.evaluations.runs, took(30), lambda _: None)
    assert found.of(record).size == 3
    folder = replace(record, model=replace(record.model, source="s3://b/folder/"))
    assert found.of(folder).size is None
