"""Files that somebody brings are read by child processes: what all such readers share.

The file goes in and the answer comes back through unlinked temporary files rather than pipes: the
kernel then bounds the size of the answer (``RLIMIT_FSIZE`` in the child), and no thread is needed
to keep two pipes moving.
"""

import math
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_EVERY: Final = 0.3
"""Seconds between two looks at the child."""
TOO_LONG: Final = frozenset({-signal.SIGXCPU, -signal.SIGALRM})
"""Exit statuses of a child that took too long."""


@dataclass(frozen=True)
class Bounds:
    """What a child may use: bytes of memory and of its answer, seconds of computing and in all."""

    memory: int
    answer: int
    cpu_seconds: int
    seconds: float


def _nothing() -> None:
    return


def run(
    command: Sequence[str],
    source: IO[bytes],
    answer: IO[bytes],
    *,
    seconds: float,
    variables: Mapping[str, str] | None = None,
    meanwhile: Callable[[], None] = _nothing,
) -> int:
    """The exit status of ``command``, which reads ``source`` and writes ``answer``; one of
    ``TOO_LONG`` after ``seconds``. ``meanwhile`` is called now and then; whatever it raises ends
    the child. No process of the child's is left in the end.
    """
    process = subprocess.Popen(
        command,
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={**environment(), **(variables or {})},
        start_new_session=True,
    )
    deadline = time.monotonic() + seconds
    try:
        while (left := deadline - time.monotonic()) > 0:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(min(left, _EVERY))
            meanwhile()
        return -signal.SIGXCPU
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment() -> dict[str, str]:
    """Nothing of the app's environment (keys, say) but what Python needs to start."""
    kept = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
    found = {key: os.environ[key] for key in kept if key in os.environ}
    return found | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def confine(bounds: Bounds) -> None:
    """Bound this process. Where a system lacks a limit (macOS: memory), the others still hold."""
    cpu = bounds.cpu_seconds
    limits = (
        (resource.RLIMIT_CPU, (cpu, cpu + 5)),  # SIGXCPU first, which says why; then SIGKILL
        (resource.RLIMIT_AS, (bounds.memory, bounds.memory)),
        (resource.RLIMIT_FSIZE, (bounds.answer, bounds.answer)),
        (resource.RLIMIT_NOFILE, (64, 64)),
        (resource.RLIMIT_CORE, (0, 0)),
    )
    for kind, limit in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, limit)
    # Should the parent be gone, nobody else would stop this process.
    signal.alarm(math.ceil(bounds.seconds) + 5)
