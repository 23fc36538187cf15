"""What a job prints: kept as lines with their times, and read for metrics."""

import json
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from backend.local.jobs.training_folder import JobFolder
from backend.local.jobs.training_metrics import MetricReader

_PIECE = 64 * 1024
_LONGEST_LINE = 64 * 1024
_LARGEST_LOG = 512 * 1024 * 1024
_TAIL_LINES = 40
_TAIL_WIDTH = 500
_JOIN_SECONDS = 5.0


class RunnerLog:
    """Reads the output of ``process`` on a thread of its own, until it ends.

    Times are taken here, where lines arrive, so that they hold whether or not the service lives.
    """

    def __init__(
        self,
        folder: JobFolder,
        process: "subprocess.Popen[bytes]",
        definitions: Sequence[Mapping[str, str]],
    ) -> None:
        assert process.stdout is not None  # it was asked for
        self._source = process.stdout.fileno()
        self._metrics = MetricReader(definitions)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._log = os.open(folder.log, flags, 0o600)
        self._values = os.open(folder.metrics, flags, 0o600)
        self._size = os.fstat(self._log).st_size
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self.last_line = time.monotonic()
        """When something was last printed."""

    @property
    def tail(self) -> list[str]:
        """The last lines that are not empty."""
        return list(self._tail)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join(_JOIN_SECONDS)

    def _pump(self) -> None:
        rest = b""
        while piece := os.read(self._source, _PIECE):
            self.last_line = time.monotonic()
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            self._record(lines)
        self._record([rest] if rest else [])

    def _record(self, lines: list[bytes]) -> None:
        now = time.time_ns() // 1_000_000
        texts = [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
        self._tail.extend(text[:_TAIL_WIDTH] for text in texts if text.strip())
        self._append(self._log, "".join(f"{now} {text}\n" for text in texts))
        values = [value for text in texts for value in self._metrics.read(text)]
        self._append(self._values, "".join(f"{json.dumps([now, *value])}\n" for value in values))

    def _append(self, descriptor: int, text: str) -> None:
        """Write as far as there is space: a full disk must not stop the job."""
        data = text.encode()
        if descriptor == self._log:
            self._size += len(data)
            if self._size > _LARGEST_LOG:
                return
        with suppress(OSError):
            os.write(descriptor, data)
