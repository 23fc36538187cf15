"""The operations of CloudWatch that read metrics: how much endpoints are used.

Names, units and dimensions are those of "Amazon SageMaker AI endpoint invocation metrics" in AWS's
documentation. Values are kept by the minute for some hours; there are no percentiles.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.local.hosting.usage import Minute, Spread, Usage
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

Members = dict[str, Any]
NAMESPACE = "AWS/SageMaker"
_MINUTE = 60
_MOST_POINTS = 1440
_PAGE = 500
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Statistics:
    """CloudWatch's statistics of a period."""

    count: float
    sum: float
    least: float
    most: float

    def value(self, name: str) -> float:
        """The statistic of that name ("Average")."""
        values = {
            "SampleCount": self.count,
            "Sum": self.sum,
            "Average": self.sum / self.count,
            "Minimum": self.least,
            "Maximum": self.most,
        }
        return float(values[name])


STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def _ones(minute: Minute, number: int) -> Statistics:
    """Each invocation is a sample, 1 for ``number`` of them and 0 for the others."""
    least, most = float(number == minute.invocations), float(number > 0)
    return Statistics(minute.invocations, number, least, most)


def _times(minute: Minute, spread: Spread) -> Statistics:
    values = (spread.sum, spread.least, spread.most)
    return Statistics(minute.invocations, *(round(value * _MICROSECONDS) for value in values))


@dataclass(frozen=True)
class _Metric:
    unit: str
    of: Callable[[Minute], Statistics]


_METRICS: Mapping[str, _Metric] = {
    "Invocations": _Metric("None", lambda m: _ones(m, m.invocations)),
    "Invocation4XXErrors": _Metric("None", lambda m: _ones(m, m.client_errors)),
    "Invocation5XXErrors": _Metric("None", lambda m: _ones(m, m.server_errors)),
    "ModelLatency": _Metric("Microseconds", lambda m: _times(m, m.model)),
    "OverheadLatency": _Metric("Microseconds", lambda m: _times(m, m.overhead)),
}


