"""When a process was born, told so that setting the clock changes nothing about it.

Together with its number this tells a process from all others, earlier and later ones.
"""

from pathlib import Path
from typing import Final

import psutil

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_START_FIELD: Final = 19  # of /proc/PID/stat, counted from behind the name in brackets


def birth(pid: int) -> str | None:
    """The boot and the tick of it at which ``pid`` started, None where no such process runs.

    Where the system has no /proc it is the time of day, which is all that it tells.
    """
    try:
        # The name may hold anything, spaces and brackets too; what follows the last one is numbers.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return f"{_BOOT.read_text().strip()}/{fields.rpartition(')')[2].split()[_START_FIELD]}"
    except (OSError, IndexError):
        pass
    try:
        return f"{psutil.Process(pid).create_time():.1f}"
    except psutil.Error:
        return None
