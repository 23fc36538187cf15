"""Run a module that ends when its parent does: ``python -m backend.lifeline MODULE [ARGUMENT…]``.

The parent holds the other end of this process's standard input and never writes. When the parent
ends, however it ends (``kill -9`` too), the kernel closes that end, and the thread below reads the
end of the file. Unlike Linux's PR_SET_PDEATHSIG this works on macOS as well, and it does not
depend on which of the parent's threads started the process.
"""

import os
import runpy
import signal
import sys
import threading
import time
from typing import Final

_GRACE: Final = 10.0
"""Seconds between the request to end and the end."""


def end_with_parent(grace: float = _GRACE) -> None:
    """Send this process SIGTERM once standard input ends; end it for good ``grace`` s later."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def main(arguments: list[str]) -> None:
    """Run the module that is named first with the arguments that follow it."""
    end_with_parent()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
