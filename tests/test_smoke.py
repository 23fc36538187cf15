"""The trial run on a real account: bounded, and nothing is left behind."""

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from backend.client import Client
from backend.errors import InputError, NotFound, RequestRefused
from backend.smoke import Smoke


def cloud_of(**jobs: Any) -> Mock:
    """A client whose training job has failed, with nothing else there."""
    client = Mock()
    client.cloud = SimpleNamespace(
        title="AWS",
        bucket="mine",
        training_instance_type="ml.g4dn.xlarge",
        instance_type="ml.m5.large",
    )
    client.costs.hourly.side_effect = {"ml.g4dn.xlarge": 0.9, "ml.m5.large": 0.1}.get
    failed = SimpleNamespace(finished=True, status="Failed", failure_reason="No capacity.")
    client.jobs.training_job.return_value = failed
    client.endpoint.side_effect = NotFound
    client.connections.sagemaker.delete_model.side_effect = jobs.get("model", NotFound)
    client.datasets.add.return_value = SimpleNamespace(
        id="d/v1",
        sha256="0" * 64,
        splits={name: SimpleNamespace(uri="s3://b/", count=8) for name in ("train", "validation")},
    )
    return client


def run(client: Mock) -> list[str]:
    said: list[str] = []
    with pytest.raises(InputError, match="No capacity"):
        Smoke(cast(Client, client), said.append, name="smoke-1", poll=0).run()
    return said


def test_what_was_made_is_deleted_whatever_happens() -> None:
    client = cloud_of()
    said = run(client)
    client.jobs.delete.assert_called_once()
    client.datasets.remove.assert_called_once_with("smoke-1")
    client.deploy.assert_not_called()
    assert said[-1] == "all of it is gone"


def test_what_cannot_be_deleted_is_named() -> None:
    client = cloud_of(model=RequestRefused("no"))
    assert run(client)[-1] == "NOT DELETED, do it in AWS's console: model smoke-1"
    client.datasets.remove.assert_called_once_with("smoke-1")


def test_the_price_is_said_before() -> None:
    said: list[str] = []
    client = cloud_of()
    Smoke(cast(Client, client), said.append, name="smoke-1").explain()
    assert said[-1] == "Cost at most: 0.38 US dollars"
    client.jobs.fine_tune.assert_not_called()


def test_a_job_is_stopped_by_the_service_in_time() -> None:
    client = cloud_of()
    run(client)
    (request,) = client.jobs.fine_tune.call_args.args
    assert request.max_seconds == 1200
