"""How endpoints are hosted on this machine: limits that AWS sets by instance type and quota."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

from backend.local.config import ConfigError
from backend.local.hosting.archive import Limits

_MIB = 1024 * 1024
_MOST_MEMORY_MB = 4096


@dataclass(frozen=True)
class HostingSettings:
    """Limits of an instance; seconds unless the name says otherwise.

    ``invocation_seconds`` is AWS's limit of real-time inference. A request waits for a free
    instance a little longer than that, so that the one behind a request that hangs is served.
    ``pause_seconds`` pass before a worker that keeps dying is started again, twice as many each
    time.
    """

    memory_bytes: int
    cores: int
    invocation_seconds: float = 60.0
    startup_seconds: float = 300.0
    patience_seconds: float = 30.0
    pause_seconds: float = 0.5
    waiting_requests: int = 200
    concurrent_starts: int = 2
    archive: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "HostingSettings":
        """The defaults, changed by DOCINSIGHTS_WORKER_MEMORY_MB, DOCINSIGHTS_INVOCATION_TIMEOUT
        and DOCINSIGHTS_STARTUP_TIMEOUT. Raises ConfigError where one is no positive number."""
        half = psutil.virtual_memory().total // 2 // _MIB
        memory = _number(environment, "DOCINSIGHTS_WORKER_MEMORY_MB", min(_MOST_MEMORY_MB, half))
        return cls(
            memory_bytes=int(memory * _MIB),
            cores=_cores(),
            invocation_seconds=_number(environment, "DOCINSIGHTS_INVOCATION_TIMEOUT", 60),
            startup_seconds=_number(environment, "DOCINSIGHTS_STARTUP_TIMEOUT", 300),
        )

    @property
    def queue_seconds(self) -> float:
        """How long a request may wait for a free instance."""
        return self.invocation_seconds + self.patience_seconds


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ConfigError(f"{name} is {text!r}: set it to a number above 0, or leave it out.")
    return value
