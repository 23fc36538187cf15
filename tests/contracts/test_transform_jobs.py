"""Batch transform through boto3: files in, results out, and what goes wrong on the way."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backend.local.config import ServiceConfig
from backend.local.hosting.settings import HostingSettings
from tests.local.hosting.scripts import BUCKET, ROLE, Cloud, packed, workers
from tests.local.running import RunningService, running_service
from tests.support import eventually

ROOT = Path(__file__).parents[2]
MIB = 2**20
SETTINGS = HostingSettings(memory_bytes=300 * MIB, cores=2, startup_seconds=10.0)
GROUP = "/aws/sagemaker/TransformJobs"

LINES = """
import json, os, time

class Unprocessable(Exception):
    status_code = 422

def model_fn(model_dir):
    return {"requests": 0}

def input_fn(body, content_type):
    return [json.loads(line) for line in body.splitlines()]

def predict_fn(records, model):
    model["requests"] += 1
    return [one(record, model["requests"]) for record in records]

def one(record, request):
    if "refuse" in record:
        raise Unprocessable(record["refuse"])
    if "once" in record and not os.path.exists(record["once"]):
        open(record["once"], "w").close()
        os._exit(1)
    if "wait" in record:
        while not os.path.exists(record["wait"]):
            time.sleep(0.02)
    return {"n": record.get("n"), "request": request, "batch": os.environ["SAGEMAKER_BATCH"]}

def output_fn(prediction, accept):
    return "\\n".join(json.dumps(item) for item in prediction)
"""

UPPER = """
def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return f"{content_type} {body}"

def predict_fn(text, model):
    return text.upper()

def output_fn(prediction, accept):
    return f"<{prediction}|{accept}>"
"""


class Transforming(Cloud):
    """Models and jobs over files in a bucket."""

    def model(self, name: str, script: str) -> None:
        uri = self.upload(f"models/{name}.tar.gz", packed({"code/inference.py": script}))
        self.sagemaker.create_model(
            ModelName=name,
            PrimaryContainer={"Image": "any/image:1", "ModelDataUrl": uri},
            ExecutionRoleArn=ROLE,
        )

    def begin(self, name: str, model: str = "lines", **more: Any) -> None:
        """A job over ``<name>/in`` to ``<name>/out``, line by line unless ``more`` says else."""
        source = {
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": more.pop("data_type", "S3Prefix"),
                    "S3Uri": more.pop("uri", f"s3://{BUCKET}/{name}/in/"),
                }
            },
            "ContentType": "application/jsonlines",
            "SplitType": "Line",
            **more.pop("source", {}),
        }
        target = {"S3OutputPath": f"s3://{BUCKET}/{name}/out", "AssembleWith": "Line"}
        self.sagemaker.create_transform_job(
            TransformJobName=name,
            ModelName=model,
            TransformInput=source,
            TransformOutput=target | more.pop("target", {}),
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **more,
        )

    def ended(self, name: str) -> dict[str, Any]:
        """The job's description, once it has ended."""

        def probe() -> dict[str, Any] | None:
            found: dict[str, Any] = self.sagemaker.describe_transform_job(TransformJobName=name)
            return None if found["TransformJobStatus"] in ("InProgress", "Stopping") else found

        found = eventually(probe, timeout=60)
        assert found is not None
        return found

    def completed(self, name: str, model: str = "lines", **more: Any) -> dict[str, bytes]:
        """The results of a job that completes, by their keys below its output path."""
        self.begin(name, model, **more)
        found = self.ended(name)
        assert found["TransformJobStatus"] == "Completed", found.get("FailureReason")
        return self.results(name)

    def results(self, name: str) -> dict[str, bytes]:
        prefix = f"{name}/out/"
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return {
            item["Key"].removeprefix(prefix): self.s3.get_object(Bucket=BUCKET, Key=item["Key"])[
                "Body"
            ].read()
            for item in found
        }

    def job_log(self, name: str) -> list[str]:
        found = self.logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix=f"{name}/")
        return [event["message"] for event in found["events"]]


def lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def numbers(output: bytes) -> list[int]:
    return [json.loads(line)["n"] for line in output.splitlines()]


