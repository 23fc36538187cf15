"""Jobs: what is asked of SageMaker, what is made of its answers."""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from backend.client import Client
from backend.cloud.naming import as_tags
from backend.errors import InputError, NameTaken, NotFound
from backend.jobs.described import spaces_of
from backend.jobs.records import TrainingJob
from backend.jobs.requests import TrainingRequest, TuningRequest
from backend.jobs.service import Jobs
from backend.tasks.recipes.base import Choices, Objective, Range
from tests.jobs.samples import (
    ACCOUNT,
    NOW,
    described,
    described_search,
    fine_tune,
    search,
    summary,
)
from tests.moto_cloud import moto_client

TAGS = as_tags(
    {
        "docinsights:task": "named_entities",
        "docinsights:source": "finetuned",
        "docinsights:dataset": "support-mails/v1",
        "docinsights:dataset-sha256": "1" * 64,
    }
)
MISSING = "Requested resource not found."


@pytest.fixture
def jobs(stubbed: Client) -> Jobs:
    """New for each test: it remembers ended jobs."""
    return Jobs(stubbed.connections)


def expect_job(sagemaker: Stubber, status: str = "Completed", **more: Any) -> None:
    sagemaker.add_response("describe_training_job", described(status, **more))
    sagemaker.add_response("list_tags", {"Tags": TAGS})


def expect_search(sagemaker: Stubber, status: str = "InProgress", **more: Any) -> None:
    sagemaker.add_response("describe_hyper_parameter_tuning_job", described_search(status, **more))
    sagemaker.add_response("list_tags", {"Tags": TAGS})


def job_of(sagemaker: Stubber, jobs: Jobs, status: str = "Completed", **more: Any) -> TrainingJob:
    expect_job(sagemaker, status, **more)
    return jobs.training_job("my-job")


def test_a_job_is_described_in_full(jobs: Jobs, sagemaker: Stubber) -> None:
    job = job_of(sagemaker, jobs)
    assert (job.task, job.source, job.dataset) == (
        "named_entities",
        "finetuned",
        "support-mails/v1",
    )
    assert job.hyperparameters["learning_rate"] == "0.0002"
    assert "sagemaker_program" not in job.hyperparameters
    assert job.metrics["validation:f1"] == 0.5
    assert job.model_uri.endswith("/my-job/output/model.tar.gz")
    assert (job.finished, job.deployable, job.elapsed()) == (True, True, 70.0)
    assert [t.status for t in job.transitions] == ["Starting", "Training"]
    assert job.transitions[0].seconds() == 5.0
    assert job.transitions[1].seconds(NOW + timedelta(seconds=25)) == 20.0
    assert set(job.channels) == {"train", "validation"}


def test_a_job_that_has_ended_is_asked_for_once(jobs: Jobs, sagemaker: Stubber) -> None:
    assert job_of(sagemaker, jobs) is jobs.training_job("my-job")


def test_a_running_job_is_asked_for_each_time(jobs: Jobs, sagemaker: Stubber) -> None:
    assert not job_of(sagemaker, jobs, "InProgress").finished
    assert job_of(sagemaker, jobs, "Stopped").finished


def test_the_list_leaves_out_trials_and_what_was_deleted(jobs: Jobs, sagemaker: Stubber) -> None:
    listed = [
        {
            "TrainingJobName": name,
            "TrainingJobArn": f"{ACCOUNT}:training-job/{name}",
            "CreationTime": NOW,
            "TrainingJobStatus": "Completed",
        }
        for name in ("my-job",)
    ]
    sagemaker.add_response("list_training_jobs", {"TrainingJobSummaries": listed})
    arn = f"{ACCOUNT}:hyper-parameter-tuning-job/my-search"
    expect_job(sagemaker, TuningJobArn=arn)
    assert jobs.training_jobs() == ()
    sagemaker.add_response("list_training_jobs", {"TrainingJobSummaries": listed})
    (trial,) = jobs.training_jobs(trials=True)
    assert trial.tuning_job == "my-search"