class Metrics:
    """ListMetrics, GetMetricStatistics, GetMetricData over what ``usage`` gives by endpoint."""

    def __init__(self, usage: Callable[[], Mapping[str, Usage]]) -> None:
        self._usage = usage

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "ListMetrics": self._list,
            "GetMetricStatistics": self._statistics,
            "GetMetricData": self._data,
        }

    async def _list(self, request: Members) -> Members:
        found = [metric for metric in self._all() if _matches(metric, request)]
        start = _place(request.get("NextToken"))
        end = start + _PAGE
        return {
            "Metrics": found[start:end],
            "NextToken": str(end) if end < len(found) else None,
        }

    async def _statistics(self, request: Members) -> Members:
        if "ExtendedStatistics" in request:
            raise _no_percentiles(request["ExtendedStatistics"][0])
        wanted = request.get("Statistics")
        if not wanted:
            raise AwsError(
                "MissingParameter",
                "The parameter Statistics or the parameter ExtendedStatistics is required.",
            )
        for name in wanted:
            _check_statistic(name)
        points = self._points(request, request)
        if len(points) > _MOST_POINTS:
            raise AwsError(
                "InvalidParameterCombination",
                f"You have requested up to {len(points)} datapoints, which exceeds the limit of "
                f"{_MOST_POINTS}. You may reduce the datapoints requested by increasing Period.",
            )
        metric = _METRICS.get(request["MetricName"])
        return {
            "Label": request["MetricName"],
            "Datapoints": [
                {
                    "Timestamp": moment,
                    "Unit": metric.unit if metric else None,
                    **{name: found.value(name) for name in wanted},
                }
                for moment, found in points
            ],
        }

    async def _data(self, request: Members) -> Members:
        if request.get("NextToken"):  # all that there is fits on one page
            raise AwsError("InvalidNextToken", "The specified NextToken is not valid.")
        results = [
            self._result(query, request)
            for query in request["MetricDataQueries"]
            if query.get("ReturnData", True)
        ]
        return {"MetricDataResults": results, "Messages": []}

    def _result(self, query: Members, request: Members) -> Members:
        asked = query.get("MetricStat")
        if asked is None:
            raise _invalid(
                f"Metric math is not supported by the local service: ask for {query['Id']} by "
                "MetricStat."
            )
        _check_statistic(asked["Stat"])
        metric = asked["Metric"]
        points = self._points(
            {**metric, "Period": asked["Period"], "Unit": asked.get("Unit")}, request
        )
        if request.get("ScanBy") != "TimestampAscending":
            points = points[::-1]
        return {
            "Id": query["Id"],
            "Label": query.get("Label") or metric.get("MetricName"),
            "Timestamps": [moment for moment, _ in points],
            "Values": [found.value(asked["Stat"]) for _, found in points],
            "StatusCode": "Complete",
        }

    def _all(self) -> Iterator[Members]:
        for endpoint, usage in sorted(self._usage().items()):
            for variant in sorted(usage.minutes):
                dimensions = [
                    {"Name": "EndpointName", "Value": endpoint},
                    {"Name": "VariantName", "Value": variant},
                ]
                for name in _METRICS:
                    yield {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions}

    def _points(
        self, metric: Mapping[str, Any], times: Mapping[str, Any]
    ) -> list[tuple[datetime, Statistics]]:
        """The statistics of each period with invocations, oldest first.

        As with CloudWatch the dimensions must be exactly those of the metric, and a period counts
        by its beginning, which is a multiple of its length.
        """
        start, end, period = _span(metric, times)
        known = _METRICS.get(metric.get("MetricName", ""))
        if known is None or metric.get("Namespace") != NAMESPACE:
            return []
        if metric.get("Unit") not in (None, known.unit):
            return []
        periods: dict[int, Minute] = {}
        for began, minute in self._minutes(metric.get("Dimensions", [])).items():
            if start <= began < end:
                at = began // period * period
                periods[at] = periods.get(at, Minute()).with_all(minute)
        return [
            (datetime.fromtimestamp(at, UTC), known.of(minute))
            for at, minute in sorted(periods.items())
        ]

    def _minutes(self, dimensions: Sequence[Mapping[str, str]]) -> Mapping[int, Minute]:
        given = {item["Name"]: item["Value"] for item in dimensions}
        usage = self._usage().get(given.get("EndpointName", ""))
        if usage is None or set(given) != {"EndpointName", "VariantName"}:
            return {}
        return usage.minutes.get(given["VariantName"], {})


def _span(metric: Mapping[str, Any], times: Mapping[str, Any]) -> tuple[int, float, int]:
    """Start, end and period in seconds."""
    period = metric["Period"]
    if period > _MINUTE and period % _MINUTE:
        raise _invalid("The parameter Period must be a multiple of 60.")
    if times["StartTime"] >= times["EndTime"]:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    start = math.floor(times["StartTime"].timestamp() / _MINUTE) * _MINUTE
    return start, times["EndTime"].timestamp(), max(_MINUTE, period)


def _matches(metric: Members, request: Members) -> bool:
    has = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
    return all(
        request.get(key, metric[key]) == metric[key] for key in ("Namespace", "MetricName")
    ) and all(
        item["Name"] in has and item.get("Value", has[item["Name"]]) == has[item["Name"]]
        for item in request.get("Dimensions", [])
    )


def _place(token: str | None) -> int:
    if token is not None and not token.isdecimal():
        raise _invalid("The specified NextToken is not valid.")
    return int(token or 0)


def _check_statistic(name: str) -> None:
    if name not in STATISTICS:
        raise _no_percentiles(name)


def _no_percentiles(name: str) -> AwsError:
    return _invalid(f"The local service keeps no {name}: ask for one of {', '.join(STATISTICS)}.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)
