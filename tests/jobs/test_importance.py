"""Which hyperparameters of a search mattered."""

from datetime import UTC, datetime
from unittest import mock

import pytest

from backend.jobs.importance import FEWEST_TRIALS, ImportanceError, importances
from backend.jobs.records import Counters, Trial, TuningJob
from backend.tasks.recipes.base import Choices, Objective, Range

NOW = datetime(2026, 1, 2, tzinfo=UTC)
JOB = TuningJob(
    name="search",
    arn="",
    status="Completed",
    failure_reason="",
    strategy="Random",
    objective=Objective("f1"),
    created=NOW,
    ended=NOW,
    max_jobs=20,
    parallel_jobs=2,
    counters=Counters(),
    best=None,
    spaces={"matters": Range(0.0, 1.0), "does_not": Choices(("a", "b"))},
)


def trials(count: int) -> list[Trial]:
    return [
        Trial(
            name=f"trial-{number}",
            status="Completed",
            created=NOW,
            started=NOW,
            ended=NOW,
            hyperparameters={"matters": str(number / count), "does_not": "ab"[number % 2]},
            objective=number / count,
            objective_status="Succeeded",
            failure_reason="",
        )
        for number in range(count)
    ]


def test_what_the_objective_follows_matters_most() -> None:
    found = importances(JOB, trials(16))
    assert list(found) == ["matters", "does_not"]
    assert found["matters"] > 0.8
    assert sum(found.values()) == pytest.approx(1.0)


def test_too_few_trials_say_nothing() -> None:
    with mock.patch("subprocess.run") as started:
        assert importances(JOB, trials(FEWEST_TRIALS - 1)) == {}
    started.assert_not_called()


def test_a_computation_that_fails_is_told_in_a_sentence() -> None:
    with (
        mock.patch("subprocess.run", side_effect=OSError),
        pytest.raises(ImportanceError, match="try again"),
    ):
        importances(JOB, trials(11))
