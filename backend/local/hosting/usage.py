"""How much an endpoint is used."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Usage:
    """Counts since the endpoint was made; seconds from a request's arrival to its answer."""

    invocations: int = 0
    errors: int = 0
    seconds: float = 0.0
    slowest_seconds: float = 0.0

    def count(self, seconds: float, *, failed: bool) -> None:
        """Add one invocation."""
        self.invocations += 1
        self.errors += failed
        self.seconds += seconds
        self.slowest_seconds = max(self.slowest_seconds, seconds)

    def dump(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return asdict(self)
