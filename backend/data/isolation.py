"""The parent's side of reading: datasets are read by a child process with limits, since a small
file can take a lot of memory, and a damaged one any library down.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from backend.data.contents import Contents, Examples
from backend.data.errors import DatasetError
from backend.data.files import SourceFile
from backend.data.transport import Request, contents_from, examples_from, write_request
from backend.settings import ROOT

Report = Callable[[str], None]
"""Is told now and then what is being done; whatever it raises ends the reading."""

_SECONDS: Final = 600
_EVERY: Final = 0.3
"""Seconds between two looks at the child."""

_SLOTS: Final = threading.BoundedSemaphore(2)
"""So that many uploads at once take their turn instead of all the memory."""

_TOO_LONG: Final = (
    "Reading this took too long and was stopped: use a part of the data, a few thousand examples "
    "are enough to fine-tune."
)
_STOPPED: Final = (
    "Reading this took more memory than there is, or a damaged file has stopped it: use a part of "
    "the data, or save it again as CSV or JSON Lines."
)


def _silent(_: str) -> None:
    return


def look(
    files: Sequence[SourceFile], *, header: bool | None = None, report: Report = _silent
) -> Contents:
    """A sample of what ``files`` hold, with the sizes of all: see ``reading.read``.

    Raises ``DatasetError``.
    """
    with _answer(Request(header=header), files, report) as answer:
        return contents_from(json.loads(_checked(answer.readline())))


def make(
    files: Sequence[SourceFile],
    task: str,
    *,
    mapping: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
    header: bool | None = None,
    report: Report = _silent,
) -> Examples:
    """All examples in ``files``: see ``Contents.examples``. Raises ``DatasetError``."""
    request = Request(header=header, task=task, mapping=mapping, names=tuple(names))
    with _answer(request, files, report) as answer:
        first = _checked(answer.readline())
        answer.seek(0)
        return examples_from(answer) if first else Examples({}, ())


def _checked(line: bytes) -> bytes:
    """``line``; raises the ``DatasetError`` that it tells of."""
    if line.startswith(b'{"error"'):
        raise DatasetError(str(json.loads(line)["error"]))
    if not line:
        raise DatasetError(_STOPPED)
    return line


@contextmanager
def _answer(request: Request, files: Sequence[SourceFile], report: Report) -> Iterator[IO[bytes]]:
    """What the child writes, once it has ended."""
    with (
        _SLOTS,
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryDirectory() as folder,
    ):
        write_request(source, request, files)
        source.seek(0)
        code = _run(source, answer, Path(folder, "status"), report)
        if code in (-signal.SIGXCPU, -signal.SIGALRM):
            raise DatasetError(_TOO_LONG)
        if code:
            raise DatasetError(_STOPPED)
        answer.seek(0)
        yield answer


def _run(source: IO[bytes], answer: IO[bytes], status: Path, report: Report) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.data.worker", str(status)],
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=_environment(),
        start_new_session=True,
    )
    try:
        for _ in range(int(_SECONDS / _EVERY)):
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_EVERY)
            report(_read_if_there(status))
        return -signal.SIGXCPU
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read_if_there(status: Path) -> str:
    with suppress(OSError):
        return status.read_text()
    return ""


def _environment() -> dict[str, str]:
    """Nothing of the app's environment (keys, say) but what Python needs to start."""
    kept = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    # Each thread of a library would reserve memory of its own.
    lean = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    lean["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    return environment | lean | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
