"""Lines of CloudWatch Logs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import NotFound


@dataclass(frozen=True)
class LogLine:
    """One line of a log."""

    time: datetime
    message: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> "LogLine":
        """An event of GetLogEvents or FilterLogEvents."""
        return cls(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), event["message"])


def endpoint_log(connections: Connections, endpoint: str, *, lines: int) -> tuple[LogLine, ...]:
    """The last ``lines`` lines of an endpoint's log, oldest first; empty where it has none."""
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    try:
        with translated():
            streams = connections.logs.describe_log_streams(
                logGroupName=group, orderBy="LastEventTime", descending=True, limit=3
            )["logStreams"]
            events = [
                event
                for stream in streams
                for event in connections.logs.get_log_events(
                    logGroupName=group,
                    logStreamName=stream["logStreamName"],
                    limit=lines,
                    startFromHead=False,
                )["events"]
            ]
    except NotFound:
        return ()
    events.sort(key=lambda event: int(event["timestamp"]))
    return tuple(LogLine.of(event) for event in events[-lines:])
