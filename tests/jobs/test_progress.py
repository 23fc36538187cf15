"""What a job's log says: series, progress, time left."""

import math
from collections.abc import Iterable
from datetime import timedelta

import pytest

from backend.cloud.logs import LogLine
from backend.jobs.progress import MOST_LINES, Reading, extended
from backend.tasks.recipes.base import MetricDefinition, Objective
from backend.tasks.recipes.registry import recipe_of
from tests.jobs.samples import NOW

RECIPE = recipe_of("named_entities")


def lines(*messages: str, start: float = 0.0) -> list[LogLine]:
    """A line every 10 seconds."""
    return [
        LogLine(NOW + timedelta(seconds=start + 10 * index), message)
        for index, message in enumerate(messages)
    ]


def read(*messages: str) -> Reading:
    return extended(Reading(), lines(*messages), RECIPE.metrics)


def values(reading: Reading, metric: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in reading.series.get(metric, ())]


def report(step: int, of: int, loss: float = 0.5) -> str:
    return (
        f"[metrics] step={step}; train:loss={loss!r}; "
        f"progress={step / of!r}; total_steps={float(of)!r};"
    )


def test_series_have_the_steps_of_the_log() -> None:
    reading = read("loading", report(5, 20, 0.9), "[metrics] step=10; validation:f1=0.5;")
    assert values(reading, "train:loss") == [(5, 0.9)]
    assert values(reading, "validation:f1") == [(10, 0.5)]
    assert reading.last("validation:f1") == 0.5
    assert reading.last("validation:precision") is None
    assert reading.count == 3


def test_a_log_without_steps_is_counted() -> None:
    definitions = [MetricDefinition("loss", "loss: ([0-9.]+)")]
    reading = extended(Reading(), lines("loss: 3", "loss: 2", "loss: 1"), definitions)
    assert values(reading, "loss") == [(1, 3.0), (2, 2.0), (3, 1.0)]


def test_reading_on_gives_the_same_as_reading_at_once() -> None:
    messages = [report(step, 40) for step in range(1, 41)]
    parts = Reading()
    for start in range(0, 40, 7):
        part: Iterable[LogLine] = lines(*messages)[start : start + 7]
        parts = extended(parts, part, RECIPE.metrics)
    assert parts == read(*messages)


def test_a_resumed_job_says_steps_again_and_the_last_word_counts() -> None:
    reading = read(
        "[metrics] step=10; validation:f1=0.4;",
        "[metrics] step=20; validation:f1=0.6;",
        "resumed at step 10 of 40",
        "[metrics] step=20; validation:f1=0.5;",
    )
    assert values(reading, "validation:f1") == [(10, 0.4), (20, 0.5)]


def test_what_is_said_again_of_the_kept_weights_is_no_point_of_its_own() -> None:
    reading = read(
        "[metrics] step=10; validation:f1=0.6;",
        "[metrics] step=20; validation:f1=0.5;",
        "[kept] step=10; validation:f1=0.6;",
    )
    assert values(reading, "validation:f1") == [(10, 0.6), (20, 0.5)]


def test_the_best_point_is_that_of_the_objective() -> None:
    reading = read(
        "[metrics] step=10; validation:f1=0.4;",
        "[metrics] step=20; validation:f1=0.6;",
        "[metrics] step=30; validation:f1=nan;",
        "[metrics] step=40; validation:f1=0.5;",
    )
    best = reading.best(Objective("validation:f1"))
    worst = reading.best(Objective("validation:f1", "Minimize"))
    assert best is not None
    assert worst is not None
    assert (best.step, worst.step) == (20, 10)
    assert reading.best(Objective("train:loss")) is None
    assert math.isnan(reading.series["validation:f1"][2].value)


def test_progress_is_in_steps_with_the_time_left() -> None:
    reading = read(report(5, 20), report(10, 20))
    progress = reading.progress(NOW + timedelta(seconds=10))
    assert progress is not None
    assert (progress.step, progress.steps, progress.fraction) == (10, 20, 0.5)
    assert progress.seconds_left == pytest.approx(20.0)
    later = reading.progress(NOW + timedelta(seconds=15))
    assert later is not None
    assert later.seconds_left == pytest.approx(15.0)


def test_one_report_is_no_pace_yet() -> None:
    progress = read(report(5, 20)).progress()
    assert progress is not None
    assert progress.seconds_left is None


def test_a_job_at_its_end_has_no_time_left() -> None:
    progress = read(report(5, 20), report(20, 20)).progress()
    assert progress is not None
    assert progress.seconds_left == 0.0


def test_a_foreign_log_has_no_progress() -> None:
    assert read("epoch 1", "epoch 2").progress() is None
    assert read("[metrics] step=1; progress=nan;").progress() is None


def test_lines_can_be_searched_and_saved() -> None:
    reading = read("one", "TWO two", "three")
    assert [line.message for line in reading.find("two")] == ["TWO two"]
    assert reading.text().splitlines()[0] == "2026-01-02T03:04:05Z one"


def test_the_last_lines_are_kept_and_all_are_counted() -> None:
    reading = extended(Reading(), lines(*(str(n) for n in range(2_500))), ())
    assert len(reading.lines) == MOST_LINES
    assert reading.lines[-1].message == "2499"
    assert reading.count == 2_500


def test_definitions_that_are_no_patterns_are_passed_over() -> None:
    definitions = [MetricDefinition("a", "("), MetricDefinition("b", "b=([0-9]+)")]
    assert values(extended(Reading(), lines("b=1"), definitions), "b") == [(1, 1.0)]
