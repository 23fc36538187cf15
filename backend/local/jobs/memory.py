"""How much memory a job holds, with all that it has started."""

from contextlib import suppress
from pathlib import Path

import psutil

_FIRST_TO_GO = "500"  # of 1000; inherited by what the process starts from then on


def exceeds(pid: int, limit: int) -> bool:
    """Whether the process ``pid`` and its descendants hold more than ``limit`` bytes.

    Pages that they share, as a data loader's workers do, count once; asking for that is slow, and
    done only where the plain sum is too much.
    """
    family: list[psutil.Process] = []
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    return sum(map(_resident, family)) > limit and sum(map(_proportional, family)) > limit


def offer_first(pid: int) -> None:
    """Have the kernel, where it runs out of memory, end this process before the service."""
    with suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _proportional(process: psutil.Process) -> int:
    """Bytes in memory, shared pages divided among those that share them (Linux tells)."""
    with suppress(psutil.Error):
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    return 0
