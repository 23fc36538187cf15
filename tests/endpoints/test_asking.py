"""Asynchronous endpoints: the request goes to S3, the answer is awaited there."""

import io
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from backend.client import Client
from backend.endpoints.asking import Asking, ask_queue
from backend.errors import ModelError, TimedOut
from backend.settings import Settings
from backend.tasks.base import Payload
from tests.costs.fake_cloud import FakeCloud
from tests.fake_service import write_service_file

PAYLOAD = Payload(b"{}", "application/json", "application/json")
OUT, FAILED = "s3://bucket/ours/async/e/answers/1.out", "s3://bucket/ours/async/e/failures/1.out"


class Runtime:
    """Takes a request, and at its ``turn``-th look leaves ``left`` in S3."""

    def __init__(self, cloud: FakeCloud, turn: int, left: dict[str, bytes]) -> None:
        self.cloud, self.turn, self.left = cloud, turn, left
        self.bodies: list[bytes] = []
        self.waited: list[float] = []

    def invoke_endpoint_async(self, *, InputLocation: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        key = InputLocation.removeprefix("s3://bucket/")
        self.bodies.append(self.cloud.s3.objects[key])
        return {"OutputLocation": OUT, "FailureLocation": FAILED}

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        if len(self.waited) == self.turn:
            for uri, body in self.left.items():
                self.cloud.s3.objects[uri.removeprefix("s3://bucket/")] = body


def asked(turn: int, left: dict[str, bytes]) -> tuple[FakeCloud, Runtime]:
    cloud = FakeCloud()
    runtime = Runtime(cloud, turn, left)
    cloud.runtime = runtime  # type: ignore[attr-defined]
    return cloud, runtime


def test_the_answer_is_fetched_when_it_is_there_and_nothing_stays() -> None:
    cloud, runtime = asked(3, {OUT: b"answer"})
    assert ask_queue(cloud.connections, "e", PAYLOAD, wait=runtime.wait) == b"answer"
    assert runtime.bodies == [b"{}"]
    assert runtime.waited == [0.25, 0.5, 1.0]
    assert cloud.s3.objects == {}


def test_a_model_that_fails_says_why() -> None:
    cloud, runtime = asked(1, {FAILED: b"out of memory"})
    with pytest.raises(ModelError, match="out of memory"):
        ask_queue(cloud.connections, "e", PAYLOAD, wait=runtime.wait)
    assert cloud.s3.objects == {}


def test_the_wait_for_an_answer_ends() -> None:
    cloud, runtime = asked(10_000, {})
    with pytest.raises(TimedOut):
        ask_queue(cloud.connections, "e", PAYLOAD, wait=runtime.wait, patience=60)
    assert max(runtime.waited) == 5.0


def test_an_endpoint_that_refuses_to_be_asked_at_once_is_asked_through_its_queue(
    tmp_path: Path,
) -> None:
    write_service_file(tmp_path, 9)
    connections = Client(Settings(home=tmp_path)).connections
    asking = Asking(connections)
    with (
        Stubber(connections.runtime) as runtime,
        Stubber(connections.sagemaker) as sagemaker,
        Stubber(connections.s3) as s3,
    ):
        runtime.add_client_error("invoke_endpoint", "ValidationError", "use InvokeEndpointAsync")
        describe_queued(sagemaker)
        for _ in range(2):  # the second time nothing has to be found out
            s3.add_response(
                "put_object",
                {},
                {"Bucket": ANY, "Key": ANY, "Body": b"{}", "ContentType": "application/json"},
            )
            runtime.add_response(
                "invoke_endpoint_async", {"InferenceId": "1", "OutputLocation": OUT}
            )
            s3.add_response("get_object", {"Body": io.BytesIO(b"answer")})
            s3.add_response("delete_object", {})
            s3.add_response("delete_object", {})
            assert asking("e", PAYLOAD) == b"answer"
        runtime.assert_no_pending_responses()


def test_an_endpoint_that_leaves_its_queue_is_asked_at_once(tmp_path: Path) -> None:
    write_service_file(tmp_path, 9)
    connections = Client(Settings(home=tmp_path)).connections
    asking = Asking(connections)
    stored = {"Bucket": ANY, "Key": ANY, "Body": b"{}", "ContentType": "application/json"}
    with (
        Stubber(connections.runtime) as runtime,
        Stubber(connections.sagemaker) as sagemaker,
        Stubber(connections.s3) as s3,
    ):
        runtime.add_client_error("invoke_endpoint", "ValidationError", "use InvokeEndpointAsync")
        describe_queued(sagemaker)
        s3.add_response("put_object", {}, stored)
        runtime.add_response("invoke_endpoint_async", {"InferenceId": "1", "OutputLocation": OUT})
        s3.add_response("get_object", {"Body": io.BytesIO(b"from the queue")})
        s3.add_response("delete_object", {})
        s3.add_response("delete_object", {})
        assert asking("e", PAYLOAD) == b"from the queue"
        s3.add_response("put_object", {}, stored)
        runtime.add_client_error("invoke_endpoint_async", "ValidationError", "use InvokeEndpoint")
        s3.add_response("delete_object", {})
        for answer in (b"at once", b"again"):
            runtime.add_response("invoke_endpoint", {"Body": io.BytesIO(answer)})
            assert asking("e", PAYLOAD) == answer
        s3.assert_no_pending_responses()


def describe_queued(sagemaker: Stubber) -> None:
    from tests.test_client import ARN, NOW, described

    sagemaker.add_response("describe_endpoint", described("InService", name="e"))
    config = {
        "EndpointConfigName": "config",
        "EndpointConfigArn": ARN,
        "CreationTime": NOW,
        "ProductionVariants": [{"VariantName": "v", "ModelName": "m"}],
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/p"}},
    }
    sagemaker.add_response("describe_endpoint_config", config)
