"""Endpoints over restarts of the service, and under more requests than they can bear."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from sqlalchemy import select

from backend.local.hosting.host import Host
from backend.local.hosting.records import Record
from backend.local.hosting.settings import HostingSettings
from backend.local.store import Endpoint, Store
from tests.local.hosting.scripts import Cloud, echo, workers
from tests.local.running import RunningService, running_service
from tests.support import eventually

SETTINGS = replace(
    HostingSettings.from_environment({}),
    invocation_seconds=20.0,
    startup_seconds=20.0,
    pause_seconds=0.05,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def running(home: Path, settings: HostingSettings = SETTINGS) -> Iterator[Cloud]:
    with running_service(home, settings=settings) as service:
        yield Cloud(service)
    assert workers() == []


def hanging_once(flag: Path, version: str) -> str:
    """A script whose first start never ends, and whose second one does."""
    return (
        "import pathlib, time\n"
        f"flag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n"
        "    flag.touch()\n"
        "    time.sleep(600)\n" + echo(version)
    )


def missing(cloud: Cloud, name: str) -> bool:
    try:
        cloud.sagemaker.describe_endpoint(EndpointName=name)
    except ClientError:
        return True
    return False


def test_an_endpoint_that_was_creating_goes_on_after_a_restart(home: Path, tmp_path: Path) -> None:
    flag = tmp_path / "started"
    with running(home) as cloud:
        cloud.configure("creating", hanging_once(flag, "1"))
        cloud.sagemaker.create_endpoint(EndpointName="creating", EndpointConfigName="creating")
        eventually(flag.exists)
    with running(home) as cloud:
        assert cloud.settled("creating")["EndpointStatus"] == "InService"
        assert cloud.invoke("creating", 1)["version"] == "1"


def test_an_update_goes_on_after_a_restart_and_the_old_model_serves_meanwhile(
    home: Path, tmp_path: Path
) -> None:
    flag = tmp_path / "started"
    with running(home) as cloud:
        cloud.deploy("updating", echo("old"))
        cloud.configure("new", hanging_once(flag, "new"))
        cloud.sagemaker.update_endpoint(EndpointName="updating", EndpointConfigName="new")
        eventually(flag.exists)
        assert cloud.invoke("updating", 1)["version"] == "old"
    with running(home) as cloud:
        eventually(lambda: cloud.invoke("updating", 1)["version"] == "new")
        assert cloud.settled("updating")["EndpointConfigName"] == "new"


def test_a_deletion_is_finished_after_a_restart(home: Path) -> None:
    with running(home) as cloud:
        cloud.deploy("deleting", echo())
    store = Store(home / "service.db")

    def mark(session: Any) -> None:
        session.get(Endpoint, "deleting").status = "Deleting"

    store.transaction(mark)
    with running(home) as cloud:
        eventually(lambda: missing(cloud, "deleting"))
    assert list((home / "endpoints").iterdir()) == []


def test_a_failed_endpoint_stays_failed_and_cannot_be_updated(home: Path) -> None:
    with running(home) as cloud:
        assert cloud.deploy("failed", "1 / 0")["EndpointStatus"] == "Failed"
    with running(home) as cloud:
        assert cloud.settled("failed")["EndpointStatus"] == "Failed"
        with pytest.raises(ClientError, match="Cannot update endpoint"):
            cloud.sagemaker.update_endpoint(EndpointName="failed", EndpointConfigName="failed")
        cloud.sagemaker.delete_endpoint(EndpointName="failed")
        eventually(lambda: missing(cloud, "failed"))


def test_a_deployed_model_outlives_its_data_its_model_and_its_config(home: Path) -> None:
    with running(home) as cloud:
        cloud.deploy("lasting", echo("1"))
        cloud.upload("lasting/model.tar.gz", b"overwritten")
        cloud.sagemaker.delete_model(ModelName="lasting")
        cloud.sagemaker.delete_endpoint_config(EndpointConfigName="lasting")
    with running(home) as cloud:
        assert cloud.invoke("lasting", 1)["version"] == "1"


def test_an_endpoint_never_stays_half_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Host, _record: Record) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(Host, "_create", broken)
    with running(home) as cloud:
        reason = cloud.deploy("broken", echo())["FailureReason"]
    assert reason == "Request to service failed: boom"


def test_usage_is_counted_and_kept(home: Path) -> None:
    with running(home) as cloud:
        cloud.deploy("used", echo())
        cloud.invoke("used", 1)
        with pytest.raises(ClientError):
            cloud.invoke("used", {"fail": 1})
    with running(home) as cloud:
        cloud.invoke("used", 1)
    store = Store(home / "service.db")
    usage = store.transaction(lambda session: session.scalars(select(Endpoint.usage)).one())
    store.close()
    assert (usage["invocations"], usage["errors"]) == (3, 1)
    assert usage["seconds"] >= usage["slowest_seconds"] > 0


def test_more_requests_than_may_wait_are_turned_away(home: Path) -> None:
    with running(home, replace(SETTINGS, waiting_requests=1)) as cloud:
        cloud.deploy("busy", echo())
        results: list[str] = []

        def ask() -> None:
            try:
                results.append(cloud.invoke("busy", {"sleep": 1})["version"])
            except ClientError as error:
                results.append(error.response["Error"]["Code"])

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == ["1", "1", "ServiceUnavailable", "ServiceUnavailable"]


def test_two_instances_answer_at_the_same_time(home: Path) -> None:
    with running(home) as cloud:
        cloud.deploy("twins", echo(), InitialInstanceCount=2)
        pids: set[int] = set()
        threads = [
            threading.Thread(target=lambda: pids.add(cloud.invoke("twins", {"sleep": 0.5})["pid"]))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert pids == {worker.pid for worker in workers()}
        assert len(pids) == 2


def test_the_service_stops_in_time_while_a_request_is_under_way(home: Path, tmp_path: Path) -> None:
    with running(home) as cloud:
        cloud.deploy("slow", echo())
        failures: list[str] = []

        def ask() -> None:
            try:
                cloud.invoke("slow", {"touch": str(tmp_path / "busy"), "sleep": 600})
            except Exception as error:  # noqa: BLE001  however a stopped server shows itself
                failures.append(type(error).__name__)

        thread = threading.Thread(target=ask)
        thread.start()
        eventually((tmp_path / "busy").exists)
    thread.join(timeout=10)
    assert len(failures) == 1


def impatient(service: RunningService) -> Any:
    """A client of the runtime that hangs up after half a second."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=service.url,
        region_name=service.config.region,
        aws_access_key_id=service.config.access_key,
        aws_secret_access_key=service.config.secret_key,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=0.5),
    )


def test_a_request_whose_caller_has_gone_is_not_asked_of_the_model(
    home: Path, tmp_path: Path
) -> None:
    with running_service(home, settings=SETTINGS) as service:
        cloud = Cloud(service)
        cloud.deploy("left", echo())
        hasty = impatient(service)
        busy = {"touch": str(tmp_path / "busy"), "sleep": 2}
        first = threading.Thread(target=lambda: cloud.invoke("left", busy))
        first.start()
        eventually((tmp_path / "busy").exists)
        body = json.dumps({"once": str(tmp_path / "asked")})
        with pytest.raises(ReadTimeoutError):
            hasty.invoke_endpoint(EndpointName="left", Body=body, ContentType="application/json")
        assert cloud.invoke("left", 1)["version"] == "1"
        first.join()
    assert not (tmp_path / "asked").exists()
