"""What settings add to requests."""

from typing import Any

import pytest
from botocore.session import Session

from backend.cloud.additions import with_settings
from backend.settings import Cloud
from backend.settings.aws import Network

CLOUD = Cloud(
    title="AWS",
    region="eu-west-1",
    bucket="mine",
    prefix="team/documents",
    role_arn="arn:aws:iam::123456789012:role/mine",
    image="image",
    instance_type="ml.m5.large",
    network=Network(("subnet-1",), ("sg-1", "sg-2")),
    kms_key="alias/mine",
    tags={"owner": "nlp"},
)
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1", "sg-2"]}
OURS = [
    {"Key": "docinsights:project", "Value": "team/documents"},
    {"Key": "owner", "Value": "nlp"},
]


def added(operation: str, members: dict[str, Any], service: str = "sagemaker") -> dict[str, Any]:
    model = Session().get_service_model(service).operation_model(operation)
    return with_settings(CLOUD, model, members)


def test_a_training_job_gets_network_key_and_tags() -> None:
    members = {
        "OutputDataConfig": {"S3OutputPath": "s3://mine/jobs"},
        "ResourceConfig": {"InstanceType": "ml.m5.large"},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert added("CreateTrainingJob", members) == {
        "OutputDataConfig": {"S3OutputPath": "s3://mine/jobs", "KmsKeyId": "alias/mine"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "VolumeKmsKeyId": "alias/mine"},
        "VpcConfig": VPC,
        "Tags": [{"Key": "a", "Value": "b"}, *OURS],
    }


def test_every_trial_of_a_search_gets_them_and_the_callers_request_stays_as_it_was() -> None:
    definition = {"OutputDataConfig": {"S3OutputPath": "s3://mine/jobs"}}
    members = {"TrainingJobDefinition": definition, "TrainingJobDefinitions": [definition]}
    found = added("CreateHyperParameterTuningJob", members)
    whole = {
        "OutputDataConfig": {"S3OutputPath": "s3://mine/jobs", "KmsKeyId": "alias/mine"},
        "VpcConfig": VPC,
    }
    assert found["TrainingJobDefinition"] == found["TrainingJobDefinitions"][0] == whole
    assert found["Tags"] == OURS
    assert "VpcConfig" not in found
    assert definition == {"OutputDataConfig": {"S3OutputPath": "s3://mine/jobs"}}


def test_a_transform_job_runs_in_the_network_of_its_model() -> None:
    members = {"TransformOutput": {}, "TransformResources": {"InstanceType": "ml.m5.large"}}
    assert added("CreateTransformJob", members) == {
        "TransformOutput": {"KmsKeyId": "alias/mine"},
        "TransformResources": {"InstanceType": "ml.m5.large", "VolumeKmsKeyId": "alias/mine"},
        "Tags": OURS,
    }
    assert added("CreateModel", {})["VpcConfig"] == VPC


@pytest.mark.parametrize("machine", ["ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.m5d.large"])
def test_machines_with_disks_of_their_own_get_no_key(machine: str) -> None:
    job = added("CreateTrainingJob", {"ResourceConfig": {"InstanceType": machine}})
    assert job["ResourceConfig"] == {"InstanceType": machine}
    config = added("CreateEndpointConfig", {"ProductionVariants": [{"InstanceType": machine}]})
    assert "KmsKeyId" not in config


def test_an_endpoint_configuration_gets_the_key_for_disks_and_answers() -> None:
    members = {
        "ProductionVariants": [{"InstanceType": "ml.m5.large"}],
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://mine/async"}},
    }
    found = added("CreateEndpointConfig", members)
    assert found["KmsKeyId"] == "alias/mine"
    output = {"S3OutputPath": "s3://mine/async", "KmsKeyId": "alias/mine"}
    assert found["AsyncInferenceConfig"] == {"OutputConfig": output}


@pytest.mark.parametrize("operation", ["PutObject", "CopyObject", "CreateMultipartUpload"])
def test_objects_are_written_under_the_key(operation: str) -> None:
    assert added(operation, {"Key": "k"}, "s3") == {
        "Key": "k",
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": "alias/mine",
    }


def test_a_bucket_is_made_in_the_region() -> None:
    configuration = {"LocationConstraint": "eu-west-1"}
    made = added("CreateBucket", {"Bucket": "mine"}, "s3")
    assert made == {"Bucket": "mine", "CreateBucketConfiguration": configuration}


def test_what_the_caller_says_wins() -> None:
    vpc = {"Subnets": ["subnet-9"], "SecurityGroupIds": ["sg-9"]}
    tags = [{"Key": "owner", "Value": "me"}]
    found = added("CreateModel", {"VpcConfig": vpc, "Tags": tags})
    assert (found["VpcConfig"], found["Tags"]) == (vpc, [*tags, OURS[0]])


@pytest.mark.parametrize("operation", ["DescribeEndpoint", "UpdateEndpoint", "ListModels"])
def test_other_requests_stay_as_they_are(operation: str) -> None:
    assert added(operation, {"a": 1}) == {"a": 1}
