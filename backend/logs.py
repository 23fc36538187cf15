"""Lines of CloudWatch Logs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class LogLine:
    """One line of a log."""

    time: datetime
    message: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> "LogLine":
        """An event of GetLogEvents or FilterLogEvents."""
        return cls(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), event["message"])
