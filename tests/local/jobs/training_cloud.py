"""Training jobs for tests: scripts run as plain commands, which is much faster than the toolkit."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from backend.local.jobs import processes
from backend.local.jobs.training_settings import TrainingSettings
from tests.local.running import RunningService
from tests.support import eventually

BUCKET = "training"
ROLE = "arn:aws:iam::000000000000:role/service-role/any"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
SETTINGS = TrainingSettings(
    cores=2, slots=2, poll_seconds=0.03, stop_seconds=5.0, pause_seconds=2.0, heartbeat_seconds=30.0
)
ENDED = ("Completed", "Failed", "Stopped")
WAITING = "import time\nprint('waiting', flush=True)\ntime.sleep(600)\n"


class TrainingCloud:
    """The clients of a running service, and what most tests do with them."""

    def __init__(self, service: RunningService) -> None:
        self.home = service.config.home
        self.sagemaker = service.client("sagemaker")
        self.logs = service.client("logs")
        self.s3 = service.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)

    def put(self, key: str, data: bytes | str) -> str:
        """Put an object and return its URI."""
        content = data.encode() if isinstance(data, str) else data
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"

    def get(self, key: str) -> bytes:
        """An object's bytes."""
        content: bytes = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content

    def keys(self, prefix: str) -> list[str]:
        """The keys that start with ``prefix``."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [item["Key"] for item in found]

    def create(
        self, name: str, script: str, *, metrics: Mapping[str, str] | None = None, **request: Any
    ) -> str:
        """A job that runs ``script``; ``request`` replaces members. Returns the ARN."""
        code = self.put(f"code/{name}/script.py", script)
        algorithm = {
            "TrainingImage": "any/image:1",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python", "input/data/code/script.py"],
            "MetricDefinitions": [
                {"Name": metric, "Regex": regex} for metric, regex in (metrics or {}).items()
            ],
        }
        algorithm.update(request.pop("AlgorithmSpecification", {}))
        channels = [channel("code", code), *request.pop("InputDataConfig", [])]
        whole = {**minimal(name), "AlgorithmSpecification": algorithm, "InputDataConfig": channels}
        arn: str = self.sagemaker.create_training_job(**{**whole, **request})["TrainingJobArn"]
        return arn

    def run(self, name: str, script: str, **request: Any) -> dict[str, Any]:
        """The description of a job that runs ``script``, once it has ended."""
        self.create(name, script, **request)
        return self.ended(name)

    def describe(self, name: str) -> dict[str, Any]:
        """The job's description."""
        found: dict[str, Any] = self.sagemaker.describe_training_job(TrainingJobName=name)
        return found

    def ended(self, name: str, *, timeout: float = 60) -> dict[str, Any]:
        """The job's description, once it has ended."""

        def probe() -> dict[str, Any] | None:
            found = self.describe(name)
            return found if found["TrainingJobStatus"] in ENDED else None

        found = eventually(probe, timeout=timeout)
        assert found is not None
        return found

    def reaches(self, name: str, secondary: str) -> None:
        """Wait for a secondary status."""
        eventually(lambda: self.describe(name)["SecondaryStatus"] == secondary, timeout=60)

    def prints(self, name: str, text: str, *, times: int = 1) -> None:
        """Wait for lines in the job's log."""
        eventually(lambda: sum(text in line for line in self.log(name)) >= times, timeout=60)

    def log(self, name: str) -> list[str]:
        """All lines of the job's log."""
        try:
            pages = self.logs.get_paginator("filter_log_events").paginate(
                logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/"
            )
            return [event["message"] for page in pages for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            return []

    def artifact(self, name: str, kind: str = "model") -> dict[str, bytes]:
        """The files in the job's model.tar.gz or output.tar.gz."""
        packed = io.BytesIO(self.get(f"jobs/{name}/output/{kind}.tar.gz"))
        with tarfile.open(fileobj=packed) as archive:
            members = [member for member in archive.getmembers() if member.isfile()]
            return {m.name: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]

    def processes(self, name: str) -> list[psutil.Process]:
        """The processes of the job, its runner aside."""
        return list(processes.of_folder(self.folder(name)))

    def folder(self, name: str) -> Path:
        """The job's folder."""
        return self.home / "training" / name


def minimal(name: str) -> dict[str, Any]:
    """A request without algorithm and channels."""
    return {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/jobs/"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 120},
    }


def channel(name: str, uri: str, kind: str = "S3Prefix", **more: Any) -> dict[str, Any]:
    """A channel that reads from ``uri``."""
    source = {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}}
    return {"ChannelName": name, "DataSource": source, **more}


def transitions(described: Mapping[str, Any]) -> list[str]:
    """The names of the secondary statuses that a job went through."""
    return [item["Status"] for item in described["SecondaryStatusTransitions"]]
