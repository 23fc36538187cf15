import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend import child_process
from backend.documents import isolation
from backend.documents.document import Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentTimeoutError,
    DocumentTooLargeError,
)
from tests.documents.builders import docx, paragraph
from tests.support import eventually

SLOW_PAGE = b"<p>x" + b"<!--" * 200_000
"""Python's parser needs minutes for it."""


def test_a_file_is_parsed_in_another_process() -> None:
    result = isolation.parse("docx", docx(paragraph("Zażółć 👩‍🚀")), limits=Limits())
    assert (result.text, result.pages, result.warnings) == ("Zażółć 👩‍🚀", None, ())


def test_the_childs_error_is_raised_here() -> None:
    with pytest.raises(DamagedDocumentError, match="damaged"):
        isolation.parse("docx", b"PK\x03\x04", limits=Limits())


def test_a_file_that_takes_too_much_computing_is_stopped() -> None:
    with pytest.raises(DocumentTimeoutError, match="split it"):
        isolation.parse("html", SLOW_PAGE, limits=Limits(max_cpu_seconds=1))


def test_a_file_that_takes_too_long_is_stopped_with_all_its_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    script = f"sleep 300 & echo $! > {note}; wait"
    monkeypatch.setattr(isolation, "_COMMAND", ("/bin/sh", "-c", script))
    with pytest.raises(DocumentTimeoutError, match="longer than 1 seconds"):
        isolation.parse("html", b"", limits=Limits(max_seconds=1.0))
    grandchild = int(note.read_text())
    assert eventually(lambda: _is_gone(grandchild), timeout=10)


def test_a_process_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_COMMAND", ("/bin/sh", "-c", "kill -SEGV $$"))
    with pytest.raises(DamagedDocumentError, match="save it again"):
        isolation.parse("html", b"", limits=Limits())


def test_a_file_that_needs_too_much_memory_is_stopped() -> None:
    page = b"<p>" + b"word " * 4_000_000
    limits = Limits(max_memory_bytes=60_000_000)
    with pytest.raises(DocumentError):
        isolation.parse("html", page, limits=limits)


def test_an_answer_over_its_limit_is_refused() -> None:
    with pytest.raises(DocumentTooLargeError, match="more than 1,000 characters"):
        isolation.parse("html", b"<p>" + b"word " * 1_000, limits=Limits(max_characters=1_000))


def test_the_child_gets_none_of_the_apps_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    assert "s3cret" not in child_process.environment().values()


def test_the_parent_imports_no_parser() -> None:
    check = (
        "import sys, backend.documents, backend.documents.samples; "
        "print([m for m in ('pypdfium2', 'markdown_it', 'lxml', 'docx') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def _is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