def refusal(call: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error: dict[str, str] = caught.value.response["Error"]
    return error


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    home = tmp_path_factory.mktemp("transform") / "home"
    with running_service(home, settings=SETTINGS) as running:
        yield running
    assert workers() == []


@pytest.fixture(scope="module")
def cloud(service: RunningService) -> Transforming:
    cloud = Transforming(service)
    cloud.model("lines", LINES)
    cloud.model("upper", UPPER)
    return cloud


def test_a_job_answers_every_line_of_every_file_in_order(cloud: Transforming) -> None:
    cloud.upload("order/in/a.jsonl", lines(*({"n": n} for n in range(300))))
    cloud.upload("order/in/deep/b.jsonl", b'{"n": 1}\r\n\n{"n": 2}')
    cloud.upload("order/in/empty.jsonl", b"")
    results = cloud.completed("order", MaxConcurrentTransforms=2, Tags=[{"Key": "k", "Value": "v"}])
    assert set(results) == {"a.jsonl.out", "deep/b.jsonl.out", "empty.jsonl.out"}
    assert numbers(results["a.jsonl.out"]) == list(range(300))
    assert numbers(results["deep/b.jsonl.out"]) == [1, 2]
    assert results["empty.jsonl.out"] == b""
    assert json.loads(results["deep/b.jsonl.out"].splitlines()[0])["batch"] == "true"

    found = cloud.sagemaker.describe_transform_job(TransformJobName="order")
    arn = "arn:aws:sagemaker:us-east-1:000000000000:transform-job/order"
    assert found["TransformJobArn"] == arn
    assert found["TransformInput"]["CompressionType"] == "None"
    assert found["CreationTime"] <= found["TransformStartTime"] <= found["TransformEndTime"]
    assert cloud.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    (listed,) = cloud.sagemaker.list_transform_jobs(NameContains="order")["TransformJobSummaries"]
    assert (listed["TransformJobStatus"], listed["TransformJobArn"]) == ("Completed", arn)
    assert any("300 lines transformed" in line for line in cloud.job_log("order"))


def test_a_single_record_is_a_request_of_its_own(cloud: Transforming) -> None:
    cloud.upload("single/in/a.jsonl", lines({"n": 1}, {"n": 2}, {"n": 3}))
    results = cloud.completed("single", BatchStrategy="SingleRecord")
    requests = [json.loads(line)["request"] for line in results["a.jsonl.out"].splitlines()]
    assert requests == [1, 2, 3]


def test_a_request_holds_as_many_records_as_its_payload_allows(cloud: Transforming) -> None:
    big = "x" * (400 * 1024)
    cloud.upload("payload/in/a.jsonl", lines(*({"n": n, "text": big} for n in range(5))))
    results = cloud.completed("payload", MaxPayloadInMB=1)
    requests = [json.loads(line)["request"] for line in results["a.jsonl.out"].splitlines()]
    assert requests == [1, 1, 2, 2, 3]


def test_whole_files_are_sent_with_their_content_type(cloud: Transforming) -> None:
    cloud.upload("whole/in/a.txt", b"one\ntwo")
    results = cloud.completed(
        "whole",
        "upper",
        source={"SplitType": "None", "ContentType": "text/plain"},
        target={"Accept": "text/plain", "AssembleWith": "None"},
    )
    assert results == {"a.txt.out": b"<TEXT/PLAIN ONE\nTWO|text/plain>"}


def test_a_manifest_lists_the_files(cloud: Transforming) -> None:
    cloud.upload("manifest/data/x/a.jsonl", lines({"n": 1}))
    cloud.upload("manifest/data/b.jsonl", lines({"n": 2}))
    cloud.upload("manifest/data/left-out.jsonl", lines({"n": 3}))
    content = [{"prefix": f"s3://{BUCKET}/manifest/data/"}, "x/a.jsonl", "b.jsonl"]
    uri = cloud.upload("manifest/list.json", json.dumps(content).encode())
    results = cloud.completed("manifest", data_type="ManifestFile", uri=uri)
    assert set(results) == {"x/a.jsonl.out", "b.jsonl.out"}


def test_compressed_files_are_unpacked(cloud: Transforming) -> None:
    cloud.upload("gzip/in/a.jsonl.gz", gzip.compress(lines({"n": 1}, {"n": 2})))
    results = cloud.completed("gzip", source={"CompressionType": "Gzip"})
    assert numbers(results["a.jsonl.gz.out"]) == [1, 2]


def test_predictions_are_joined_with_their_records(cloud: Transforming) -> None:
    cloud.upload("join/in/a.jsonl", lines({"id": "p", "x": {"n": 1}}, {"id": "q", "x": {"n": 2}}))
    processing = {
        "InputFilter": "$.x",
        "JoinSource": "Input",
        "OutputFilter": "$['id','SageMakerOutput']",
    }
    results = cloud.completed("join", DataProcessing=processing)
    first, second = (json.loads(line) for line in results["a.jsonl.out"].splitlines())
    assert set(first) == {"id", "SageMakerOutput"}
    assert (first["id"], first["SageMakerOutput"]["n"]) == ("p", 1)
    assert (second["id"], second["SageMakerOutput"]["n"]) == ("q", 2)


def test_files_on_this_machine_are_read_and_written(cloud: Transforming, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(lines({"n": 1}))
    target = {"S3OutputPath": (tmp_path / "out").as_uri()}
    cloud.completed("on-disk", uri=(tmp_path / "in").as_uri(), target=target)
    assert numbers((tmp_path / "out" / "a.jsonl.out").read_bytes()) == [1]


def test_a_refused_record_fails_its_file_and_the_job_but_no_other_file(
    cloud: Transforming,
) -> None:
    bad = lines({"n": 1}, {"n": 2}, {"refuse": "the text is empty"}, {"n": 4})
    cloud.upload("refused/in/a.jsonl", bad)
    cloud.upload("refused/in/b.jsonl", lines({"n": 5}))
    cloud.begin("refused")
    found = cloud.ended("refused")
    assert found["TransformJobStatus"] == "Failed"
    assert found["FailureReason"] == (
        "ClientError: line 3 of s3://models/refused/in/a.jsonl: Bad HTTP status received from "
        "algorithm: 422: the text is empty. See job logs for more information"
    )
    assert set(cloud.results("refused")) == {"b.jsonl.out"}
    assert any("line 3 of s3://models/refused/in/a.jsonl" in m for m in cloud.job_log("refused"))


def test_a_model_that_does_not_start_fails_the_job(cloud: Transforming) -> None:
    cloud.model("broken", "def model_fn(model_dir):\n    raise ValueError('no weights')\n")
    cloud.upload("broken/in/a.jsonl", lines({"n": 1}))
    cloud.begin("broken", "broken")
    reason = cloud.ended("broken")["FailureReason"]
    assert reason.startswith("AlgorithmError: ")
    assert "ValueError: no weights" in reason


def test_a_worker_that_dies_is_replaced_and_its_records_are_sent_again(
    cloud: Transforming, tmp_path: Path
) -> None:
    cloud.upload("dying/in/a.jsonl", lines({"n": 1, "once": str(tmp_path / "flag")}, {"n": 2}))
    assert numbers(cloud.completed("dying")["a.jsonl.out"]) == [1, 2]


def test_what_cannot_work_is_refused_at_once(cloud: Transforming) -> None:
    cloud.upload("no/in/a.jsonl", lines({"n": 1}))
    calls: dict[str, dict[str, Any]] = {
        "No S3 objects found under S3 URL": {"uri": f"s3://{BUCKET}/nothing/"},
        "Could not find model": {"model": "unknown"},
        "SplitType RecordIO": {"source": {"SplitType": "RecordIO"}},
        "needs a SplitType": {"source": {"SplitType": "None"}, "BatchStrategy": "MultiRecord"},
        "MaxPayloadInMB cannot be greater": {"MaxPayloadInMB": 101},
        "cannot exceed 100 MB": {"MaxPayloadInMB": 60, "MaxConcurrentTransforms": 2},
        "is not supported": {"DataProcessing": {"InputFilter": "$..deep"}},
        "not text/csv": {
            "source": {"ContentType": "text/csv"},
            "DataProcessing": {"InputFilter": "$[1:]"},
        },
    }
    for sentence, arguments in calls.items():
        error = refusal(lambda given=arguments: cloud.begin("no", **given))
        assert error["Code"] == "ValidationException"
        assert sentence in error["Message"]


def test_names_are_taken_once_and_unknown_ones_are_not_found(cloud: Transforming) -> None:
    cloud.upload("taken/in/a.jsonl", b"")
    cloud.completed("taken")
    assert refusal(lambda: cloud.begin("taken"))["Code"] == "ResourceInUse"
    for call in (cloud.sagemaker.describe_transform_job, cloud.sagemaker.stop_transform_job):
        error = refusal(lambda call=call: call(TransformJobName="unknown"))
        assert error["Code"] == "ValidationException"
        assert "Could not find requested job with name: unknown" in error["Message"]


def test_a_job_is_stopped_and_stopping_again_changes_nothing(
    cloud: Transforming, tmp_path: Path
) -> None:
    cloud.upload("stopped/in/a.jsonl", lines({"n": 1}, {"wait": str(tmp_path / "never")}))
    cloud.begin("stopped")
    eventually(workers)
    cloud.sagemaker.stop_transform_job(TransformJobName="stopped")
    cloud.sagemaker.stop_transform_job(TransformJobName="stopped")
    found = cloud.ended("stopped")
    assert found["TransformJobStatus"] == "Stopped"
    assert "FailureReason" not in found
    assert cloud.results("stopped") == {}
    cloud.sagemaker.stop_transform_job(TransformJobName="stopped")
    assert cloud.ended("stopped")["TransformEndTime"] == found["TransformEndTime"]
    eventually(lambda: not workers())


@contextmanager
def killed_at_the_end(home: Path) -> Iterator[RunningService]:
    """The service as a process of its own, which ends by force."""
    config = ServiceConfig.load(home)
    command = [sys.executable, "-m", "backend.local", "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: connects(config.port))
            yield RunningService(config)
            children = workers(process.pid)
        finally:
            process.kill()
    eventually(lambda: not any(child.is_running() for child in children))


def connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_job_survives_the_death_of_its_worker_and_of_the_service(tmp_path: Path) -> None:
    """What was answered before is not asked again: a new worker counts its requests anew."""
    home, gate = tmp_path / "home", tmp_path / "gate"
    progress = home / "transforms" / "jobs" / "first" / "progress.json"

    def in_second_file() -> bool:
        at = json.loads(progress.read_bytes()) if progress.exists() else {}
        return (at.get("file"), at.get("line")) == (1, 1)

    with killed_at_the_end(home) as running:
        cloud = Transforming(running)
        cloud.model("lines", LINES)
        cloud.upload("first/in/a.jsonl", lines({"n": 1}, {"n": 2}, {"n": 3}))
        records: list[dict[str, Any]] = [{"n": 4}, {"n": 5, "wait": str(gate)}, {"n": 6}]
        cloud.upload("first/in/b.jsonl", lines(*records))
        cloud.begin("first", BatchStrategy="SingleRecord")
        eventually(in_second_file)
        (worker,) = workers(process_of(home))
        os.kill(worker.pid, signal.SIGKILL)
        eventually(lambda: worker not in workers(process_of(home)) and workers(process_of(home)))
        cloud.s3.delete_object(Bucket=BUCKET, Key="first/in/a.jsonl")  # it is done with
    with running_service(home, settings=SETTINGS) as running:
        cloud = Transforming(running)
        gate.touch()
        assert cloud.ended("first")["TransformJobStatus"] == "Completed"
        results = cloud.results("first")
    assert numbers(results["a.jsonl.out"]) == [1, 2, 3]
    after = [json.loads(line) for line in results["b.jsonl.out"].splitlines()]
    assert [(item["n"], item["request"]) for item in after] == [(4, 4), (5, 1), (6, 2)]
    assert not progress.parent.exists()


def process_of(home: Path) -> int:
    return int(json.loads((home / "service.pid").read_text())["pid"])
