"""The parent's side of parsing: start the child, wait, take its answer or say what went wrong.

The file goes in and the answer comes back through unlinked temporary files rather than pipes: the
kernel then bounds the size of the answer (``RLIMIT_FSIZE`` in the child), and no thread is needed
to keep two pipes moving.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from backend.documents.document import Extraction, Heading, Kind, Limits
from backend.documents.errors import (
    BY_NAME,
    DamagedDocumentError,
    DocumentError,
    DocumentTimeoutError,
)

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-B", "-m", "backend.documents.worker")
_SLOTS = threading.BoundedSemaphore(2)
"""So that many uploads at once take their turn instead of all the memory."""

_log = logging.getLogger(__name__)


def parse(kind: Kind, data: bytes, *, limits: Limits) -> Extraction:
    """The text of ``data``, read by a child process within ``limits``.

    Raises:
        DocumentError: what the child says about the file, or that it had to be stopped.
    """
    with _SLOTS, tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        header = json.dumps({"kind": kind, "limits": asdict(limits)})
        source.write(header.encode() + b"\n" + data)
        source.seek(0)
        status = _run(source, answer, seconds=limits.max_seconds)
        answer.seek(0)
        raw = answer.read(limits.max_output_bytes)
    if status != 0:
        _log.warning("the %s parser ended with status %s", kind, status)
        raise _stopped(status, limits)
    return _result(kind, raw)


def _run(source: IO[bytes], answer: IO[bytes], *, seconds: float) -> int:
    process = subprocess.Popen(
        _COMMAND,
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment() -> dict[str, str]:
    """Nothing of the app's environment (keys, say) but what Python needs to start."""
    kept = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    return environment | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def _stopped(status: int, limits: Limits) -> DocumentError:
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return DocumentTimeoutError(
            f"Reading this file took longer than {limits.max_seconds:,.0f} seconds and was "
            "stopped: split it into smaller files, or save it again from the program that made it."
        )
    return DamagedDocumentError(
        "This file made the reader stop and is probably damaged: save it again from the program "
        "that made it, or upload its text."
    )


def _result(kind: Kind, raw: bytes) -> Extraction:
    result: dict[str, Any] = json.loads(raw)
    if "error" in result:
        if result.get("detail"):
            _log.warning("the %s parser failed: %s", kind, result["detail"])
        raise BY_NAME[result["error"]](result["message"])
    return Extraction(
        result["text"],
        result["pages"],
        tuple(result["warnings"]),
        tuple(result["page_starts"]),
        tuple(Heading(**heading) for heading in result["headings"]),
    )
