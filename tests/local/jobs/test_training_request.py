"""What CreateTrainingJob refuses, and what it reads out of a request."""

from typing import Any

import pytest

from backend.local.jobs.training_request import check, checkpoint_folder, hyperparameter
from backend.local.wire.errors import AwsError
from tests.local.jobs.training_cloud import channel, minimal

ALGORITHM: dict[str, Any] = {"TrainingImage": "any", "TrainingInputMode": "File"}


def request(**changes: Any) -> dict[str, Any]:
    return {**minimal("job"), "AlgorithmSpecification": ALGORITHM, **changes}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no algorithm": ({"AlgorithmSpecification": None}, "give a TrainingImage"),
    "no image": ({"AlgorithmSpecification": {"TrainingInputMode": "File"}}, "TrainingImage"),
    "pipe": ({"AlgorithmSpecification": {**ALGORITHM, "TrainingInputMode": "Pipe"}}, "use File"),
    "bad regex": (
        {
            "AlgorithmSpecification": {
                **ALGORITHM,
                "MetricDefinitions": [{"Name": "f1", "Regex": "f1=(["}],
            }
        },
        'Invalid metric definition "f1"',
    ),
    "metric twice": (
        {
            "AlgorithmSpecification": {
                **ALGORITHM,
                "MetricDefinitions": [{"Name": "a", "Regex": "a"}] * 2,
            }
        },
        "must differ",
    ),
    "two instances": (
        {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2}},
        "set InstanceCount to 1",
    ),
    "groups": (
        {"ResourceConfig": {"InstanceGroups": [{"InstanceCount": 1}, {"InstanceCount": 1}]}},
        "asks for 2",
    ),
    "warm pool": (
        {"ResourceConfig": {"InstanceCount": 1, "KeepAlivePeriodInSeconds": 60}},
        "Warm pools",
    ),
    "wait without spot": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 2}},
        "managed spot training",
    ),
    "channel twice": ({"InputDataConfig": [channel("a", "s3://b/c")] * 2}, "must differ"),
    "channel above": ({"InputDataConfig": [channel("..", "s3://b/c")]}, "no name for a channel"),
    "augmented": (
        {"InputDataConfig": [channel("a", "s3://b/c", "AugmentedManifestFile")]},
        "S3Prefix, ManifestFile",
    ),
    "https": ({"InputDataConfig": [channel("a", "https://b/c")]}, "s3:// address"),
    "checkpoints elsewhere": (
        {"CheckpointConfig": {"S3Uri": "s3://b/c", "LocalPath": "/etc"}},
        "choose a folder",
    ),
    "checkpoints above": (
        {"CheckpointConfig": {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/../x"}},
        "choose a folder",
    ),
    "checkpoints in the model": (
        {"CheckpointConfig": {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/model/x"}},
        "choose a folder",
    ),
    "serverless": ({"ServerlessJobConfig": {"JobType": "x"}}, "not supported"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_refused_with_what_to_do(name: str) -> None:
    changes, words = REFUSED[name]
    with pytest.raises(AwsError, match="ValidationException") as caught:
        check(request(**changes))
    assert words in caught.value.message


def test_what_can_be_done_is_not_refused() -> None:
    channels = [channel("a", "s3://b/c"), channel("b", "file:///tmp/x", "ManifestFile")]
    check(request(InputDataConfig=channels, CheckpointConfig={"S3Uri": "s3://b/c"}))


def test_checkpoints_lie_where_aws_puts_them() -> None:
    assert str(checkpoint_folder({})) == "checkpoints"
    config = {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/deep/er"}
    assert str(checkpoint_folder({"CheckpointConfig": config})) == "deep/er"


@pytest.mark.parametrize(("given", "plain"), [('"train.py"', "train.py"), ("t.py", "t.py")])
def test_hyperparameters_may_be_quoted_as_the_sdk_does(given: str, plain: str) -> None:
    assert hyperparameter({"HyperParameters": {"p": given}}, "p") == plain
    assert hyperparameter({"HyperParameters": {"p": "3"}}, "p") == "3"
    assert hyperparameter({}, "p") == ""
