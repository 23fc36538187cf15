"""What the service tells a job's runner to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ML_PLACE = "{docinsights:/opt/ml}"
"""Stands for /opt/ml in the environment and in hyperparameters: only the runner knows where that
is, because not every machine can give a job a /opt/ml of its own."""


@dataclass(frozen=True)
class Spec:
    """What is to be run; times in seconds.

    ``memory_bytes`` is what the command and all that it starts may hold, 0 for no limit.
    ``toolkit`` says that the command is AWS's toolkit; ``namespace`` are the options with which
    ``unshare`` gives the command a /opt/ml of its own, None where that is not possible.
    """

    command: list[str]
    environment: Mapping[str, str]
    run_seconds: float
    stop_seconds: float
    pause_seconds: float
    idle_seconds: float
    metrics: list[Mapping[str, str]] = field(default_factory=list)
    toolkit: bool = False
    namespace: list[str] | None = None
    memory_bytes: int = 0
