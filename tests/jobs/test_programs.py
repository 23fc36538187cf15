"""The programs shown run as they are shown, and ask for the same job."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backend.jobs.members import training_members, tuning_members
from backend.jobs.programs import programs_for
from backend.settings import Cloud
from tests.jobs.samples import ACCOUNT, ADDRESSES, fine_tune, search

NASTY = 'it\'s "quoted" $HOME `id` é'


class Server(ThreadingHTTPServer):
    received: list[tuple[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.headers["X-Amz-Target"], body))
        self.send_response(200)
        self.end_headers()
        name = "HyperParameterTuningJobArn" if "HyperParameterTuningJobName" in body else None
        answer = {name or "TrainingJobArn": f"{ACCOUNT}:training-job/my-job"}
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def cloud(url: str = "") -> Cloud:
    return Cloud(
        title="t",
        region="us-east-1",
        bucket="b",
        prefix="p",
        role_arn="r",
        image="i",
        instance_type="ml.m5.large",
        endpoint_urls={"sagemaker": url} if url else {},
        isolated=bool(url),
    )


def run(command: list[str], folder: Path) -> str:
    (folder / "Makefile").write_text("env:\n\t@echo 'export AWS_PAGER='\n")
    binaries = str(Path(sys.executable).parent)
    environment = {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "HOME": str(folder),
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def requests() -> dict[str, dict[str, Any]]:
    training = training_members(fine_tune(values={"base_model": NASTY}), ADDRESSES)
    return {"CreateTrainingJob": training} | {
        "CreateHyperParameterTuningJob": tuning_members(search(), ADDRESSES)
    }


@pytest.mark.parametrize("operation", ["CreateTrainingJob", "CreateHyperParameterTuningJob"])
def test_the_boto3_program_asks_for_the_same_job(
    tmp_path: Path, server: Server, operation: str
) -> None:
    members = requests()[operation]
    script = tmp_path / "shown.py"
    url = f"http://127.0.0.1:{server.server_address[1]}"
    script.write_text(programs_for(members, cloud(url)).boto3, encoding="utf-8")
    assert run([sys.executable, str(script)], tmp_path) == f"{ACCOUNT}:training-job/my-job"
    assert server.received == [(f"SageMaker.{operation}", members)]


def test_the_cli_command_asks_for_the_same_job(tmp_path: Path, server: Server) -> None:
    members = requests()["CreateTrainingJob"]
    script = tmp_path / "shown.sh"
    url = f"http://127.0.0.1:{server.server_address[1]}"
    script.write_text(programs_for(members, cloud(url)).cli, encoding="utf-8")
    assert run(["bash", str(script)], tmp_path) == f"{ACCOUNT}:training-job/my-job"
    assert server.received == [("SageMaker.CreateTrainingJob", members)]


def test_on_aws_neither_names_an_address() -> None:
    shown = programs_for(requests()["CreateHyperParameterTuningJob"], cloud())
    assert "endpoint" not in shown.boto3 + shown.cli
    assert "make -s env" not in shown.boto3 + shown.cli
    assert "aws sagemaker create-hyper-parameter-tuning-job --region us-east-1" in shown.cli
