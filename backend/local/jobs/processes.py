"""The processes of a job, found by the mark in their environment, wherever they have got to."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from backend.birth import birth
from backend.local.jobs.training_folder import MARK, JobFolder


def kill(pid: int, born: str) -> None:
    """End the process ``pid`` at once if it is still the one with that birth."""
    if birth(pid) == born:
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
    if known and known.get("birth"):
        kill(known["pid"], known["birth"])
    end_all(folder.root)
