"""The processes of a job, found by the mark in their environment, wherever they have got to."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from backend.local.jobs.training_folder import MARK, JobFolder


def start_time(pid: int) -> float | None:
    """When the process started, which together with its id tells it from all others."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def kill(pid: int, started: float) -> None:
    """End the process ``pid`` at once if it is still the one that started at ``started``."""
    found = start_time(pid)
    if found is not None and abs(found - started) < 0.05:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def of_folder(folder: Path) -> Iterator[psutil.Process]:
    """The living processes that carry the folder's mark."""
    own = os.getpid()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # any of them may end while it is looked at
            marked = process.pid != own and process.environ().get(MARK) == str(folder)
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def end_all(folder: Path) -> None:
    """End the processes that carry the folder's mark at once, and those they start meanwhile."""
    for _ in range(10):
        found = list(of_folder(folder))
        if not found:
            return
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(found, timeout=1)


def end_job(folder: JobFolder) -> None:
    """End a job's runner and all that it has started at once."""
    known = folder.read("runner.json")
    if known and known.get("start_time"):
        kill(known["pid"], known["start_time"])
    end_all(folder.root)
