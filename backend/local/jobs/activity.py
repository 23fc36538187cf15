"""Whether a job still does anything: a script that hangs neither prints nor computes."""

from contextlib import suppress

import psutil

_BUSY = 0.02
"""Of one core, between two looks: less is what a sleeping process needs to wake up now and then."""


class Activity:
    """The processor time of the process ``pid`` and all that it started, look by look."""

    def __init__(self, pid: int, now: float) -> None:
        self._pid = pid
        self._looked, self._used = now, 0.0
        self.last = now
        """When it was last seen to compute."""

    def look(self, now: float) -> None:
        """Look at it again; ``now`` in seconds of a clock that never goes back."""
        used = _processor_seconds(self._pid)
        # Less than before: a process that had computed has ended.
        if not 0 <= used - self._used < _BUSY * (now - self._looked):
            self.last = now
        self._looked, self._used = now, used


def _processor_seconds(pid: int) -> float:
    """What a process and its descendants have used, those that ended and were waited for too."""
    total = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(one.cpu_times()[:4])
    return total