def test_a_trial_without_tags_has_its_searchs_task(jobs: Jobs, sagemaker: Stubber) -> None:
    arn = f"{ACCOUNT}:hyper-parameter-tuning-job/my-search"
    sagemaker.add_response("describe_training_job", described(TuningJobArn=arn))
    sagemaker.add_response("list_tags", {"Tags": []})
    expect_search(sagemaker)
    job = jobs.training_job("my-job")
    assert (job.task, job.source) == ("named_entities", "tuned")


def test_a_job_that_is_not_there_is_not_found(jobs: Jobs, sagemaker: Stubber) -> None:
    sagemaker.add_client_error("describe_training_job", "ValidationException", MISSING)
    with pytest.raises(NotFound):
        jobs.training_job("nothing")


def test_a_search_is_described_in_full(jobs: Jobs, sagemaker: Stubber) -> None:
    expect_search(sagemaker)
    job = jobs.tuning_job("my-search")
    assert (job.strategy, job.objective) == ("Bayesian", Objective("validation:f1"))
    assert (job.counters.launched, job.counters.failed) == (4, 1)
    assert job.progress == 0.5
    assert job.best is not None
    assert (job.best.objective, job.best.hyperparameters) == (0.7, {"learning_rate": "0.0001"})
    assert job.spaces == search().spaces
    assert "learning_rate" not in job.fixed
    assert job.fixed["seed"] == "13"


def test_trials_come_in_order_with_their_objectives(jobs: Jobs, sagemaker: Stubber) -> None:
    summaries = [
        summary("my-search-001-aaaaaaaa", 0.7),
        summary("my-search-002-bbbbbbbb", None, "InProgress"),
    ]
    sagemaker.add_response(
        "list_training_jobs_for_hyper_parameter_tuning_job", {"TrainingJobSummaries": summaries}
    )
    first, second = jobs.trials("my-search")
    assert (first.objective, first.finished) == (0.7, True)
    assert (second.objective, second.finished) == (None, False)


def test_ranges_come_back_as_they_were_sent() -> None:
    assert spaces_of(
        {
            "IntegerParameterRanges": [{"Name": "a", "MinValue": "1", "MaxValue": "3"}],
            "ContinuousParameterRanges": [{"Name": "b", "MinValue": "1", "MaxValue": "1"}],
            "CategoricalParameterRanges": [{"Name": "c", "Values": ["x"]}],
        }
    ) == {"a": Range(1, 3, integer=True), "b": Choices((1.0,)), "c": Choices(("x",))}


def test_the_log_is_read_on_from_where_it_was(
    jobs: Jobs, sagemaker: Stubber, logs: Stubber
) -> None:
    job = job_of(sagemaker, jobs, "InProgress")

    def event(second: int, message: str) -> dict[str, Any]:
        return {"timestamp": second * 1000, "message": message}

    stream = {"logStreams": [{"logStreamName": "my-job/algo-1-1"}]}
    logs.add_response("describe_log_streams", stream)
    line = event(1, "[metrics] step=5; validation:f1=0.5;")
    logs.add_response("get_log_events", {"events": [line], "nextForwardToken": "f/1"})
    logs.add_response("get_log_events", {"events": [], "nextForwardToken": "f/1"})
    reading = jobs.read(job)
    assert reading.last("validation:f1") == 0.5
    expected = {
        "logGroupName": "/aws/sagemaker/TrainingJobs",
        "logStreamName": "my-job/algo-1-1",
        "startFromHead": True,
        "nextToken": "f/1",
    }
    logs.add_response("get_log_events", {"events": [], "nextForwardToken": "f/1"}, expected)
    assert jobs.read(job, reading) == reading


