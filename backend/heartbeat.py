"""Whether a program that runs also does its work: one that hangs is as good as dead."""

import threading
import time
from collections.abc import Callable
from typing import Final

_SECONDS: Final = 2.0
_LONGEST_QUESTION: Final = 5.0


class Pulse:
    """Asks ``answers`` again and again, in a thread of its own, since a question may take long.

    ``patience`` is for how many seconds it may be silent between two answers, ``start_patience``
    before the first one.
    """

    def __init__(
        self,
        answers: Callable[[], bool],
        *,
        patience: float,
        start_patience: float = 600.0,
        pause: float = _SECONDS,
    ) -> None:
        self._answers = answers
        self._patience = patience
        self._start_patience = start_patience
        self._pause = pause
        self._silence = 0.0
        self._over = threading.Event()
        self.answered = False
        threading.Thread(target=self._ask, name="pulse", daemon=True).start()

    @property
    def lost(self) -> bool:
        """Whether it has been silent for too long."""
        return self._silence > (self._patience if self.answered else self._start_patience)

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()

    def _ask(self) -> None:
        before = time.monotonic()
        while not self._over.is_set():
            if self._answers():
                self._silence, self.answered = 0.0, True
            else:
                # Where nobody asked, as the launcher itself was suspended, nobody was silent.
                self._silence += min(time.monotonic() - before, _LONGEST_QUESTION)
            before = time.monotonic()
            self._over.wait(self._pause if self.answered else min(0.1, self._pause))
