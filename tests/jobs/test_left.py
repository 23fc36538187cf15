"""Which models jobs have left."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from backend.jobs.left import models_left
from backend.jobs.service import Jobs
from tests.app.fake_jobs import NOW, TASK, FakeJobs, training_job, tuning_job


def test_finished_jobs_and_the_best_trials_of_finished_searches_left_models() -> None:
    trainings = [
        replace(training_job("done"), created=NOW + timedelta(hours=1)),
        training_job("broken", status="Failed"),
        training_job("running", status="InProgress"),
        training_job("other", task="summarization"),
        training_job("search-002", tuning_job="search"),
    ]
    running = replace(tuning_job("InProgress"), name="young")
    fake = FakeJobs({job.name: job for job in trainings}, {"a": tuning_job(), "b": running})
    assert models_left(cast(Jobs, fake), TASK) == ("done", "search-002")
