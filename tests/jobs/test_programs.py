"""The programs shown run as they are shown, and ask for the same job."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.jobs.members import training_members, tuning_members
from backend.jobs.programs import programs_for
from backend.settings import Cloud
from tests.jobs.samples import ACCOUNT, ADDRESSES, fine_tune, search
from tests.recording import Received, RecordingServer, recording

NASTY = 'it\'s "quoted" $HOME `id` é'


def answer(received: Received) -> bytes:
    """What SageMaker says to a job that it starts."""
    named = "HyperParameterTuningJobName" in json.loads(received.body)
    arn = "HyperParameterTuningJobArn" if named else "TrainingJobArn"
    return json.dumps({arn: f"{ACCOUNT}:training-job/my-job"}).encode()


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording(answer) as found:
        yield found


def asked(server: RecordingServer) -> list[tuple[str, Any]]:
    """The operations that were asked for, with their members."""
    return [(one.headers["X-Amz-Target"], json.loads(one.body)) for one in server.received]


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
    tmp_path: Path, server: RecordingServer, operation: str
) -> None:
    members = requests()[operation]
    script = tmp_path / "shown.py"
    script.write_text(programs_for(members, cloud(server.url)).boto3, encoding="utf-8")
    assert run([sys.executable, str(script)], tmp_path) == f"{ACCOUNT}:training-job/my-job"
    assert asked(server) == [(f"SageMaker.{operation}", members)]


def test_the_cli_command_asks_for_the_same_job(tmp_path: Path, server: RecordingServer) -> None:
    members = requests()["CreateTrainingJob"]
    script = tmp_path / "shown.sh"
    script.write_text(programs_for(members, cloud(server.url)).cli, encoding="utf-8")
    assert run(["bash", str(script)], tmp_path) == f"{ACCOUNT}:training-job/my-job"
    assert asked(server) == [("SageMaker.CreateTrainingJob", members)]


def test_on_aws_neither_names_an_address() -> None:
    shown = programs_for(requests()["CreateHyperParameterTuningJob"], cloud())
    assert "endpoint" not in shown.boto3 + shown.cli
    assert "make -s env" not in shown.boto3 + shown.cli
    assert "aws sagemaker create-hyper-parameter-tuning-job --region us-east-1" in shown.cli
