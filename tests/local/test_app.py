"""The service as a process: its start, its end, and what it says where it cannot start."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from backend.local.app import LARGEST_INVOCATION, LARGEST_JSON
from backend.local.config import ServiceConfig
from tests.local.raw import Raw
from tests.local.running import RunningService
from tests.support import eventually

ROOT = Path(__file__).parents[2]


@contextmanager
def started(home: Path, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.local", "--home", str(home), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def answers(home: Path) -> bool:
    try:
        url = ServiceConfig.load(home).url
        with urllib.request.urlopen(f"{url}/ping", timeout=5) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, ConnectionError):
        return False


def running(home: Path) -> bool:
    return (home / "service.json").exists() and answers(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_and_frees_its_home(tmp_path: Path, number: int) -> None:
    with started(tmp_path) as process:
        eventually(lambda: running(tmp_path))
        record = json.loads((tmp_path / "service.pid").read_text())
        assert record["pid"] == process.pid
        process.send_signal(number)
        assert process.wait(timeout=30) == 0
        assert not (tmp_path / "service.pid").exists()


def test_the_service_ends_with_its_parent(tmp_path: Path) -> None:
    with started(tmp_path, "--lifeline") as process:
        eventually(lambda: running(tmp_path))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_the_service_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "command = [sys.executable, '-m', 'backend.local', '--lifeline', '--home', sys.argv[1]]\n"
        "subprocess.Popen(command, stdin=subprocess.PIPE).wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT)
    eventually(lambda: running(tmp_path))
    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=30)
    eventually(lambda: not (tmp_path / "service.pid").exists())
    eventually(lambda: not answers(tmp_path))


def test_a_second_service_on_a_home_says_so_and_ends(tmp_path: Path) -> None:
    with started(tmp_path):
        eventually(lambda: running(tmp_path))
        with started(tmp_path) as second:
            _, message = second.communicate(timeout=60)
        assert second.returncode == 1
        assert b"already runs" in message
        assert message.count(b"\n") == 1
        assert running(tmp_path)


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with started(tmp_path, "--port", port) as process:
            _, message = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}".encode() in message
    assert b"Traceback" not in message


def test_a_service_killed_starts_again_as_it_was(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        eventually(lambda: running(tmp_path))
        config = ServiceConfig.load(tmp_path)
        process.kill()
    with started(tmp_path):
        eventually(lambda: running(tmp_path))
        assert ServiceConfig.load(tmp_path) == config


def test_only_the_loopback_interface_is_served(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        eventually(lambda: running(tmp_path))
        port = f"{ServiceConfig.load(tmp_path).port:04X}"
        table = Path(f"/proc/{process.pid}/net/tcp")
        if not table.exists():
            pytest.skip("only Linux tells who listens in a file")
        lines = [line.split() for line in table.read_text().splitlines()[1:]]
        assert {
            local for _, local, _, state, *_ in lines if local.endswith(port) and state == "0A"
        } == {f"0100007F:{port}"}
        assert os.path.samestat(tmp_path.stat(), ServiceConfig.load(tmp_path).home.stat())


def test_requests_beyond_the_limit_are_refused_and_told_so(service: RunningService) -> None:
    body = b" " * (LARGEST_JSON + 1)
    target = "SageMaker.ListModels"
    raw = Raw(method="POST", service="sagemaker", body=body, headers={"x-amz-target": target})
    status, text = raw.ask(service.config)
    assert (status, json.loads(text)["__type"]) == (413, "RequestEntityTooLargeException")
    raw = Raw(method="POST", service="sagemaker", target="/endpoints/e/invocations")
    raw.body = b" " * (LARGEST_INVOCATION + 1)
    status, text = raw.ask(service.config)
    assert (status, "larger than" in json.loads(text)["Message"]) == (413, True)


def test_the_runtime_answers_in_its_own_words(service: RunningService) -> None:
    runtime = service.client("sagemaker-runtime")
    with pytest.raises(ClientError) as error:
        runtime.invoke_endpoint(EndpointName="missing", Body=b"")
    answer = error.value.response
    assert answer["Error"]["Code"] == "ValidationError"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    wrong = service.client("sagemaker-runtime", secret_key="wrong")
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        wrong.invoke_endpoint(EndpointName="missing", Body=b"")


def test_a_bucket_may_be_called_ping(service: RunningService) -> None:
    s3 = service.client("s3")
    s3.create_bucket(Bucket="ping")
    assert s3.list_objects_v2(Bucket="ping")["KeyCount"] == 0
