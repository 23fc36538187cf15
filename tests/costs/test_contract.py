"""Clean-up and its tags against the local service, on the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.client import Client
from backend.cloud.errors import translated
from backend.cloud.naming import PROJECT_TAG
from backend.costs.cleanup import CONFIRMATION
from backend.costs.inventory import project_of
from backend.endpoints.hosting import Hosting
from backend.errors import RequestRefused
from backend.settings import Settings
from tests.local.running import running_service

ROLE = "arn:aws:iam::000000000000:role/r"
CONTAINER = {"Image": "i"}
VARIANT = {"VariantName": "v", "ModelName": "theirs", "InitialInstanceCount": 1}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    home: Path = tmp_path_factory.mktemp("home")
    with running_service(home) as service:
        foreign = service.client("sagemaker")
        foreign.create_model(ModelName="theirs", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER)
        foreign.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=[VARIANT])
        yield Client(Settings(home=home))


def test_all_that_is_created_carries_our_tag_and_goes_with_it(client: Client) -> None:
    connections = client.connections
    sagemaker, s3 = connections.sagemaker, connections.s3
    sagemaker.create_model(ModelName="mine", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER)
    hosting = Hosting("serverless").members("mine", instance_type="t", output_uri="")
    sagemaker.create_endpoint_config(EndpointConfigName="mine", **hosting)
    s3.create_bucket(Bucket=client.cloud.bucket)
    for key in (f"{client.cloud.prefix}/datasets/d/v1/x", "others/x"):
        s3.put_object(Bucket=client.cloud.bucket, Key=key, Body=b"1")
    arn = sagemaker.describe_model(ModelName="mine")["ModelArn"]
    assert connections.tags(arn)[PROJECT_TAG] == project_of(client.cloud)

    cleanup = client.costs.cleanup
    plan = cleanup.plan()
    assert [(one.kind, one.name.rpartition("/")[0] or one.name) for one in plan] == [
        ("endpoint configuration", "mine"),
        ("model", "mine"),
        ("objects", f"s3://{client.cloud.bucket}/{client.cloud.prefix}/datasets"),
    ]
    steps = list(cleanup.run(plan, confirmation=CONFIRMATION))
    assert not any(step.problem for step in steps)
    assert cleanup.look(steps).clean
    assert [one["ModelName"] for one in sagemaker.list_models()["Models"]] == ["theirs"]
    configs = sagemaker.list_endpoint_configs()["EndpointConfigs"]
    assert [one["EndpointConfigName"] for one in configs] == ["theirs"]
    left = s3.list_objects_v2(Bucket=client.cloud.bucket)["Contents"]
    assert [item["Key"] for item in left] == ["others/x"]


def test_what_the_local_service_cannot_do_it_refuses_in_a_sentence(client: Client) -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    both = [{**VARIANT, "InstanceType": "ml.m5.large", "ServerlessConfig": serverless}]
    with pytest.raises(RequestRefused, match="leave out its InstanceType"), translated():
        client.connections.sagemaker.create_endpoint_config(
            EndpointConfigName="both", ProductionVariants=both
        )
