"""The parent's side of reading: datasets are read by a child process with limits, since a small
file can take a lot of memory, and a damaged one any library down.
"""

import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from backend import child_process
from backend.data.contents import Contents, Examples
from backend.data.errors import DatasetError
from backend.data.files import SourceFile
from backend.data.transport import BOUNDS, Request, contents_from, examples_from, write_request

Report = Callable[[str], None]
"""Is told now and then what is being done; whatever it raises ends the reading."""

_COMMAND: Final = (sys.executable, "-B", "-m", "backend.data.worker")
_LEAN: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Each thread of a library would reserve memory of its own."""
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
        status = Path(folder, "status")
        code = child_process.run(
            [*_COMMAND, str(status)],
            source,
            answer,
            seconds=BOUNDS.seconds,
            variables=_LEAN,
            meanwhile=lambda: report(_read_if_there(status)),
        )
        if code in child_process.TOO_LONG:
            raise DatasetError(_TOO_LONG)
        if code:
            raise DatasetError(_STOPPED)
        answer.seek(0)
        yield answer


def _read_if_there(status: Path) -> str:
    with suppress(OSError):
        return status.read_text()
    return ""
