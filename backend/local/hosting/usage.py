"""How much an endpoint is used: since it was made, and minute by minute in the last hours."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MINUTES_KEPT = 6 * 60
_MINUTE = 60


@dataclass(frozen=True)
class Spread:
    """The sum and the extremes of times, in seconds."""

    sum: float = 0.0
    least: float = float("inf")
    most: float = 0.0

    def with_one(self, seconds: float) -> "Spread":
        """The spread with a further value."""
        return self.with_all(Spread(seconds, seconds, seconds))

    def with_all(self, other: "Spread") -> "Spread":
        """The spread of the values of both."""
        least, most = min(self.least, other.least), max(self.most, other.most)
        return Spread(self.sum + other.sum, least, most)


@dataclass(frozen=True)
class Minute:
    """A minute's invocations, those of them that failed by whose fault, and how long they took.

    ``model`` is the model's own time, ``overhead`` what was needed besides, waiting included.
    """

    invocations: int = 0
    client_errors: int = 0
    server_errors: int = 0
    model: Spread = Spread()
    overhead: Spread = Spread()

    def with_all(self, other: "Minute") -> "Minute":
        """Both together."""
        return Minute(
            self.invocations + other.invocations,
            self.client_errors + other.client_errors,
            self.server_errors + other.server_errors,
            self.model.with_all(other.model),
            self.overhead.with_all(other.overhead),
        )

    @classmethod
    def load(cls, record: Mapping[str, Any]) -> "Minute":
        """The minute that ``asdict`` made a record of."""
        spreads = {name: Spread(**record[name]) for name in ("model", "overhead")}
        return cls(**{**record, **spreads})


@dataclass(frozen=True)
class Invocation:
    """One request: seconds from its arrival to its answer, of which the model took ``model``.

    ``status`` is the model's, 500 where there was no answer.
    """

    variant: str
    status: int
    seconds: float
    model: float

    @property
    def failed(self) -> bool:
        """Whether the caller got an error."""
        return self.status >= 400

    def minute(self) -> Minute:
        """A minute with nothing else in it."""
        server = self.status >= 500
        return Minute(
            1,
            int(self.failed and not server),
            int(server),
            Spread().with_one(self.model),
            Spread().with_one(max(0.0, self.seconds - self.model)),
        )


@dataclass
class Usage:
    """Counts since the endpoint was made; seconds from a request's arrival to its answer.

    ``minutes`` holds by variant the last ``MINUTES_KEPT`` in which there were any invocations, each
    by the second since 1970 at which it began.
    """

    invocations: int = 0
    errors: int = 0
    seconds: float = 0.0
    slowest_seconds: float = 0.0
    minutes: dict[str, dict[int, Minute]] = field(default_factory=dict)

    @classmethod
    def load(cls, record: Mapping[str, Any]) -> "Usage":
        """The usage that ``dump`` wrote."""
        minutes = {
            variant: {int(began): Minute.load(minute) for began, minute in found.items()}
            for variant, found in record.get("minutes", {}).items()
        }
        return cls(**{**record, "minutes": minutes})

    def count(self, one: Invocation) -> None:
        """Add one invocation, which ended now."""
        self.invocations += 1
        self.errors += one.failed
        self.seconds += one.seconds
        self.slowest_seconds = max(self.slowest_seconds, one.seconds)
        began = int(time.time()) // _MINUTE * _MINUTE
        minutes = self.minutes.setdefault(one.variant, {})
        minutes[began] = minutes.get(began, Minute()).with_all(one.minute())
        while len(minutes) > MINUTES_KEPT:
            del minutes[min(minutes)]

    def dump(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return asdict(self)
