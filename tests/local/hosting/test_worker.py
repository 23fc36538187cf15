"""The worker's server, and its end."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.local.hosting.hooks import Handler
from backend.local.hosting.worker import CUSTOM_ATTRIBUTES, Server, main
from tests.support import eventually

SCRIPT = """
import threading, time
def model_fn(d): return threading.current_thread().name
def predict_fn(data, model):
    time.sleep(data)
    return [threading.current_thread().name, model]
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        yield Path(path)


def client(socket: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://worker")


@pytest.fixture
def worker(folder: Path) -> Iterator[httpx.Client]:
    """A server in two threads of this process."""
    script = folder / "inference.py"
    script.write_text(SCRIPT)
    server = Server(folder / "socket")
    hooks = threading.Thread(
        target=lambda: server.run(Handler(script, folder)), name="hooks", daemon=True
    )
    hooks.start()
    with client(folder / "socket") as connected:
        yield connected
    server.stop()
    hooks.join()


def test_hooks_run_on_one_thread_while_ping_is_answered_on_another(worker: httpx.Client) -> None:
    answers: list[httpx.Response] = []
    slow = threading.Thread(
        target=lambda: answers.append(worker.post("/invocations", content=b"0.3"))
    )
    slow.start()
    pings = 0
    while slow.is_alive():
        assert worker.get("/ping").status_code == 200
        pings += 1
    slow.join()
    assert answers[0].json() == ["hooks", "hooks"]
    assert pings > 2


def test_what_is_not_there_is_not_found(worker: httpx.Client) -> None:
    assert worker.get("/other").status_code == 404
    assert worker.post("/other", content=b"0").status_code == 404


def test_custom_attributes_come_back(worker: httpx.Client) -> None:
    headers = {CUSTOM_ATTRIBUTES: "trace"}
    answer = worker.post("/invocations", content=b"0", headers=headers)
    assert answer.headers[CUSTOM_ATTRIBUTES] == "trace"


def start(folder: Path, script: str) -> subprocess.Popen[bytes]:
    (folder / "inference.py").write_text(script)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "backend.local.hosting.worker"),
            *("--socket", str(folder / "socket"), "--model", str(folder)),
            *("--script", str(folder / "inference.py")),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_the_process_and_what_it_started_end_with_the_parent(folder: Path) -> None:
    pids = folder.parent / f"{folder.name}.pids"
    script = (
        "import pathlib, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(str(child.pid))\n"
        "def model_fn(d): return print\n"
    )
    process = start(folder, script)
    assert process.stdin is not None
    eventually((folder / "socket").exists)
    process.stdin.close()
    process.wait(timeout=10)
    child = int(pids.read_text())
    pids.unlink()
    eventually(lambda: not Path(f"/proc/{child}/cmdline").exists() or not _cmdline(child))
    assert not folder.exists()
    folder.mkdir()


def _cmdline(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_script_that_does_not_load_ends_the_process_with_the_reason_last(folder: Path) -> None:
    process = start(folder, "raise OSError('no weights')")
    assert process.stderr is not None
    log = process.stderr.read()
    assert process.wait(timeout=10) == 1
    process.communicate()
    assert log.decode().splitlines()[-1].endswith("cannot be imported: OSError: no weights")


def test_main_returns_one_where_the_script_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("backend.local.hosting.worker.end_with_parent", lambda socket: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    arguments = ["--socket", str(folder / "s"), "--model", str(folder)]
    assert main([*arguments, "--script", str(folder / "missing.py")]) == 1
    assert "cannot be imported: FileNotFoundError" in capfd.readouterr().err
    assert os.path.dirname(sys.path[0]) == os.path.dirname(str(folder))  # noqa: PTH120
