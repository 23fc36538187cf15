"""How training jobs run on this machine: what AWS decides by instance type and quota."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from backend.local.config import ConfigError

_MIB = 1024 * 1024
_SHARE = 0.75  # of the machine's memory that a job may hold
_BYTES_PER_JOB = 1024**3  # a small encoder in training; more jobs than fit would be killed


@dataclass(frozen=True)
class TrainingSettings:
    """``slots`` jobs run at a time and share the ``cores``; the other numbers are seconds.

    ``stop_seconds`` pass between a stop request and the kill, as on AWS; ``pause_seconds`` where
    the service itself stops and resumes the job later. A runner whose heartbeat stands still for
    ``heartbeat_seconds`` is given up, and so is a script that has neither printed nor computed
    anything for ``idle_seconds``. ``retries`` is how often a job that was killed from outside
    is started again without having saved anything in between. ``memory_bytes`` is what a job may
    hold in memory, 0 for no limit.
    """

    cores: int
    slots: int
    poll_seconds: float = 0.25
    stop_seconds: float = 120.0
    pause_seconds: float = 5.0
    heartbeat_seconds: float = 60.0
    checkpoint_seconds: float = 10.0
    idle_seconds: float = 900.0
    retries: int = 3
    memory_bytes: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "TrainingSettings":
        """The defaults, changed by DOCINSIGHTS_PARALLEL_JOBS (jobs at a time),
        DOCINSIGHTS_STOP_SECONDS, DOCINSIGHTS_JOB_IDLE_SECONDS and DOCINSIGHTS_JOB_MEMORY_MB (by
        default three quarters of the machine's memory, so that the service and the app keep the
        rest). Raises ConfigError where one is no positive number."""
        cores = _cores()
        total = psutil.virtual_memory().total
        fitting = max(1, total // _BYTES_PER_JOB)
        memory = _number(environment, "DOCINSIGHTS_JOB_MEMORY_MB", total * _SHARE // _MIB)
        return cls(
            cores=cores,
            slots=int(_number(environment, "DOCINSIGHTS_PARALLEL_JOBS", min(cores, fitting), 1)),
            stop_seconds=_number(environment, "DOCINSIGHTS_STOP_SECONDS", 120),
            idle_seconds=_number(environment, "DOCINSIGHTS_JOB_IDLE_SECONDS", 900),
            memory_bytes=int(memory * _MIB),
        )


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _number(
    environment: Mapping[str, str], name: str, default: float, least: float = 0.001
) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not least <= value < float("inf"):
        raise ConfigError(f"{name} is {text!r}: set it to a number above 0, or leave it out.")
    return value
