"""The parent's side of parsing: start the child, wait, take its answer or say what went wrong."""

import json
import logging
import sys
import tempfile
import threading
from dataclasses import asdict
from typing import Any

from backend import child_process
from backend.documents.document import Extraction, Heading, Kind, Limits
from backend.documents.errors import (
    BY_NAME,
    DamagedDocumentError,
    DocumentError,
    DocumentTimeoutError,
)

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
        status = child_process.run(_COMMAND, source, answer, seconds=limits.max_seconds)
        answer.seek(0)
        raw = answer.read(limits.max_output_bytes)
    if status != 0:
        _log.warning("the %s parser ended with status %s", kind, status)
        raise _stopped(status, limits)
    return _result(kind, raw)


def _stopped(status: int, limits: Limits) -> DocumentError:
    if status in child_process.TOO_LONG:
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