def test_a_job_without_a_log_yet_has_an_empty_one(
    jobs: Jobs, sagemaker: Stubber, logs: Stubber
) -> None:
    job = job_of(sagemaker, jobs, "InProgress")
    logs.add_client_error("describe_log_streams", "ResourceNotFoundException")
    assert jobs.read(job).count == 0


def test_stopping_asks_only_where_there_is_something_to_stop(
    jobs: Jobs, sagemaker: Stubber
) -> None:
    sagemaker_job = job_of(sagemaker, jobs, "InProgress")
    sagemaker.add_response("stop_training_job", {}, {"TrainingJobName": "my-job"})
    jobs.stop(sagemaker_job)
    jobs.stop(job_of(sagemaker, jobs, "Completed"))
    expect_search(sagemaker)
    sagemaker.add_response("stop_hyper_parameter_tuning_job", {})
    jobs.stop(jobs.tuning_job("my-search"))


def test_an_ended_job_is_deleted_and_forgotten(jobs: Jobs, sagemaker: Stubber) -> None:
    job = job_of(sagemaker, jobs)
    sagemaker.add_response("delete_training_job", {}, {"TrainingJobName": "my-job"})
    jobs.delete(job)
    sagemaker.add_client_error("describe_training_job", "ValidationException", MISSING)
    with pytest.raises(NotFound):
        jobs.training_job("my-job")


def test_a_running_job_is_not_deleted(jobs: Jobs, sagemaker: Stubber) -> None:
    with pytest.raises(InputError, match="stop it first"):
        jobs.delete(job_of(sagemaker, jobs, "InProgress"))


def test_a_job_can_be_asked_for_again(jobs: Jobs, sagemaker: Stubber) -> None:
    request = jobs.again(job_of(sagemaker, jobs))
    original = fine_tune()
    assert isinstance(request, TrainingRequest)
    assert request.name != original.name
    assert request.hyperparameters == original.hyperparameters
    assert request.metrics == original.metrics
    assert (request.dataset, request.dataset_sha256) == (original.dataset, original.dataset_sha256)
    assert {n: c.uri for n, c in request.channels.items()} == {
        n: c.uri for n, c in original.channels.items()
    }


def test_a_search_can_be_asked_for_again(jobs: Jobs, sagemaker: Stubber) -> None:
    expect_search(sagemaker)
    request = jobs.again(jobs.tuning_job("my-search"))
    assert isinstance(request, TuningRequest)
    assert request.name != "my-search"
    assert (request.spaces, request.fixed) == (search().spaces, search().fixed)
    assert (request.max_jobs, request.parallel_jobs) == (6, 2)


def test_a_foreign_job_cannot_be_asked_for_again(jobs: Jobs, sagemaker: Stubber) -> None:
    sagemaker.add_response("describe_training_job", described())
    sagemaker.add_response("list_tags", {"Tags": []})
    with pytest.raises(InputError, match="does not say its task"):
        jobs.again(jobs.training_job("my-job"))


def test_a_model_is_registered_with_its_own_code_and_its_task(
    jobs: Jobs, sagemaker: Stubber
) -> None:
    job = job_of(sagemaker, jobs)
    sagemaker.add_client_error(
        "describe_model", "ValidationException", 'Could not find model "my-job".'
    )
    expected = {
        "ModelName": "my-job",
        "ExecutionRoleArn": ANY,
        "PrimaryContainer": {
            "Image": ANY,
            "ModelDataUrl": job.model_uri,
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        },
        "Tags": [*TAGS[:2], {"Key": "docinsights:project", "Value": "document-insights"}],
    }
    arn = f"{ACCOUNT}:model/my-job"
    sagemaker.add_response("create_model", {"ModelArn": arn}, expected)
    assert jobs.register(job) == "my-job"


def test_a_model_is_registered_once(jobs: Jobs, sagemaker: Stubber) -> None:
    job = job_of(sagemaker, jobs)
    facts = {
        "ModelName": "my-job",
        "ModelArn": f"{ACCOUNT}:model/my-job",
        "CreationTime": NOW,
        "PrimaryContainer": {"ModelDataUrl": job.model_uri},
    }
    sagemaker.add_response("describe_model", facts)
    assert jobs.register(job) == "my-job"


