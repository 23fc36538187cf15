"""Endpoints through boto3 and the AWS CLI: a model of four hooks, deployed, used and maltreated."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from backend.local.config import ServiceConfig
from backend.local.hosting.settings import HostingSettings
from tests.local.hosting.scripts import BUCKET, Cloud, echo, packed, workers
from tests.local.running import RunningService, running_service
from tests.support import eventually

MIB = 2**20
SETTINGS = HostingSettings(
    memory_bytes=300 * MIB,
    cores=2,
    invocation_seconds=2.0,
    startup_seconds=5.0,
    patience_seconds=20.0,
    pause_seconds=0.05,
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    home = tmp_path_factory.mktemp("hosting") / "home"
    with running_service(home, settings=SETTINGS) as running:
        yield running
    assert workers() == []


@pytest.fixture(scope="module")
def cloud(service: RunningService) -> Cloud:
    return Cloud(service)


@pytest.fixture(scope="module")
def endpoint(cloud: Cloud) -> str:
    """An endpoint that many tests share; it must survive them all."""
    assert cloud.deploy("shared", echo())["EndpointStatus"] == "InService"
    return "shared"


def refused(call: Any, **arguments: Any) -> dict[str, Any]:
    """The error that AWS answers ``call`` with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response: dict[str, Any] = caught.value.response
    return response


def model_error(cloud: Cloud, name: str, data: Any) -> dict[str, Any]:
    error = refused(lambda: cloud.invoke(name, data))
    assert error["Error"]["Code"] == "ModelError"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    return error


def test_an_endpoint_answers_and_describes_itself_as_on_aws(cloud: Cloud, endpoint: str) -> None:
    described = cloud.sagemaker.describe_endpoint(EndpointName=endpoint)
    (variant,) = described["ProductionVariants"]
    assert described["EndpointArn"] == "arn:aws:sagemaker:us-east-1:000000000000:endpoint/shared"
    assert described["EndpointConfigName"] == endpoint
    assert variant["CurrentInstanceCount"] == variant["DesiredInstanceCount"] == 1
    assert variant["DeployedImages"][0]["SpecifiedImage"] == "any/image:1"
    assert cloud.invoke(endpoint, {"text": "é🎈"})["data"] == {"text": "é🎈"}


def test_the_answer_carries_content_type_variant_and_custom_attributes(
    cloud: Cloud, endpoint: str
) -> None:
    response = cloud.runtime.invoke_endpoint(
        EndpointName=endpoint,
        Body=b"{}",
        ContentType="application/json",
        Accept="application/json",
        CustomAttributes="trace-1",
    )
    assert response["ContentType"] == "application/json"
    assert response["InvokedProductionVariant"] == "AllTraffic"
    assert response["CustomAttributes"] == "trace-1"


def test_what_the_model_prints_is_in_its_log(cloud: Cloud, endpoint: str) -> None:
    assert eventually(lambda: "loading True" in cloud.log(endpoint))
    (stream, *_) = cloud.logs.describe_log_streams(
        logGroupName=f"/aws/sagemaker/Endpoints/{endpoint}"
    )["logStreams"]
    assert stream["logStreamName"].startswith("AllTraffic/i-0")


def test_a_refusal_of_the_model_is_a_client_error_with_its_words(
    cloud: Cloud, endpoint: str
) -> None:
    error = model_error(cloud, endpoint, {"refuse": 'the "text" is empty'})
    assert error["OriginalStatusCode"] == 422
    assert error["OriginalMessage"] == 'the "text" is empty'
    assert error["LogStreamArn"].endswith("log-group:/aws/sagemaker/Endpoints/shared")
    assert error["Error"]["Message"].startswith(
        'Received client error (422) from primary with message "the "text" is empty". See https://'
    )


def test_a_failure_of_the_model_is_a_server_error_with_one_sentence(
    cloud: Cloud, endpoint: str
) -> None:
    error = model_error(cloud, endpoint, {"fail": 1})
    assert error["OriginalStatusCode"] == 500
    assert error["OriginalMessage"] == "KeyError: 'missing'"
    assert eventually(lambda: any("predict_fn" in line for line in cloud.log(endpoint)))


