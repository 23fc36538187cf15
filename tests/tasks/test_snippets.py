"""The programs shown to developers run as they are shown."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.settings import Cloud
from backend.tasks.base import Payload, json_payload
from backend.tasks.snippets import snippets_for
from tests.recording import Received, RecordingServer, recording

NASTY = "@file 'single' \"double\" $HOME `id` \\ %s\r\n<b>é 👩‍👩‍👧 ש\u2028 "
MAKEFILE = """env:
\t@echo 'export AWS_ACCESS_KEY_ID=AKIATEST AWS_SECRET_ACCESS_KEY=secret'
"""


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording(lambda _: "the answer é".encode()) as found:
        yield found


def cloud_at(server: RecordingServer) -> Cloud:
    return local_cloud(server.url)


def local_cloud(url: str) -> Cloud:
    return Cloud(
        title="t",
        region="us-east-1",
        bucket="b",
        prefix="p",
        role_arn="r",
        image="i",
        instance_type="ml.m5.large",
        endpoint_urls={"sagemaker-runtime": url},
        isolated=True,
    )


def aws_cloud() -> Cloud:
    return Cloud(
        title="t",
        region="eu-west-1",
        bucket="b",
        prefix="p",
        role_arn="r",
        image="i",
        instance_type="ml.m5.large",
    )


PAYLOADS = {
    "json": json_payload({"text": NASTY, "parameters": {"max_words": 60}}),
    "text": Payload(NASTY.encode(), "application/x-text", "application/json;verbose"),
    "binary zero": Payload(b"a\0b", "application/x-text"),
    "long": Payload(b"word " * 100_000, "application/x-text"),
}


def check(received: Received, payload: Payload) -> None:
    assert received.path == "/endpoints/mine/invocations"
    assert received.headers["Content-Type"] == payload.content_type
    assert received.headers["Accept"] == payload.accept
    assert "Credential=AKIATEST/" in received.headers["Authorization"]
    assert "/us-east-1/sagemaker/aws4_request" in received.headers["Authorization"]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_the_curl_command_sends_exactly_the_payload(
    tmp_path: Path, server: RecordingServer, payload: Payload
) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    script = tmp_path / "shown.sh"
    script.write_text(snippets_for(payload, "mine", cloud_at(server)).curl, newline="")
    ran = subprocess.run(["bash", script], cwd=tmp_path, capture_output=True, check=True)
    (received,) = server.received
    check(received, payload)
    assert received.body == payload.body
    assert ran.stdout.decode() == "the answer é"


@pytest.mark.parametrize("kind", ["json", "text"])
def test_the_boto3_program_sends_the_same_request(
    tmp_path: Path, server: RecordingServer, kind: str
) -> None:
    payload = PAYLOADS[kind]
    script = tmp_path / "shown.py"
    script.write_text(snippets_for(payload, "mine", cloud_at(server)).boto3, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script],
        env={"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret"},
        capture_output=True,
        check=True,
    )
    (received,) = server.received
    check(received, payload)
    sent = received.body.decode()
    assert sent == payload.text if kind == "text" else PAYLOADS["json"].text
    assert ran.stdout.decode().strip() == "the answer é"


def test_on_aws_the_address_is_amazons_and_a_session_token_is_sent() -> None:
    shown = snippets_for(PAYLOADS["json"], "mine", aws_cloud())
    assert "https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/mine/" in shown.curl
    assert "X-Amz-Security-Token: $AWS_SESSION_TOKEN" in shown.curl
    assert "make -s env" not in shown.curl + shown.boto3
    assert "endpoint_url" not in shown.boto3


def test_no_secret_is_shown() -> None:
    shown = snippets_for(PAYLOADS["json"], "mine", local_cloud("http://127.0.0.1:1"))
    assert "SECRET_ACCESS_KEY" in shown.curl
    assert "aws_secret_access_key" not in shown.boto3
