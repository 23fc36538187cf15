"""Pause what a killed service has left running: ``python -m backend.local.jobs.orphans HOME``.

A job's runner outlives the service, to be adopted after its next start. Who ends everything on
purpose wants no orphans: they are asked for what the service asks them for when it stops, and go on
after its next start. Prints a sentence if there were any; nothing is done where a service looks
after HOME.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

from backend.local.config import ConfigError, HomeLock
from backend.local.jobs import processes
from backend.local.jobs.training_folder import PAUSE, JobFolder

_POLL_SECONDS = 0.1
_MARGIN_SECONDS = 2.0
_PAUSE_SECONDS = 5.0


def pause(home: Path) -> int:
    """Pause the jobs of ``home`` that run without a service; gives their number."""
    root = home / "training"
    orphans = [JobFolder(path) for path in root.iterdir()] if root.is_dir() else []
    running = [folder for folder in orphans if folder.begun() and folder.locked()]
    for folder in running:
        folder.ask(PAUSE)
    patience = max((_patience(folder) for folder in running), default=0.0)
    deadline = time.monotonic() + patience + _MARGIN_SECONDS
    while any(folder.locked() for folder in running) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    for folder in running:
        processes.end_job(folder)
    return len(running)


def _patience(folder: JobFolder) -> float:
    """How many seconds the job may take to save what it has."""
    order = folder.read("spec.json") or {}
    return float(order.get("pause_seconds", _PAUSE_SECONDS))


def main(arguments: list[str]) -> int:
    """Pause the orphans of ``arguments[0]``; returns the exit status."""
    home = Path(arguments[0])
    with suppress(ConfigError), HomeLock(home):  # held by a service, which adopts its jobs itself
        if number := pause(home):
            jobs = "1 training job was" if number == 1 else f"{number} training jobs were"
            print(f"{jobs} still at work and paused: the next start takes them up.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
