"""AWS at its worst, by answers put into boto3 before anything is sent: each fault is a clear
sentence, and leaves nothing half-done.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.awsrequest import AWSResponse

from backend.client import Client
from backend.cloud.consistency import PATIENCE, Fresh
from backend.endpoints.hosting import Hosting
from backend.errors import (
    CredentialsRejected,
    EndpointMissing,
    NoCapacity,
    NotFound,
    QuotaExceeded,
    Throttled,
)
from backend.settings import Settings
from tests.fake_service import write_service_file
from tests.jobs.samples import ADDRESSES, fine_tune

ARN = "arn:aws:sagemaker:us-east-1:000000000000:thing/mine"
NOW = 1_770_000_000.0
MODEL = {
    "ModelName": "m",
    "ModelArn": ARN,
    "CreationTime": NOW,
    "ExecutionRoleArn": "arn:aws:iam::000000000000:role/r",
}
ENDPOINT = {
    "EndpointName": "mine",
    "EndpointArn": ARN,
    "EndpointConfigName": "c",
    "EndpointStatus": "Creating",
    "CreationTime": NOW,
    "LastModifiedTime": NOW,
}
Answer = dict[str, Any] | tuple[str, str]


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


@dataclass
class Aws:
    """What each operation answers, one after the other, the last one for ever; a pair is an error
    with its message. ``asked`` holds the operations with what they were asked.
    """

    answers: dict[str, list[Answer]]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.asked.append((operation, json.loads(request.body)))
        left = self.answers.get(operation) or [{}]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, tuple):
            answer, status = {"__type": answer[0], "message": answer[1]}, 400
        else:
            status = 200
        return AWSResponse(request.url, status, {}, _Raw(json.dumps(answer).encode()))

    @property
    def operations(self) -> list[str]:
        """In the order in which they were asked."""
        return [operation for operation, _ in self.asked]


@pytest.fixture
def pauses() -> Iterator[list[float]]:
    """The pauses between attempts, none of which is made."""
    made: list[float] = []
    with patch("botocore.endpoint.time.sleep", made.append):
        yield made


@pytest.fixture
def client(tmp_path: Path) -> Client:
    write_service_file(tmp_path, 9)
    return Client(Settings(home=tmp_path))


def on(client: Client, **answers: list[Answer]) -> Aws:
    aws = Aws(answers)
    client.connections.sagemaker.meta.events.register("before-send.sagemaker.*", aws)
    return aws


def deployed(**answers: list[Answer]) -> dict[str, list[Answer]]:
    made: dict[str, list[Answer]] = {
        "DescribeModel": [MODEL],
        "ListTags": [{"Tags": []}],
        "CreateEndpointConfig": [{"EndpointConfigArn": ARN}],
        "CreateEndpoint": [{"EndpointArn": ARN}],
    }
    return made | answers


def test_throttling_is_waited_out(client: Client, pauses: list[float]) -> None:
    slow = ("ThrottlingException", "Rate exceeded")
    on(client, DescribeModel=[slow, slow, MODEL], ListTags=[{"Tags": []}])
    assert client.model("m").name == "m"
    assert len(pauses) == 2


def test_throttling_without_end_is_a_sentence(client: Client, pauses: list[float]) -> None:
    aws = on(client, DescribeModel=[("ThrottlingException", "Rate exceeded")])
    with pytest.raises(Throttled, match="wait a few seconds, then try again"):
        client.model("m")
    assert len(aws.asked) == 4


def test_expired_credentials_are_a_sentence_at_once(client: Client, pauses: list[float]) -> None:
    aws = on(client, ListModels=[("ExpiredTokenException", "The token has expired")])
    with pytest.raises(CredentialsRejected, match="sign in to AWS again"):
        client.models()
    assert len(aws.asked) == 1


def test_what_was_just_created_and_is_not_found_yet_is_asked_for_again(
    client: Client, pauses: list[float]
) -> None:
    gone = ("ValidationException", 'Could not find endpoint configuration "c".')
    aws = on(client, **deployed(CreateEndpoint=[gone, gone, {"EndpointArn": ARN}]))
    assert client.deploy("m", endpoint="mine") == "mine"
    assert aws.operations.count("CreateEndpoint") == 3
    assert "DeleteEndpointConfig" not in aws.operations
    late = ("ValidationException", 'Could not find endpoint "mine".')
    aws.answers |= {"DescribeEndpoint": [late, ENDPOINT], "DescribeEndpointConfig": [gone]}
    assert client.endpoint("mine").state == "Creating"


def test_a_job_that_is_not_found_right_after_its_start_is_asked_for_again(
    client: Client, pauses: list[float]
) -> None:
    late = ("ValidationException", "Requested resource not found.")
    facts = {
        "TrainingJobName": "n",
        "TrainingJobArn": ARN,
        "TrainingJobStatus": "InProgress",
        "SecondaryStatus": "Starting",
        "CreationTime": NOW,
    }
    request = fine_tune()
    on(
        client,
        CreateTrainingJob=[{"TrainingJobArn": ARN}],
        DescribeTrainingJob=[late, facts],
        ListTags=[{"Tags": []}],
    )
    with patch("backend.jobs.service.addresses", lambda *_: _addresses()):
        name = client.jobs.fine_tune(request)
    assert client.jobs.training_job(name).status == "InProgress"
    assert pauses == [1.0]


def _addresses() -> Any:
    return ADDRESSES


def test_what_was_never_created_is_not_waited_for(client: Client, pauses: list[float]) -> None:
    missing = ("ValidationException", 'Could not find endpoint "other".')
    on(client, DescribeEndpoint=[missing])
    with pytest.raises(EndpointMissing):
        client.endpoint("other")
    job = ("ValidationException", "Requested resource not found.")
    on(client, DescribeTrainingJob=[job])
    assert pauses == []


def test_an_endpoint_is_not_waited_for_because_a_model_of_its_name_is_new(
    client: Client, pauses: list[float]
) -> None:
    made = {"ModelArn": ARN}
    missing = ("ValidationException", 'Could not find endpoint "same".')
    on(client, CreateModel=[made], DescribeEndpoint=[missing])
    client.connections.sagemaker.create_model(
        ModelName="same", ExecutionRoleArn="arn:aws:iam::000000000000:role/any-role"
    )
    with pytest.raises(EndpointMissing):
        client.endpoint("same")
    assert pauses == []


def test_a_job_deleted_behind_our_back_is_a_sentence(client: Client, pauses: list[float]) -> None:
    on(client, DescribeTrainingJob=[("ValidationException", "Requested resource not found.")])
    with pytest.raises(NotFound, match="refresh and choose again"):
        client.jobs.training_job("gone")


def test_the_wait_for_consistency_ends(client: Client) -> None:
    now = [0.0]
    fresh = Fresh(lambda: now[0])
    fresh.watch(client.connections.sagemaker)
    context: dict[str, Any] = {}
    model = client.connections.sagemaker.meta.service_model.operation_model("CreateModel")
    fresh._asked({"ModelName": "m"}, model, context)
    fresh._answered(type("Made", (), {"status_code": 200}), context)
    assert fresh._recent() == {("ModelName", "m")}
    now[0] = PATIENCE + 1
    assert fresh._recent() == set()


def faults() -> list[tuple[tuple[str, str], type[Exception], str]]:
    return [
        (
            ("ResourceLimitExceeded", "The account-level service limit 'ml.m5.large' is 0"),
            QuotaExceeded,
            "have it raised",
        ),
        (
            ("InsufficientInstanceCapacity", "no capacity"),
            NoCapacity,
            "choose another instance type or region",
        ),
        (("CapacityError", "no capacity"), NoCapacity, "try again later"),
    ]


@pytest.mark.parametrize(("fault", "error", "words"), faults(), ids=lambda one: str(one)[:20])
def test_an_endpoint_that_cannot_be_had_leaves_no_configuration(
    client: Client,
    pauses: list[float],
    fault: tuple[str, str],
    error: type[Exception],
    words: str,
) -> None:
    aws = on(client, **deployed(CreateEndpoint=[fault]))
    with pytest.raises(error, match=words):
        client.deploy("m", endpoint="mine", hosting=Hosting(instances=2))
    made = [asked["EndpointConfigName"] for name, asked in aws.asked if "EndpointConfig" in name]
    assert made == [made[0]] * 2  # created, and deleted again
    assert aws.operations[-1] == "DeleteEndpointConfig"


@pytest.mark.parametrize("fault", faults(), ids=lambda one: str(one)[:20])
def test_a_job_that_cannot_be_had_says_why(
    client: Client, pauses: list[float], fault: tuple[Answer, type[Exception], str]
) -> None:
    on(client, CreateTrainingJob=[fault[0]])
    with (
        patch("backend.jobs.service.addresses", lambda *_: _addresses()),
        pytest.raises(fault[1], match=fault[2]),
    ):
        client.jobs.fine_tune(fine_tune())
