"""Transform jobs as SageMaker's own model of its API takes and tells them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import ANY, Stubber

from backend.cloud.connections import Connections
from backend.errors import CloudError
from backend.jobs.transform import Transforms
from tests.data.fake_s3 import CLOUD

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def sagemaker() -> Any:
    return boto3.client(
        "sagemaker", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


def transforms(sagemaker: Any) -> Transforms:
    connections = SimpleNamespace(cloud=CLOUD, sagemaker=sagemaker)
    return Transforms(cast(Connections, connections))


def description(status: str, **more: Any) -> dict[str, Any]:
    """A valid DescribeTransformJob answer."""
    return {
        "TransformJobName": "job",
        "TransformJobArn": "arn:aws:sagemaker:us-east-1:123456789012:transform-job/job",
        "TransformJobStatus": status,
        "ModelName": "model",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}}
        },
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "CreationTime": NOW,
        **more,
    }


def test_each_line_is_one_answer_in_the_same_order(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_response(
            "create_transform_job",
            {"TransformJobArn": description("")["TransformJobArn"]},
            {
                "TransformJobName": "job",
                "ModelName": "model",
                "BatchStrategy": "MultiRecord",
                "TransformInput": {
                    "DataSource": {
                        "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in.jsonl"}
                    },
                    "ContentType": "application/jsonlines",
                    "SplitType": "Line",
                },
                "TransformOutput": {
                    "S3OutputPath": "s3://b/out/",
                    "Accept": "application/jsonlines",
                    "AssembleWith": "Line",
                },
                "TransformResources": ANY,
                "Tags": [{"Key": "k", "Value": "v"}],
            },
        )
        name = transforms(sagemaker).start(
            "job",
            model="model",
            input_uri="s3://b/in.jsonl",
            output_uri="s3://b/out/",
            tags={"k": "v"},
        )
        assert name == "job"
        stub.assert_no_pending_responses()


def test_a_job_says_how_it_ended(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        ended = NOW + timedelta(seconds=9)
        facts = description("Failed", FailureReason="It broke.", TransformEndTime=ended)
        stub.add_response("describe_transform_job", facts)
        job = transforms(sagemaker).job("job")
    assert (job.finished, job.failure_reason, job.elapsed()) == (True, "It broke.", 9.0)


def test_only_what_runs_is_stopped(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_transform_job", description("Completed"))
        transforms(sagemaker).stop("job")
        stub.add_response("describe_transform_job", description("InProgress"))
        stub.add_response("stop_transform_job", {}, {"TransformJobName": "job"})
        transforms(sagemaker).stop("job")
        stub.assert_no_pending_responses()


def test_a_refusal_is_a_sentence(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_client_error("describe_transform_job", "ValidationException", "Could not find it")
        with pytest.raises(CloudError):
            transforms(sagemaker).job("job")
