"""Small models for tests, and the way from a script to an endpoint."""

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import psutil

from tests.local.running import RunningService
from tests.support import eventually

BUCKET = "models"
ROLE = "arn:aws:iam::000000000000:role/service-role/any"

ECHO = """
import json, os, sys, time

def model_fn(model_dir):
    print("loading", os.environ["SM_MODEL_DIR"] == model_dir)
    return {"version": "VERSION"}

def input_fn(body, content_type):
    if content_type != "application/json":
        raise ValueError(content_type)
    return json.loads(body)

class Unprocessable(Exception):
    status_code = 422

def predict_fn(data, model):
    ask = data if isinstance(data, dict) else {}
    if "refuse" in ask:
        raise Unprocessable(data["refuse"])
    if "fail" in ask:
        return data["missing"]
    if "exit" in ask:
        os._exit(data["exit"])
    if "once" in ask and not os.path.exists(data["once"]):
        open(data["once"], "w").close()
        os._exit(1)
    if "touch" in ask:
        open(data["touch"], "w").close()
    if "sleep" in ask:
        time.sleep(data["sleep"])
    if "eat" in ask:
        hoard = []
        while True:
            hoard.append(b"x" * (16 << 20))
            time.sleep(0.01)
    if "count" in ask:
        return len(data["count"])
    if "repeat" in ask:
        return "x" * data["repeat"]
    return {"version": model["version"], "pid": os.getpid(), "data": data}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


def echo(version: str = "1") -> str:
    """A script that answers with its version, its process id and the request."""
    return ECHO.replace("VERSION", version)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A tar.gz of ``files``."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return archive.getvalue()


class Cloud:
    """The clients of a running service, and what most tests do with them."""

    def __init__(self, service: RunningService) -> None:
        self.sagemaker = service.client("sagemaker")
        self.runtime = service.client("sagemaker-runtime")
        self.logs = service.client("logs")
        self.s3 = service.client("s3")

    def upload(self, key: str, data: bytes) -> str:
        """Put an object and return its URI."""
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=data)
        return f"s3://{BUCKET}/{key}"

    def configure(self, name: str, script: str, **variant: Any) -> None:
        """A model of ``script`` and an endpoint config, both called ``name``."""
        uri = self.upload(f"{name}/model.tar.gz", packed({"code/inference.py": script}))
        self.sagemaker.create_model(
            ModelName=name,
            PrimaryContainer={"Image": "any/image:1", "ModelDataUrl": uri},
            ExecutionRoleArn=ROLE,
        )
        self.configure_variants(name, {"VariantName": "AllTraffic", "ModelName": name, **variant})

    def configure_variants(self, name: str, *variants: Mapping[str, Any]) -> None:
        """An endpoint config of ``variants``."""
        common = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**common, **v} for v in variants]
        )

    def deploy(self, name: str, script: str, **variant: Any) -> dict[str, Any]:
        """An endpoint called ``name`` with its model and config, once it is no longer Creating."""
        self.configure(name, script, **variant)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        return self.settled(name)

    def settled(self, name: str) -> dict[str, Any]:
        """The endpoint's description, once nothing is being done to it."""

        def probe() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=name)
            return found if found["EndpointStatus"] in ("InService", "Failed") else None

        found = eventually(probe, timeout=60)
        assert found is not None
        return found

    def invoke(self, name: str, data: Any, **options: Any) -> Any:
        """The endpoint's answer to ``data`` as JSON."""
        response = self.runtime.invoke_endpoint(
            EndpointName=name, Body=json.dumps(data), ContentType="application/json", **options
        )
        return json.loads(response["Body"].read())

    def log(self, name: str) -> list[str]:
        """All lines of the endpoint's log."""
        found = self.logs.filter_log_events(logGroupName=f"/aws/sagemaker/Endpoints/{name}")
        return [event["message"] for event in found["events"]]


def workers(pid: int | None = None) -> list[psutil.Process]:
    """The worker processes that the process ``pid``, or this one, has started."""

    def is_worker(process: psutil.Process) -> bool:
        try:
            return "backend.local.hosting.worker" in process.cmdline()
        except psutil.Error:
            return False

    return [child for child in psutil.Process(pid).children() if is_worker(child)]
