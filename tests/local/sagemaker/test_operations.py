"""Models, endpoint configs, endpoints and tags, as boto3 sees them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.running import RunningService, running_service

ARN = "arn:aws:sagemaker:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/any"
CONTAINER = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("operations") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def sagemaker(service: RunningService) -> Any:
    return service.client("sagemaker")


def refusal(call: Any, **arguments: Any) -> str:
    """The message of the ValidationException that answers ``call``."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    message: str = error["Message"]
    return message


def create_model(sagemaker: Any, name: str, **more: Any) -> str:
    answer = sagemaker.create_model(
        ModelName=name, PrimaryContainer=CONTAINER, ExecutionRoleArn=ROLE, **more
    )
    arn: str = answer["ModelArn"]
    return arn


def variant(model: str, name: str = "AllTraffic", **more: Any) -> dict[str, Any]:
    return {"VariantName": name, "ModelName": model, "InstanceType": "ml.m5.large", **more}


SERVERLESS = {
    "VariantName": "v",
    "ModelName": "base",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}


def create_config(sagemaker: Any, name: str, *variants: dict[str, Any]) -> str:
    answer = sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=list(variants)
    )
    arn: str = answer["EndpointConfigArn"]
    return arn


def test_a_model_is_described_as_it_was_created(sagemaker: Any) -> None:
    assert create_model(sagemaker, "My-Model") == f"{ARN}:model/my-model"
    described = sagemaker.describe_model(ModelName="My-Model")
    assert described["ModelName"] == "My-Model"
    assert described["PrimaryContainer"] == CONTAINER
    assert described["ExecutionRoleArn"] == ROLE
    assert described["EnableNetworkIsolation"] is False
    assert described["CreationTime"].tzinfo is not None


def test_a_model_may_have_one_of_containers_and_no_role(sagemaker: Any) -> None:
    sagemaker.create_model(ModelName="listed", Containers=[CONTAINER])
    assert sagemaker.describe_model(ModelName="listed")["Containers"] == [CONTAINER]


def test_names_are_taken_once_in_the_words_of_aws(sagemaker: Any) -> None:
    create_model(sagemaker, "taken")
    create_config(sagemaker, "taken", variant("taken"))
    assert refusal(sagemaker.create_model, ModelName="Taken", PrimaryContainer=CONTAINER) == (
        f'Cannot create already existing model "{ARN}:model/taken".'
    )
    call = sagemaker.create_endpoint_config
    message = refusal(call, EndpointConfigName="taken", ProductionVariants=[variant("taken")])
    assert message == (
        f'Cannot create already existing endpoint configuration "{ARN}:endpoint-config/taken".'
    )
    sagemaker.create_endpoint(EndpointName="taken", EndpointConfigName="taken")
    call = sagemaker.create_endpoint
    assert refusal(call, EndpointName="taken", EndpointConfigName="taken") == (
        f'Cannot create already existing endpoint "{ARN}:endpoint/taken".'
    )


def test_what_is_missing_is_named_in_the_words_of_aws(sagemaker: Any) -> None:
    model = f'Could not find model "{ARN}:model/none".'
    config = f'Could not find endpoint configuration "{ARN}:endpoint-config/none".'
    endpoint = f'Could not find endpoint "{ARN}:endpoint/none".'
    create_model(sagemaker, "there")
    create_config(sagemaker, "there", variant("there"))
    name, config_name = {"EndpointName": "none"}, {"EndpointConfigName": "none"}
    assert refusal(sagemaker.describe_model, ModelName="none") == model
    assert refusal(sagemaker.delete_model, ModelName="none") == model
    call = sagemaker.create_endpoint_config
    assert refusal(call, **config_name, ProductionVariants=[variant("none")]) == model
    assert refusal(sagemaker.describe_endpoint_config, **config_name) == config
    assert refusal(sagemaker.delete_endpoint_config, **config_name) == config
    assert refusal(sagemaker.create_endpoint, **name, **config_name) == config
    assert refusal(sagemaker.describe_endpoint, **name) == endpoint
    assert refusal(sagemaker.delete_endpoint, **name) == endpoint
    assert refusal(sagemaker.update_endpoint, **name, EndpointConfigName="there") == endpoint


def test_a_config_is_described_with_the_defaults_of_its_variants(sagemaker: Any) -> None:
    create_model(sagemaker, "configured")
    arn = create_config(sagemaker, "configured", variant("configured"))
    described = sagemaker.describe_endpoint_config(EndpointConfigName="configured")
    assert described["EndpointConfigArn"] == arn
    (found,) = described["ProductionVariants"]
    assert (found["InitialInstanceCount"], found["InitialVariantWeight"]) == (1, 1.0)


