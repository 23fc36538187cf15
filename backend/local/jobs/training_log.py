"""What a job's runner has written down, on its way to CloudWatch Logs and to whoever watches."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from backend.local.jobs.training_folder import JobFolder
from backend.local.logs import LogStore
from backend.local.wire.errors import AwsError

GROUP = "/aws/sagemaker/TrainingJobs"
_PIECE = 1024 * 1024

Metrics = dict[str, list[tuple[int, float]]]
"""By name, each value with its time in milliseconds since 1970."""


class LogReader:
    """Reads a job's log and metrics as they grow. Methods block.

    The log's lines are numbered as the events of the stream are, so that after a restart none is
    told twice.
    """

    def __init__(self, folder: JobFolder, logs: LogStore, stream: str) -> None:
        self.metrics: Metrics = {}
        self._lines = _Lines(folder.log)
        self._values = _Lines(folder.metrics)
        self._logs = logs
        self._stream = stream
        self._known = self._last_event()
        logs.append(GROUP, stream, [])

    def read(self) -> bool:
        """Carry over what is new; returns whether there were metrics in it."""
        for lines in self._lines.new():
            texts = [text for line in lines if (text := line.partition(" ")[2]).strip()]
            skipped = min(self._known, len(texts))
            self._known -= skipped
            self._logs.append(GROUP, self._stream, texts[skipped:])
        return self._read_values()

    def _read_values(self) -> bool:
        found = False
        for lines in self._values.new():
            for line in lines:
                moment, name, value = json.loads(line)
                self.metrics.setdefault(name, []).append((moment, value))
                found = True
        return found

    def _last_event(self) -> int:
        try:
            return max((e.number for e in self._logs.events(GROUP, self._stream)), default=0)
        except AwsError:  # the stream is new
            return 0


class _Lines:
    """The lines of a file that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def new(self) -> Iterator[list[str]]:
        """The complete lines that have come since the last call, a few at a time."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            while data := self._whole(file):
                self._offset += len(data)
                yield data.decode("utf-8", "replace").split("\n")[:-1]

    def _whole(self, file: IO[bytes]) -> bytes:
        data = file.read(_PIECE)
        end = data.rfind(b"\n") + 1
        file.seek(self._offset + end)
        return data[:end]
