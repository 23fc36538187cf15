"""Requests, errors and latency as CloudWatch counts them."""

from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from backend.client import Client
from backend.endpoints.usage import Usage
from backend.errors import NotPermitted
from backend.settings import Settings
from tests.fake_service import write_service_file


@pytest.fixture
def client(tmp_path: Path) -> Client:
    write_service_file(tmp_path, 9)
    return Client(Settings(home=tmp_path))


def counted(values: dict[str, list[float]]) -> dict[str, Any]:
    return {"MetricDataResults": [{"Id": name, "Values": v} for name, v in values.items()]}


def test_all_hours_of_all_metrics_are_added_up(client: Client) -> None:
    values = {
        "q0_0": [4.0, 6.0],
        "q0_1": [1.0],
        "q0_2": [2.0],
        "q0_3": [1_500_000.0, 500_000.0],
        "q0_4": [8.0],
        "q1_0": [],
    }
    asked = {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY}
    with Stubber(client.connections.cloudwatch) as stubber:
        stubber.add_response("get_metric_data", counted(values), asked)
        usage = client.usage(["one", "two"])
    assert usage == {"one": Usage(10, 3, 0.25), "two": Usage(0, 0, None)}


def test_a_refusal_is_one_of_ours(client: Client) -> None:
    with Stubber(client.connections.cloudwatch) as stubber:
        stubber.add_client_error("get_metric_data", "AccessDenied", http_status_code=403)
        with pytest.raises(NotPermitted):
            client.usage(["one"])
