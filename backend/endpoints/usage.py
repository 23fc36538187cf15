"""What CloudWatch counted at endpoints: SageMaker's own metrics of invocations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated

VARIANT: Final = "AllTraffic"
"""The production variant that this product deploys, and SageMaker's own tools as well."""
HOURS: Final = 24
_PERIOD: Final = 3600
_MOST_QUERIES: Final = 500
"""In one GetMetricData."""
_COUNTED: Final = (
    ("Invocations", "Sum"),
    ("Invocation4XXErrors", "Sum"),
    ("Invocation5XXErrors", "Sum"),
    ("ModelLatency", "Sum"),
    ("ModelLatency", "SampleCount"),
)


@dataclass(frozen=True)
class Usage:
    """The last 24 hours at one endpoint: requests, those of them that failed, and the mean time
    that the model took, in seconds (None where nothing was asked).
    """

    requests: int
    errors: int
    latency: float | None


def usage_of(
    connections: Connections, endpoints: Sequence[str], *, hours: int = HOURS
) -> Mapping[str, Usage]:
    """What was counted at ``endpoints`` in the last ``hours``; raises ``CloudError`` where that
    may not be asked.
    """
    queries = [
        _query(f"q{at}_{number}", name, metric, statistic)
        for at, name in enumerate(endpoints)
        for number, (metric, statistic) in enumerate(_COUNTED)
    ]
    found: dict[str, float] = {}
    for first in range(0, len(queries), _MOST_QUERIES):
        _add(connections, queries[first : first + _MOST_QUERIES], found, hours)
    return {
        name: _usage([found.get(f"q{at}_{number}", 0.0) for number in range(len(_COUNTED))])
        for at, name in enumerate(endpoints)
    }


def _add(
    connections: Connections, queries: list[dict[str, Any]], found: dict[str, float], hours: int
) -> None:
    """Ask ``queries`` and add the values of each, over all its periods, to ``found``."""
    now = datetime.now(UTC)
    # Periods begin at full hours: the one under way belongs to the last day as well.
    ends = now.replace(minute=0, second=0, microsecond=0) + timedelta(seconds=_PERIOD)
    with translated():
        pages = connections.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=ends - timedelta(hours=hours), EndTime=ends
        )
        for result in (result for page in pages for result in page["MetricDataResults"]):
            found[result["Id"]] = found.get(result["Id"], 0.0) + sum(result["Values"])


def _query(name: str, endpoint: str, metric: str, statistic: str) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint, "VariantName": VARIANT}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": _PERIOD,
            "Stat": statistic,
        },
    }


def _usage(counted: Sequence[float]) -> Usage:
    requests, refused, broken, microseconds, samples = counted
    return Usage(
        requests=round(requests),
        errors=round(refused + broken),
        latency=microseconds / samples / 1e6 if samples else None,
    )
