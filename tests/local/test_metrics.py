"""CloudWatch's metrics of endpoints."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backend.local.hosting.usage import MINUTES_KEPT, Invocation, Minute, Usage
from backend.local.metrics import Metrics
from tests.local.hosting.scripts import Cloud, echo
from tests.local.running import RunningService

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DIMENSIONS = [
    {"Name": "EndpointName", "Value": "used"},
    {"Name": "VariantName", "Value": "AllTraffic"},
]


def minute(*invocations: tuple[int, float, float]) -> Minute:
    """A minute of (status, seconds, seconds of the model)."""
    total = Minute()
    for status, seconds, model in invocations:
        total = total.with_all(Invocation("AllTraffic", status, seconds, model).minute())
    return total


USAGE = Usage(
    minutes={
        "AllTraffic": {
            int(START.timestamp()): minute((200, 0.5, 0.25), (400, 0.25, 0.125)),
            int(START.timestamp()) + 60: minute((500, 2.0, 1.0)),
            int(START.timestamp()) + 300: minute((200, 0.5, 0.5)),
        }
    }
)


async def statistics(metric: str, period: int, *names: str, **more: Any) -> list[dict[str, Any]]:
    request = {
        "Namespace": "AWS/SageMaker",
        "MetricName": metric,
        "Dimensions": DIMENSIONS,
        "StartTime": START,
        "EndTime": START + timedelta(minutes=5),
        "Period": period,
        "Statistics": list(names),
        **more,
    }
    operation = Metrics(lambda: {"used": USAGE}).operations["GetMetricStatistics"]
    points: list[dict[str, Any]] = (await operation(request))["Datapoints"]
    return points


@pytest.mark.anyio
async def test_minutes_are_added_up_to_periods() -> None:
    assert [p["Sum"] for p in await statistics("Invocations", 60, "Sum")] == [2, 1]
    (point,) = await statistics("Invocations", 300, "Sum", "SampleCount")
    assert (point["Sum"], point["SampleCount"], point["Timestamp"]) == (3, 3, START)
    later = await statistics("Invocations", 300, "Sum", EndTime=START + timedelta(minutes=6))
    assert [p["Sum"] for p in later] == [3, 1]


@pytest.mark.anyio
async def test_errors_are_shares_and_latencies_are_microseconds() -> None:
    (client,) = await statistics("Invocation4XXErrors", 300, "Sum", "Average")
    assert (client["Sum"], client["Average"]) == (1, pytest.approx(1 / 3))
    (server,) = await statistics("Invocation5XXErrors", 300, "Sum")
    assert server["Sum"] == 1
    (model,) = await statistics("ModelLatency", 300, "Average", "Minimum", "Maximum")
    assert (model["Minimum"], model["Maximum"], model["Unit"]) == (125e3, 1e6, "Microseconds")
    assert model["Average"] == pytest.approx(1.375e6 / 3)
    (overhead,) = await statistics("OverheadLatency", 300, "Sum")
    assert overhead["Sum"] == 1.375e6


@pytest.mark.anyio
async def test_other_metrics_dimensions_and_units_have_no_points() -> None:
    assert await statistics("Unknown", 60, "Sum") == []
    assert await statistics("Invocations", 60, "Sum", Namespace="AWS/EC2") == []
    assert await statistics("Invocations", 60, "Sum", Dimensions=DIMENSIONS[:1]) == []
    assert await statistics("ModelLatency", 60, "Sum", Unit="Count") == []


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_usage_keeps_a_bounded_number_of_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = Usage()
    for number in range(MINUTES_KEPT + 5):
        monkeypatch.setattr("time.time", lambda number=number: 60.0 * number)
        usage.count(Invocation("v", 200, 0.5, 0.25))
    assert len(usage.minutes["v"]) == MINUTES_KEPT
    assert min(usage.minutes["v"]) == 5 * 60
    assert Usage.load(usage.dump()) == usage


def test_an_endpoints_use_shows_in_cloudwatch(service: RunningService) -> None:
    cloud, cloudwatch = Cloud(service), service.client("cloudwatch")
    cloud.deploy("used", echo())
    cloud.invoke("used", 1)
    for refused in ({"refuse": "no"}, {"fail": 1}):
        with pytest.raises(ClientError):
            cloud.invoke("used", refused)
    names = {m["MetricName"] for m in cloudwatch.list_metrics(Dimensions=DIMENSIONS)["Metrics"]}
    assert "Invocation4XXErrors" in names
    now = datetime.now(UTC)
    queries = [
        {
            "Id": name.lower(),
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": name,
                    "Dimensions": DIMENSIONS,
                },
                "Period": 3600,
                "Stat": "Sum",
            },
        }
        for name in sorted(names)
    ]
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
    )
    sums = {result["Id"]: sum(result["Values"]) for result in answer["MetricDataResults"]}
    assert sums["invocations"] == 3
    assert sums["invocation4xxerrors"] == sums["invocation5xxerrors"] == 1
    assert sums["modellatency"] > 0
    queries[0]["MetricStat"]["Stat"] = "p90"
    with pytest.raises(ClientError, match="keeps no p90"):
        cloudwatch.get_metric_data(
            MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now
        )
