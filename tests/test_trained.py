"""How a model was trained, from the job and the search that it is from."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from backend.data.store import Datasets
from backend.errors import NotFound
from backend.evaluation.record import ModelIdentity
from backend.evaluation.training import Search, Training
from backend.jobs.records import Counters, TrainingJob, TuningJob
from backend.jobs.service import Jobs
from backend.tasks.recipes.base import Choices, Objective, Range
from backend.trained import trained
from tests.data.fake_s3 import connections

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = ModelIdentity("job", "hash", "s3://b/model.tar.gz", "tuned")
SEARCH = TuningJob(
    name="search",
    arn="arn",
    status="Completed",
    failure_reason="",
    strategy="Bayesian",
    objective=Objective("validation:f1_macro"),
    created=NOW,
    ended=NOW,
    max_jobs=6,
    parallel_jobs=2,
    counters=Counters(completed=5, stopped=1),
    best=None,
    spaces={"learning_rate": Range(1e-5, 1e-2), "layers": Choices((1, 2))},
)


class FakeJobs:
    """One search."""

    def tuning_job(self, name: str) -> TuningJob:
        """It, or nothing."""
        if name != "search":
            raise NotFound(name)
        return SEARCH


@pytest.fixture
def datasets() -> Datasets:
    found = Datasets(connections()[0])
    rows = [{"text": f"Text {at}.", "label": "ab"[at % 2]} for at in range(10)]
    splits = {"train": rows[:4], "validation": rows[4:7], "test": rows[7:]}
    found.add("mine", "text_classification", splits, source="a test")
    return found


@pytest.fixture
def job(datasets: Datasets) -> TrainingJob:
    uri = datasets.get("mine").splits["validation"].uri
    return TrainingJob(
        name="job",
        arn="arn",
        status="Completed",
        secondary_status="Completed",
        failure_reason="",
        created=NOW,
        started=NOW,
        ended=NOW,
        dataset="mine/v1",
        tuning_job="search",
        metrics={"validation:f1_macro": 0.9, "train:loss": 0.1},
        channels={"validation": uri},
    )


def told(job: TrainingJob | None, datasets: Datasets) -> Training | None:
    return trained(MODEL, lambda *_: job, cast(Jobs, FakeJobs()), datasets)


def test_a_tuned_model_knows_its_search_and_what_it_was_chosen_on(
    job: TrainingJob, datasets: Datasets
) -> None:
    split = datasets.get("mine").splits["validation"]
    spaces: dict[str, Any] = {"learning_rate": (1e-5, 1e-2), "layers": ("1", "2")}
    assert told(job, datasets) == Training(
        dataset="mine/v1",
        validation={"f1_macro": 0.9},
        validation_n=3,
        validation_sha256=split.sha256,
        search=Search("f1_macro", 6, spaces),
    )


def test_a_model_validated_on_the_test_split_says_so(job: TrainingJob, datasets: Datasets) -> None:
    test = datasets.get("mine").splits["test"]
    found = told(replace(job, channels={"validation": test.uri}), datasets)
    assert found is not None
    assert found.validation_sha256 == test.sha256


def test_a_model_knows_what_the_models_before_it_were_trained_on(
    job: TrainingJob, datasets: Datasets
) -> None:
    jobs = {
        "first": replace(job, channels={"model": "s3://b/models/shipped/model.tar.gz"}),
        "second": replace(
            job, dataset="other/v2", channels={"model": "s3://b/jobs/first/output/model.tar.gz"}
        ),
    }
    last = replace(job, channels={"model": "s3://b/jobs/second/output/model.tar.gz"})
    asked: list[tuple[str, str]] = []

    def job_of(name: str, archive: str) -> TrainingJob | None:
        asked.append((name, archive))
        return last if name == MODEL.name else jobs.get(name)

    found = trained(MODEL, job_of, cast(Jobs, FakeJobs()), datasets)
    assert found is not None
    assert found.earlier == ("other/v2", "mine/v1")
    assert found.start == "s3://b/models/shipped/model.tar.gz"
    assert asked[1] == ("second", "s3://b/jobs/second/output/model.tar.gz")


def test_what_was_deleted_since_is_left_out(job: TrainingJob, datasets: Datasets) -> None:
    found = told(replace(job, dataset="gone/v9", tuning_job="gone"), datasets)
    assert found == Training(dataset="gone/v9", validation={"f1_macro": 0.9})
    assert told(None, datasets) is None