def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(
    cloud: Cloud, endpoint: str
) -> None:
    largest = 6_291_456
    body = b'{"count": "' + b"x" * (largest - 13) + b'"}'
    call = cloud.runtime.invoke_endpoint
    answer = call(EndpointName=endpoint, Body=body, ContentType="application/json")
    assert int(answer["Body"].read()) == largest - 13
    error = refused(call, EndpointName=endpoint, Body=body + b" ", ContentType="application/json")
    assert error["Error"]["Code"] == "ValidationError"
    assert "less than or equal to 6291456" in error["Error"]["Message"]


def test_an_answer_over_the_limit_is_a_model_error(cloud: Cloud, endpoint: str) -> None:
    error = model_error(cloud, endpoint, {"repeat": 6_291_456})
    assert "larger than 6291456 bytes" in error["OriginalMessage"]
    assert cloud.invoke(endpoint, {"still": "here"})["data"] == {"still": "here"}


def test_a_missing_endpoint_and_a_missing_variant_are_validation_errors(
    cloud: Cloud, endpoint: str
) -> None:
    error = refused(cloud.runtime.invoke_endpoint, EndpointName="nobody", Body=b"{}")["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == "Endpoint nobody of account 000000000000 not found."
    error = refused(
        cloud.runtime.invoke_endpoint, EndpointName=endpoint, Body=b"{}", TargetVariant="other"
    )["Error"]
    assert error["Code"] == "ValidationError"


def test_many_requests_at_once_are_all_answered(cloud: Cloud, endpoint: str) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(cloud.invoke(endpoint, n)["data"]))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(20))


def test_a_killed_worker_is_replaced_and_the_next_request_succeeds(
    cloud: Cloud, endpoint: str
) -> None:
    before = cloud.invoke(endpoint, 1)["pid"]
    os.kill(before, signal.SIGKILL)
    assert cloud.invoke(endpoint, 2)["pid"] != before
    assert cloud.settled(endpoint)["EndpointStatus"] == "InService"


def test_a_request_whose_worker_dies_is_asked_again_once(
    cloud: Cloud, endpoint: str, tmp_path: Path
) -> None:
    assert cloud.invoke(endpoint, {"once": str(tmp_path / "died")})["version"] == "1"
    error = model_error(cloud, endpoint, {"exit": 7})
    assert "exited with code 7" in error["OriginalMessage"]
    assert cloud.invoke(endpoint, 1)["data"] == 1


def test_a_worker_that_hangs_is_replaced(cloud: Cloud, endpoint: str) -> None:
    before = cloud.invoke(endpoint, 1)["pid"]
    error = model_error(cloud, endpoint, {"sleep": 600})
    assert error["OriginalStatusCode"] == 0
    assert "Your invocation timed out" in error["OriginalMessage"]
    assert cloud.invoke(endpoint, 2)["pid"] != before
    assert not psutil.pid_exists(before)


def test_a_worker_that_eats_memory_is_replaced(cloud: Cloud, endpoint: str) -> None:
    before = cloud.invoke(endpoint, 1)["pid"]
    error = model_error(cloud, endpoint, {"eat": 1})
    assert "more memory than the limit of 300 MB" in error["OriginalMessage"]
    assert cloud.invoke(endpoint, 2)["pid"] != before


