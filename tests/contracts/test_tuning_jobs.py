"""A tuning job through boto3, over training jobs that really run."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.hosting.scripts import packed
from tests.local.jobs.training_cloud import BUCKET, ENDED, SETTINGS, TrainingCloud, minimal
from tests.local.jobs.tuning_support import METRIC
from tests.local.running import running_service
from tests.support import eventually

NAME = {"HyperParameterTuningJobName": "tune"}
SCRIPT = """
import argparse, math
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--optimizer")
parser.add_argument("--epochs", type=int)
given = parser.parse_args()
assert given.epochs == 1 and given.optimizer in ("adam", "sgd")
print(f"f1={1 - abs(math.log10(given.lr) + 3)};")
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingCloud]:
    home = tmp_path_factory.mktemp("tuning") / "home"
    with running_service(home, training=SETTINGS) as running:
        yield TrainingCloud(running)


def tuning_request(source: str, **limits: int) -> dict[str, Any]:
    job = minimal("any")
    del job["TrainingJobName"]
    return {
        **NAME,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": 4,
                "MaxParallelTrainingJobs": 2,
                **limits,
            },
            "ParameterRanges": {
                "ContinuousParameterRanges": [
                    {"Name": "lr", "MinValue": "1e-4", "MaxValue": "1e-2"}
                ],
                "CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["adam", "sgd"]}],
            },
            "RandomSeed": 3,
        },
        "TrainingJobDefinition": {
            **job,
            "StaticHyperParameters": {
                "epochs": "1",
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": source,
            },
            "AlgorithmSpecification": {
                "TrainingImage": "any/image:1",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": METRIC, "Regex": "f1=([^;]+);"}],
            },
        },
        "Tags": [{"Key": "team", "Value": "a"}],
    }


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """(code, message) of the error that answers ``call``."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_tuning_job_finds_the_best_of_its_training_jobs(cloud: TrainingCloud) -> None:
    sagemaker = cloud.sagemaker
    asked = tuning_request(cloud.put("source/sourcedir.tar.gz", packed({"train.py": SCRIPT})))
    arn = sagemaker.create_hyper_parameter_tuning_job(**asked)["HyperParameterTuningJobArn"]
    assert arn == "arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/tune"

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(**NAME)
        del found["ResponseMetadata"]
        return found if found["HyperParameterTuningJobStatus"] in ENDED else None

    described = eventually(ended, timeout=120)
    assert described
    assert described["HyperParameterTuningJobStatus"] == "Completed", described
    assert described["TrainingJobStatusCounters"] == {
        "Completed": 4,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 0,
        "Stopped": 0,
    }
    assert described["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}
    assert described["HyperParameterTuningEndTime"] > described["CreationTime"]
    assert described["ConsumedResources"]["RuntimeInSeconds"] > 0
    assert "FailureReason" not in described

    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        **NAME,
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending",
        PaginationConfig={"PageSize": 3},
    )
    trials = [trial for found in pages for trial in found["TrainingJobSummaries"]]
    values = [t["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for t in trials]
    assert len(trials) == 4
    assert values == sorted(values, reverse=True)
    assert trials[0] == described["BestTrainingJob"]
    assert all(set(trial["TunedHyperParameters"]) == {"lr", "optimizer"} for trial in trials)

    best = cloud.describe(trials[0]["TrainingJobName"])
    assert best["TuningJobArn"] == arn
    assert best["HyperParameters"].items() >= trials[0]["TunedHyperParameters"].items()
    assert best["HyperParameters"]["_tuning_objective_metric"] == METRIC
    assert best["ModelArtifacts"]["S3ModelArtifacts"].startswith(f"s3://{BUCKET}/jobs/tune-00")
    assert sagemaker.list_tags(ResourceArn=best["TrainingJobArn"])["Tags"] == asked["Tags"]

    (listed,) = sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert listed["Strategy"] == "Bayesian"
    assert listed["TrainingJobStatusCounters"] == described["TrainingJobStatusCounters"]
    assert refused(sagemaker.create_hyper_parameter_tuning_job, **asked) == (
        "ResourceInUse",
        "A hyperparameter tuning job with the name, tune, already exists. Choose a different name.",
    )
    sagemaker.stop_hyper_parameter_tuning_job(**NAME)
    assert ended() == described
    sagemaker.delete_hyper_parameter_tuning_job(**NAME)
    assert refused(sagemaker.describe_hyper_parameter_tuning_job, **NAME)[0] == "ResourceNotFound"
    assert cloud.describe(trials[0]["TrainingJobName"])["TuningJobArn"] == arn


def test_what_is_missing_or_could_not_be_followed_is_refused(cloud: TrainingCloud) -> None:
    sagemaker, missing = cloud.sagemaker, {"HyperParameterTuningJobName": "none"}
    for call in (
        sagemaker.describe_hyper_parameter_tuning_job,
        sagemaker.stop_hyper_parameter_tuning_job,
        sagemaker.delete_hyper_parameter_tuning_job,
        sagemaker.list_training_jobs_for_hyper_parameter_tuning_job,
    ):
        assert refused(call, **missing) == (
            "ResourceNotFound",
            "Amazon SageMaker can't find a tuning job called none. Type another name.",
        )
    create = sagemaker.create_hyper_parameter_tuning_job
    asked = tuning_request("s3://nowhere/source.tar.gz")
    asked["TrainingJobDefinition"]["ResourceConfig"]["InstanceCount"] = 2
    code, message = refused(create, **asked)
    assert code == "ValidationException"
    assert "trains on one instance" in message
    asked = tuning_request("s3://nowhere/source.tar.gz")
    asked["TrainingJobDefinition"]["StaticHyperParameters"]["lr"] = "1"
    assert "lr is both static and tuned" in refused(create, **asked)[1]
    asked = {**tuning_request("s3://nowhere/source.tar.gz"), "HyperParameterTuningJobName": "new"}
    parents = [{"HyperParameterTuningJobName": "none"}]
    warm = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": "TransferLearning"}
    assert (
        "parent tuning job none does not exist" in refused(create, **asked, WarmStartConfig=warm)[1]
    )