def test_a_name_that_another_model_has_is_taken(jobs: Jobs, sagemaker: Stubber) -> None:
    job = job_of(sagemaker, jobs)
    facts = {
        "ModelName": "mine",
        "ModelArn": f"{ACCOUNT}:model/mine",
        "CreationTime": NOW,
        "PrimaryContainer": {"ModelDataUrl": "s3://b/other"},
    }
    sagemaker.add_response("describe_model", facts)
    message = "Cannot create already existing model"
    sagemaker.add_client_error("create_model", "ValidationException", message)
    with pytest.raises(NameTaken):
        jobs.register(job, name="mine")


@pytest.mark.parametrize("status", ["InProgress", "Failed"])
def test_a_job_without_a_model_is_not_registered(
    jobs: Jobs, sagemaker: Stubber, status: str
) -> None:
    with pytest.raises(InputError, match="has no model yet"):
        jobs.register(job_of(sagemaker, jobs, status))


def test_the_pace_of_earlier_jobs_is_known(jobs: Jobs, sagemaker: Stubber) -> None:
    assert jobs.pace(fine_tune()) is None
    job_of(sagemaker, jobs)
    pace = jobs.pace(fine_tune())
    assert pace is not None
    assert pace.tokens_per_second == 2500.0
    assert jobs.pace(fine_tune(values={"base_model": "bert-base-uncased"})) is None
    estimate = jobs.estimate(fine_tune())
    assert estimate is not None
    assert "2,500 tokens a second" in estimate.basis
    assert estimate.cost is None
    assert jobs.check(search()) == ()


# The rest asks moto's server, on the wire.


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with moto_client(tmp_path_factory.mktemp("home")) as live:
        yield live


def objects(live: Client, prefix: str) -> list[str]:
    found = live.connections.s3.list_objects_v2(Bucket=live.cloud.bucket, Prefix=prefix)
    return [item["Key"] for item in found.get("Contents", [])]


def test_a_launched_job_is_in_the_list_with_its_source(live: Client) -> None:
    assert live.jobs.fine_tune(fine_tune()) == "my-job"
    (job,) = live.jobs.training_jobs()
    assert (job.name, job.task) == ("my-job", "named_entities")
    (key,) = objects(live, "document-insights/source/")
    body = live.connections.s3.get_object(Bucket=live.cloud.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        names = archive.getnames()
    assert {"train.py", "common/training.py", "named_entities/train.py"} <= set(names)
    assert not [name for name in names if name.startswith("summarization")]


def test_a_source_bundle_is_uploaded_once(live: Client) -> None:
    live.jobs.fine_tune(fine_tune(name="another"))
    live.jobs.programs(fine_tune(name="a-third"))
    assert len(objects(live, "document-insights/source/")) == 1


def test_a_launched_search_is_in_the_list(live: Client) -> None:
    assert live.jobs.tune(search()) == "my-search"
    (job,) = live.jobs.tuning_jobs()
    assert (job.name, job.max_jobs) == ("my-search", 6)


def test_what_a_job_left_is_removed_only_if_asked_for(live: Client) -> None:
    keys = [f"document-insights/jobs/{name}/output/model.tar.gz" for name in ("gone", "gone-not")]
    for key in keys:
        live.connections.s3.put_object(Bucket=live.cloud.bucket, Key=key, Body=b"model")
    live.jobs._delete_objects("document-insights/jobs/gone/")
    assert objects(live, "document-insights/jobs/gone") == keys[1:]


def test_a_task_without_training_code_is_refused(live: Client) -> None:
    with pytest.raises(InputError, match="no training code"):
        live.jobs.fine_tune(replace(fine_tune(), task="translation"))