FAILING = {
    "import": ("import nothing_like_it", "ModuleNotFoundError: No module named 'nothing_like_it'"),
    "syntax": ("def model_fn(:", "SyntaxError"),
    "raises": ("def model_fn(d): raise OSError('no weights')", "OSError: no weights"),
    "hookless": ("x = 1", "has no model_fn"),
    "exits": ("import os; os._exit(3)", "exited with code 3"),
    "quits": ("def model_fn(d): import sys; sys.exit('bye')", "exited with code 1: bye"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
    "hangs": ("import time; time.sleep(600)", "not ready within 5 seconds"),
    "eats": (
        "def model_fn(d):\n    x = []\n    while True: x.append(b'x' * 2**24)",
        "more memory than the limit of 300 MB",
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_model_that_does_not_start_fails_with_the_reason(cloud: Cloud, name: str) -> None:
    script, reason = FAILING[name]
    failed = cloud.deploy(f"failing-{name}", script)
    assert failed["EndpointStatus"] == "Failed"
    assert reason in failed["FailureReason"]
    assert "production variant AllTraffic" in failed["FailureReason"]
    error = refused(lambda: cloud.invoke(f"failing-{name}", 1))["Error"]
    assert error["Code"] == "ValidationError"
    assert "its status is Failed" in error["Message"]
    assert reason in error["Message"]
    cloud.sagemaker.delete_endpoint(EndpointName=f"failing-{name}")


def test_missing_and_broken_model_data_fail_with_the_reason(cloud: Cloud) -> None:
    cloud.upload("broken/model.tar.gz", b"not an archive")
    data = {
        "absent": (f"s3://{BUCKET}/absent.tar.gz", "Failed to download model data"),
        "nowhere": ("s3://no-such-bucket/x.tar.gz", "Failed to download model data"),
        "broken": (f"s3://{BUCKET}/broken/model.tar.gz", "not gzip-compressed"),
        "empty": (cloud.upload("e", packed({"weights": b"1"})), "has no code/inference.py"),
    }
    for name, (uri, reason) in data.items():
        cloud.sagemaker.create_model(ModelName=name, PrimaryContainer={"ModelDataUrl": uri})
        cloud.configure_variants(name, {"VariantName": "one", "ModelName": name})
        cloud.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        failed = cloud.settled(name)
        assert failed["EndpointStatus"] == "Failed"
        assert reason in failed["FailureReason"]


def test_a_model_that_keeps_dying_fails_after_five_times(cloud: Cloud) -> None:
    script = (
        "import os, threading\n"
        "def model_fn(d):\n"
        "    threading.Timer(0.3, os._exit, [5]).start()\n"
        "    return 1\n"
    )
    cloud.configure("dying", script)
    cloud.sagemaker.create_endpoint(EndpointName="dying", EndpointConfigName="dying")

    def failed() -> str | None:
        found = cloud.sagemaker.describe_endpoint(EndpointName="dying")
        return found["FailureReason"] if found["EndpointStatus"] == "Failed" else None

    reason = eventually(failed, timeout=60)
    assert reason is not None
    assert "ended 5 times in a row: it exited with code 5" in reason


@contextmanager
def invoking(cloud: Cloud, name: str) -> Iterator[list[Any]]:
    """Requests one after the other in another thread; the answers, or what went wrong."""
    answers: list[Any] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                answers.append(cloud.invoke(name, 1)["version"])
            except ClientError as error:
                answers.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()


def test_an_update_serves_the_old_model_until_the_new_one_is_ready(cloud: Cloud) -> None:
    cloud.deploy("updated", echo("old"))
    cloud.configure("updated-new", "import time; time.sleep(0.5)\n" + echo("new"))
    with invoking(cloud, "updated") as answers:
        eventually(lambda: "old" in answers)
        cloud.sagemaker.update_endpoint(
            EndpointName="updated",
            EndpointConfigName="updated-new",
            RetainAllVariantProperties=True,
        )
        during = cloud.sagemaker.describe_endpoint(EndpointName="updated")
        error = refused(cloud.sagemaker.delete_endpoint, EndpointName="updated")["Error"]
        eventually(lambda: "new" in answers)
    assert during["EndpointStatus"] == "Updating"
    assert during["EndpointConfigName"] == "updated"
    assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "updated-new"
    assert error["Message"].startswith('Cannot update in-progress endpoint "arn:aws:sagemaker:')
    assert set(answers) == {"old", "new"}
    assert answers == sorted(answers, reverse=True)
    after = cloud.settled("updated")
    assert after["EndpointConfigName"] == "updated-new"
    assert "PendingDeploymentSummary" not in after


def test_an_update_that_fails_rolls_back_and_says_why(cloud: Cloud) -> None:
    cloud.deploy("rolled", echo("old"))
    cloud.configure("rolled-bad", "raise RuntimeError('bad weights')")
    with invoking(cloud, "rolled") as answers:
        cloud.sagemaker.update_endpoint(EndpointName="rolled", EndpointConfigName="rolled-bad")
        after = cloud.settled("rolled")
        eventually(lambda: len(answers) > 3)
    assert after["EndpointStatus"] == "InService"
    assert after["EndpointConfigName"] == "rolled"
    assert "RuntimeError: bad weights" in after["FailureReason"]
    assert set(answers) == {"old"}


def test_several_variants_share_the_requests_by_weight(cloud: Cloud) -> None:
    cloud.configure("blue", echo("blue"))
    cloud.configure("green", echo("green"))
    cloud.configure_variants(
        "both",
        {"VariantName": "Blue", "ModelName": "blue", "InitialVariantWeight": 1},
        {"VariantName": "Green", "ModelName": "green", "InitialVariantWeight": 0},
    )
    cloud.sagemaker.create_endpoint(EndpointName="both", EndpointConfigName="both")
    assert cloud.settled("both")["EndpointStatus"] == "InService"
    assert {cloud.invoke("both", n)["version"] for n in range(5)} == {"blue"}
    assert cloud.invoke("both", 1, TargetVariant="Green")["version"] == "green"
    cloud.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="both",
        DesiredWeightsAndCapacities=[
            {"VariantName": "Blue", "DesiredWeight": 0},
            {"VariantName": "Green", "DesiredWeight": 3, "DesiredInstanceCount": 2},
        ],
    )
    green = cloud.settled("both")["ProductionVariants"][1]
    assert (green["CurrentInstanceCount"], green["CurrentWeight"]) == (2, 3)
    assert {cloud.invoke("both", n)["version"] for n in range(5)} == {"green"}


def test_deleting_waits_for_requests_and_leaves_nothing(
    cloud: Cloud, service: RunningService, tmp_path: Path
) -> None:
    folder = service.config.home / "endpoints"
    before = set(folder.iterdir())
    cloud.deploy("deleted", echo("deleted"))
    pid = cloud.invoke("deleted", 1)["pid"]
    answers: list[Any] = []
    busy = {"touch": str(tmp_path / "busy"), "sleep": 1}
    thread = threading.Thread(target=lambda: answers.append(cloud.invoke("deleted", busy)))
    thread.start()
    unpacked = set(folder.iterdir()) - before
    assert unpacked
    eventually((tmp_path / "busy").exists)
    cloud.sagemaker.delete_endpoint(EndpointName="deleted")
    thread.join()
    assert answers[0]["version"] == "deleted"
    eventually(lambda: gone(cloud, "deleted"))
    assert not psutil.pid_exists(pid)
    eventually(lambda: not unpacked & set(folder.iterdir()))
    error = refused(cloud.sagemaker.describe_endpoint, EndpointName="deleted")["Error"]
    arn = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/deleted"
    assert error["Message"] == f'Could not find endpoint "{arn}".'


def test_code_may_come_in_a_bundle_of_its_own(cloud: Cloud) -> None:
    code = cloud.upload("bundle/sourcedir.tar.gz", packed({"serve.py": echo("bundled")}))
    cloud.upload("plain/weights.bin", b"weights")
    cloud.sagemaker.create_model(
        ModelName="bundled",
        Containers=[
            {
                "ModelDataSource": {
                    "S3DataSource": {
                        "S3Uri": f"s3://{BUCKET}/plain/",
                        "S3DataType": "S3Prefix",
                        "CompressionType": "None",
                    }
                },
                "Environment": {
                    "SAGEMAKER_PROGRAM": "serve.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": code,
                },
            }
        ],
    )
    cloud.configure_variants("bundled", {"VariantName": "v", "ModelName": "bundled"})
    cloud.sagemaker.create_endpoint(EndpointName="bundled", EndpointConfigName="bundled")
    assert cloud.settled("bundled").get("FailureReason") is None
    assert cloud.invoke("bundled", 1)["version"] == "bundled"


def gone(cloud: Cloud, name: str) -> bool:
    with suppress(ClientError):
        cloud.sagemaker.describe_endpoint(EndpointName=name)
        return False
    return True


def aws(service: RunningService, *arguments: str) -> Any:
    """What the AWS CLI answers."""
    program = [str(Path(sys.executable).with_name("aws")), *arguments, "--output", "json"]
    done = subprocess.run(
        program, env=service.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


def test_the_aws_cli_uploads_creates_invokes_and_deletes(
    service: RunningService, cloud: Cloud, tmp_path: Path
) -> None:
    archive = tmp_path / "model.tar.gz"
    archive.write_bytes(packed({"inference.py": echo("cli")}))
    aws(service, "s3", "mb", "s3://cli-bucket")
    aws(service, "s3", "cp", str(archive), "s3://cli-bucket/model.tar.gz")
    container = "ModelDataUrl=s3://cli-bucket/model.tar.gz"
    aws(
        *(service, "sagemaker", "create-model", "--model-name", "cli"),
        *("--primary-container", container),
    )
    variants = "VariantName=v,ModelName=cli,InitialInstanceCount=1,InstanceType=ml.m5.large"
    aws(
        *(service, "sagemaker", "create-endpoint-config", "--endpoint-config-name", "cli"),
        *("--production-variants", variants),
    )
    aws(
        *(service, "sagemaker", "create-endpoint", "--endpoint-name", "cli"),
        *("--endpoint-config-name", "cli"),
    )
    cloud.settled("cli")  # the CLI looks every 30 seconds only
    aws(service, "sagemaker", "wait", "endpoint-in-service", "--endpoint-name", "cli")
    answer = tmp_path / "answer.json"
    aws(
        *(service, "sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "cli"),
        *("--content-type", "application/json", "--body", '{"text": "hello"}', str(answer)),
    )
    assert json.loads(answer.read_text())["data"] == {"text": "hello"}
    listed = aws(service, "sagemaker", "list-endpoints", "--name-contains", "cli")
    assert [item["EndpointName"] for item in listed["Endpoints"]] == ["cli"]
    aws(service, "sagemaker", "delete-endpoint", "--endpoint-name", "cli")
    eventually(lambda: gone(cloud, "cli"))
    aws(service, "sagemaker", "wait", "endpoint-deleted", "--endpoint-name", "cli")


@contextmanager
def process(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a process of its own, killed at the end."""
    log = (home.parent / "service.log").open("ab")
    started = subprocess.Popen(
        [sys.executable, "-m", "backend.local", "--home", str(home)], stdout=log, stderr=log
    )
    try:
        yield started
    finally:
        log.close()
        started.kill()
        started.wait()


def test_endpoints_come_back_after_the_service_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    cloud = Cloud(RunningService(ServiceConfig.load(home)))
    with process(home) as first:
        eventually(lambda: reachable(cloud))
        for number in range(5):
            cloud.deploy(f"back-{number}", echo(str(number)))
        old = workers(first.pid)
        assert len(old) == 5
        first.kill()
        first.wait()
        eventually(lambda: not any(alive(worker) for worker in old), timeout=10)
    with process(home) as second:
        eventually(lambda: reachable(cloud))
        answers = [cloud.invoke(f"back-{number}", 1) for number in range(5)]
        assert [answer["version"] for answer in answers] == ["0", "1", "2", "3", "4"]
        described = cloud.sagemaker.describe_endpoint(EndpointName="back-0")
        assert described["EndpointStatus"] == "InService"
        assert {answer["pid"] for answer in answers} == {w.pid for w in workers(second.pid)}
        second.send_signal(signal.SIGINT)
        second.wait(timeout=20)
        assert not any(psutil.pid_exists(answer["pid"]) for answer in answers)


def reachable(cloud: Cloud) -> bool:
    try:
        cloud.sagemaker.list_endpoints()
    except Exception:  # noqa: BLE001  not there yet, whichever way that shows
        return False
    return True


def alive(worker: psutil.Process) -> bool:
    try:
        return bool(worker.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
