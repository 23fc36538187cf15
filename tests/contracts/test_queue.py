"""Endpoints that answer from a queue, and those on demand, through boto3 and our own client."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backend.cloud.connections import Connections
from backend.endpoints.asking import Asking
from backend.endpoints.hosting import hosting_of
from backend.errors import ModelError
from backend.local.config import ServiceConfig
from backend.local.sagemaker.queue import Queue
from backend.settings import SERVICES, Cloud
from backend.tasks.base import Payload
from tests.contracts.checked import checked_client
from tests.local.hosting.scripts import BUCKET, echo
from tests.local.hosting.scripts import Cloud as Scripts
from tests.local.running import (
    RunningService,
    answers,
    running_service,
    service_process,
)
from tests.support import eventually

OUTPUT = {
    "S3OutputPath": f"s3://{BUCKET}/answers",
    "S3FailurePath": f"s3://{BUCKET}/failures/",
}


class Queued(Scripts):
    """A service with the endpoint "queued", whose requests are held against botocore's model."""

    def __init__(self, service: RunningService) -> None:
        super().__init__(service)
        self.off_model: list[str] = []
        keys = {"access_key": service.config.access_key, "secret_key": service.config.secret_key}
        self.runtime = checked_client("sagemaker-runtime", service.url, self.off_model, **keys)

    def begin(self) -> None:
        """Deploy it."""
        self.configure("queued", echo())
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": "queued",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        self.sagemaker.create_endpoint_config(
            EndpointConfigName="from-queue",
            ProductionVariants=[variant],
            AsyncInferenceConfig={"OutputConfig": OUTPUT},
        )
        self.sagemaker.create_endpoint(EndpointName="queued", EndpointConfigName="from-queue")
        assert self.settled("queued")["EndpointStatus"] == "InService"

    def ask(self, data: Any, **options: Any) -> dict[str, Any]:
        """Ask for an answer to ``data``, which goes through S3."""
        uri = self.upload(f"questions/{uuid.uuid4()}", json.dumps(data).encode())
        answer: dict[str, Any] = self.runtime.invoke_endpoint_async(
            **{"EndpointName": "queued", "InputLocation": uri, "ContentType": "application/json"}
            | options
        )
        return answer

    def found(self, uri: str) -> bytes:
        """The object at ``uri``, once it is there."""
        key = uri.removeprefix(f"s3://{BUCKET}/")

        def there() -> bool:
            listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=key)
            return bool(listed["KeyCount"])

        eventually(there, timeout=30)
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("queue") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def cloud(service: RunningService) -> Iterator[Queued]:
    made = Queued(service)
    made.begin()
    yield made
    assert not made.off_model


def test_an_answer_comes_to_where_the_service_said(cloud: Queued) -> None:
    asked = cloud.ask({"text": "é"}, InferenceId="mine")
    assert asked["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert asked["InferenceId"] == "mine"
    assert asked["OutputLocation"].startswith(f"s3://{BUCKET}/answers/")
    assert json.loads(cloud.found(asked["OutputLocation"]))["data"] == {"text": "é"}


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        ({"fail": 1}, {}, "missing"),
        ({"refuse": "too odd"}, {}, "too odd"),
        ({}, {"InputLocation": f"s3://{BUCKET}/not/there"}, "does not exist"),
    ],
)
def test_why_there_is_no_answer_comes_to_the_other_place(
    cloud: Queued, data: Any, options: dict[str, Any], words: str
) -> None:
    asked = cloud.ask(data, **options)
    assert words in cloud.found(asked["FailureLocation"]).decode()


def test_more_requests_than_machines_are_all_answered(cloud: Queued) -> None:
    asked = [cloud.ask(number) for number in range(12)]
    assert all(cloud.found(one["OutputLocation"]) for one in asked)


def test_each_kind_of_endpoint_refuses_the_other_way_of_asking(cloud: Queued) -> None:
    with pytest.raises(ClientError, match="call InvokeEndpointAsync"):
        cloud.invoke("queued", {})
    cloud.deploy("at-once", echo())
    with pytest.raises(ClientError, match="call InvokeEndpoint"):
        cloud.ask({}, EndpointName="at-once")
    with pytest.raises(ClientError, match="not found"):
        cloud.ask({}, EndpointName="none")
    with pytest.raises(ClientError, match="Filename is not supported"):
        cloud.ask({}, Filename="mine.json")


def test_our_client_asks_through_the_queue_and_leaves_nothing_behind(
    service: RunningService, cloud: Queued
) -> None:
    config = service.config
    ours = Cloud(
        title="This computer",
        region=config.region,
        bucket=BUCKET,
        prefix="ours",
        role_arn="r",
        image="i",
        instance_type="t",
        endpoint_urls=dict.fromkeys(SERVICES, service.url),
        access_key=config.access_key,
        secret_key=config.secret_key,
        isolated=True,
    )
    ask = Asking(Connections(ours))
    payload = Payload(b'{"text": "hello"}', "application/json")
    assert json.loads(ask("queued", payload))["data"] == {"text": "hello"}
    with pytest.raises(ModelError, match="too odd"):
        ask("queued", Payload(b'{"refuse": "too odd"}', "application/json"))
    assert not cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="ours/").get("Contents")


def test_an_endpoint_on_demand_answers_and_describes_itself(cloud: Queued) -> None:
    cloud.configure("plain", echo())
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    cloud.sagemaker.create_endpoint_config(
        EndpointConfigName="demand",
        ProductionVariants=[
            {"VariantName": "AllTraffic", "ModelName": "plain", "ServerlessConfig": serverless}
        ],
    )
    cloud.sagemaker.create_endpoint(EndpointName="demand", EndpointConfigName="demand")
    assert cloud.settled("demand")["EndpointStatus"] == "InService"
    assert cloud.invoke("demand", 1)["data"] == 1
    described = cloud.sagemaker.describe_endpoint_config(EndpointConfigName="demand")
    assert hosting_of(described, {}).kind == "serverless"


def test_what_was_asked_is_answered_though_the_service_was_killed_meanwhile(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    cloud = Queued(RunningService(ServiceConfig.load(home)))
    with service_process(home) as first:
        cloud.begin()
        asked = [cloud.ask({"sleep": 1, "number": number}) for number in range(3)]
        first.kill()
        first.wait()
    with service_process(home):
        eventually(lambda: answers(RunningService(ServiceConfig.load(home))))
        told = [json.loads(cloud.found(one["OutputLocation"]))["data"] for one in asked]
    assert [one["number"] for one in told] == [0, 1, 2]
    assert not list((home / "queue").iterdir())


def test_a_damaged_request_on_the_disk_keeps_no_other_one_from_its_answer(tmp_path: Path) -> None:
    (tmp_path / "lost.json").write_text("")
    nothing: Any = None
    asyncio.run(Queue(tmp_path, nothing, nothing, nothing).start())
    assert not list(tmp_path.iterdir())
