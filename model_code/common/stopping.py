"""SIGTERM, and what it may interrupt."""

import signal
import threading
from collections.abc import Callable
from types import FrameType


class _Stopped(Exception):  # noqa: N818 - not an error: it ends a validation that nobody waits for
    pass


class StopSignal:
    """SIGTERM as a question that the loop asks between steps.

    SageMaker sends it when a job is stopped, and two minutes later ends the process: time to
    keep the best so far. A validation is left in the middle, since it may take longer.
    """

    def __init__(self) -> None:
        self.asked = False
        self._interruptible = False

    def listen(self) -> None:
        """From now on; without effect outside the main thread, where no signal arrives."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._note)

    def run(self, work: Callable[[], None]) -> None:
        """Do ``work``, which the signal ends at once."""
        self._interruptible = True
        try:
            if not self.asked:
                work()
        except _Stopped:
            pass
        finally:
            self._interruptible = False

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's arguments
        self.asked = True
        if self._interruptible:
            raise _Stopped