def test_deleted_resources_are_gone_and_their_names_free(sagemaker: Any) -> None:
    create_model(sagemaker, "brief", Tags=[{"Key": "a", "Value": "b"}])
    create_config(sagemaker, "brief", variant("brief"))
    sagemaker.delete_endpoint_config(EndpointConfigName="brief")
    sagemaker.delete_model(ModelName="brief")
    assert "Could not find" in refusal(sagemaker.describe_model, ModelName="brief")
    arn = create_model(sagemaker, "brief")
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "must specify PrimaryContainer"),
        ({"PrimaryContainer": CONTAINER, "Containers": [CONTAINER]}, "cannot specify both"),
        ({"Containers": [CONTAINER, CONTAINER]}, "exactly one container"),
        ({"PrimaryContainer": {**CONTAINER, "Mode": "MultiModel"}}, "Multi-model"),
        ({"PrimaryContainer": {"ModelPackageName": "package"}}, "Model packages"),
        ({"PrimaryContainer": {"ModelDataSource": {}}}, "must have an S3DataSource"),
        ({"PrimaryContainer": {**CONTAINER, "ModelDataSource": {}}}, "cannot specify both"),
    ],
)
def test_a_model_that_could_not_be_hosted_is_refused(
    sagemaker: Any, request_: dict[str, Any], words: str
) -> None:
    message = refusal(sagemaker.create_model, ModelName="refused", **request_)
    assert words in message


@pytest.mark.parametrize(
    ("variants", "more", "words"),
    [
        ([variant("base"), variant("base", "alltraffic")], {}, "must differ"),
        ([{"VariantName": "v", "InstanceType": "ml.m5.large"}], {}, "needs a ModelName"),
        (
            [variant("base")],
            {"AsyncInferenceConfig": {"OutputConfig": {"S3FailurePath": "s3://b/p"}}},
            "S3OutputPath of AsyncInferenceConfig must be an s3:// URI",
        ),
        (
            [SERVERLESS],
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/p"}}},
            "A serverless variant answers at once",
        ),
        (
            [variant("base")],
            {
                "DataCaptureConfig": {
                    "EnableCapture": True,
                    "InitialSamplingPercentage": 1,
                    "DestinationS3Uri": "s3://b/p",
                    "CaptureOptions": [{"CaptureMode": "Input"}],
                }
            },
            "Data capture is not supported",
        ),
    ],
)
def test_a_config_that_could_not_be_hosted_is_refused(
    sagemaker: Any, variants: list[dict[str, Any]], more: dict[str, Any], words: str
) -> None:
    call = sagemaker.create_endpoint_config
    message = refusal(call, EndpointConfigName="refused", ProductionVariants=variants, **more)
    assert words in message


def test_lists_are_paged_by_boto3(sagemaker: Any) -> None:
    for number in range(25):
        create_model(sagemaker, f"page-{number:02}")
    pages = sagemaker.get_paginator("list_models").paginate(
        NameContains="page-", SortBy="Name", SortOrder="Ascending"
    )
    sizes, found = [], []
    for listed in pages:
        sizes.append(len(listed["Models"]))
        found += [model["ModelName"] for model in listed["Models"]]
    assert sizes == [10, 10, 5]
    assert found == [f"page-{number:02}" for number in range(25)]
    create_config(sagemaker, "page-00", variant("page-00"))
    (config,) = sagemaker.list_endpoint_configs(NameContains="page-")["EndpointConfigs"]
    assert config["EndpointConfigArn"] == f"{ARN}:endpoint-config/page-00"
    assert "not valid" in refusal(sagemaker.list_models, NextToken="made up")


def test_tags_are_added_replaced_listed_and_deleted(sagemaker: Any) -> None:
    arn = create_model(sagemaker, "tagged", Tags=[{"Key": "team", "Value": "a"}])
    added = sagemaker.add_tags(
        ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "env", "Value": ""}]
    )["Tags"]
    assert added == [{"Key": "env", "Value": ""}, {"Key": "team", "Value": "b"}]
    assert sagemaker.list_tags(ResourceArn=arn.replace("tagged", "Tagged"))["Tags"] == added
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team", "unknown"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "env", "Value": ""}]
    config = create_config(sagemaker, "tagged", variant("tagged"))
    assert sagemaker.list_tags(ResourceArn=config)["Tags"] == []


def test_tags_have_limits(sagemaker: Any) -> None:
    arn = create_model(sagemaker, "many-tags")
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    sagemaker.add_tags(ResourceArn=arn, Tags=tags)
    sagemaker.add_tags(ResourceArn=arn, Tags=tags[:1])
    one_more = [{"Key": "more", "Value": "v"}]
    assert "more than 50 tags" in refusal(sagemaker.add_tags, ResourceArn=arn, Tags=one_more)
    assert len(sagemaker.list_tags(ResourceArn=arn)["Tags"]) == 50
    reserved = [{"Key": "aws:x", "Value": "v"}]
    assert "aws: prefixed" in refusal(sagemaker.add_tags, ResourceArn=arn, Tags=reserved)
    twice = one_more * 2
    assert "Duplicate tag keys" in refusal(sagemaker.add_tags, ResourceArn=arn, Tags=twice)
    call = sagemaker.list_tags
    assert "Could not find" in refusal(call, ResourceArn=f"{ARN}:model/nobody")
    assert "not valid" in refusal(call, ResourceArn=arn, NextToken="x")


def test_what_is_refused_leaves_no_resource_behind(sagemaker: Any) -> None:
    reserved = [{"Key": "aws:x", "Value": "v"}]
    refusal(sagemaker.create_model, ModelName="half", PrimaryContainer=CONTAINER, Tags=reserved)
    assert "Could not find" in refusal(sagemaker.describe_model, ModelName="half")
