"""A dataset, requests and answers of the service, for the tests of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.jobs.members import training_members, tuning_members
from backend.jobs.requests import (
    Addresses,
    TrainingRequest,
    TuningRequest,
    training_request,
    tuning_request,
)
from backend.tasks.recipes.base import Value
from backend.tasks.recipes.registry import recipe_of

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ACCOUNT = "arn:aws:sagemaker:us-east-1:000000000000"
ADDRESSES = Addresses(
    source_uri="s3://b/p/source/0/sourcedir.tar.gz",
    output_uri="s3://b/p/jobs",
    checkpoint_uri="s3://b/p/jobs/n/checkpoints",
    role_arn="arn:aws:iam::000000000000:role/r",
    image="document-insights:local",
    instance_type="ml.m5.large",
)


@dataclass(frozen=True)
class Part:
    """A split of a dataset."""

    uri: str
    count: int
    sha256: str = "0" * 64


@dataclass(frozen=True)
class Data:
    """A version of a dataset."""

    id: str = "support-mails/v1"
    sha256: str = "1" * 64
    splits: Mapping[str, Part] = field(
        default_factory=lambda: {
            name: Part(f"s3://b/p/datasets/support-mails/v1/{name}/", count)
            for name, count in (("train", 3000), ("validation", 200), ("test", 300))
        }
    )


def fine_tune(task: str = "named_entities", **options: Any) -> TrainingRequest:
    return training_request(recipe_of(task), Data(), **{"name": "my-job", **options})


def search(task: str = "named_entities", **options: Any) -> TuningRequest:
    return tuning_request(recipe_of(task), Data(), **{"name": "my-search", **options})


def published(task: str) -> TuningRequest:
    return search(task, preset="as-published")


def with_values(**values: Value) -> TrainingRequest:
    return fine_tune(values=values)


def described(status: str = "Completed", *, name: str = "my-job", **more: Any) -> dict[str, Any]:
    """DescribeTrainingJob's answer for ``fine_tune()``."""
    members = training_members(fine_tune(name=name), ADDRESSES)
    del members["Tags"]
    finished = status in {"Completed", "Stopped", "Failed"}
    times = {"TrainingEndTime": NOW + timedelta(seconds=70)} if finished else {}
    model = f"s3://b/p/jobs/{name}/output/model.tar.gz" if status != "Failed" else ""
    return {
        **members,
        "TrainingJobArn": f"{ACCOUNT}:training-job/{name}",
        "TrainingJobStatus": status,
        "SecondaryStatus": status if finished else "Training",
        "ModelArtifacts": {"S3ModelArtifacts": model if finished else ""},
        "CreationTime": NOW,
        "TrainingStartTime": NOW + timedelta(seconds=5),
        **times,
        "SecondaryStatusTransitions": [
            {
                "Status": "Starting",
                "StartTime": NOW,
                "EndTime": NOW + timedelta(seconds=5),
                "StatusMessage": "Preparing the instances",
            },
            {"Status": "Training", "StartTime": NOW + timedelta(seconds=5)},
        ],
        "FinalMetricDataList": [
            {"MetricName": "validation:f1", "Value": 0.5, "Timestamp": NOW},
            {"MetricName": "train:tokens_per_second", "Value": 2500.0, "Timestamp": NOW},
        ],
        **more,
    }


def described_search(status: str = "InProgress", **more: Any) -> dict[str, Any]:
    """DescribeHyperParameterTuningJob's answer for ``search()``."""
    members = tuning_members(search(), ADDRESSES)
    del members["Tags"]
    return {
        **members,
        "HyperParameterTuningJobArn": f"{ACCOUNT}:hyper-parameter-tuning-job/my-search",
        "HyperParameterTuningJobStatus": status,
        "CreationTime": NOW,
        "TrainingJobStatusCounters": {
            "Completed": 2,
            "InProgress": 1,
            "RetryableError": 0,
            "NonRetryableError": 1,
            "Stopped": 0,
        },
        "ObjectiveStatusCounters": {"Succeeded": 2, "Pending": 1, "Failed": 1},
        "BestTrainingJob": summary("my-search-001-aaaaaaaa", 0.7),
        **more,
    }


def summary(name: str, objective: float | None, status: str = "Completed") -> dict[str, Any]:
    """A HyperParameterTrainingJobSummary."""
    metric = {"MetricName": "validation:f1", "Value": objective}
    return {
        "TrainingJobName": name,
        "TrainingJobArn": f"{ACCOUNT}:training-job/{name}",
        "CreationTime": NOW,
        "TrainingStartTime": NOW,
        "TrainingJobStatus": status,
        "TunedHyperParameters": {"learning_rate": "0.0001"},
        **({"FinalHyperParameterTuningJobObjectiveMetric": metric} if objective else {}),
    }
