"""Whether a program that runs also does its work: one that hangs is as good as dead."""

import threading
import time
from collections.abc import Callable
from typing import Final

_SECONDS: Final = 2.0
_START_SECONDS: Final = 0.1
_START_PATIENCE: Final = 600.0


class Pulse:
    """Asks ``answers`` again and again, in a thread of its own, since a question may take long."""

    def __init__(self, answers: Callable[[], bool], *, seconds: float = _SECONDS) -> None:
        self._answers = answers
        self._seconds = seconds
        self._began = time.monotonic()
        self._last: float | None = None
        self._over = threading.Event()
        threading.Thread(target=self._ask, name="pulse", daemon=True).start()

    def silence(self, now: float) -> float:
        """Seconds since the last answer; 0 for ten minutes before the first: a start takes time.

        ``now`` is of ``time.monotonic``. A computer that slept is no silence of the program's: the
        clock stands still meanwhile.
        """
        if self._last is None:
            return max(0.0, now - self._began - _START_PATIENCE)
        return now - self._last

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()

    def _ask(self) -> None:
        while not self._over.is_set():
            if self._answers():
                self._last = time.monotonic()
            self._over.wait(_START_SECONDS if self._last is None else self._seconds)
