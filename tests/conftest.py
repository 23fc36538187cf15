"""What any test may use: the whole product, started once as a user starts it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from backend.client import Client
from backend.settings import ROOT, Settings
from tests.support import eventually, free_port


@dataclass(frozen=True)
class Live:
    """The running product: the app's address, its data folder and a client of its endpoints."""

    url: str
    home: Path
    process: psutil.Process
    client: Client


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """``make run`` without the install, in an empty data folder, all five endpoints ready."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        log = Path(folder, "launcher.log")
        environment = {**os.environ, "DOCINSIGHTS_HOME": str(home)}
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "backend.launcher", "run", "--port", str(port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=environment,
            )
        family = psutil.Process(process.pid)
        try:
            eventually(
                lambda: "Open http" in log.read_text() or process.poll() is not None, timeout=240
            )
            assert process.poll() is None, log.read_text()
            client = Client(Settings(home=home))
            yield Live(f"http://127.0.0.1:{port}", home, family, client)
        finally:
            children = family.children(recursive=True)
            process.send_signal(signal.SIGINT)
            process.wait(30)
            assert not [child for child in children if child.is_running()], "orphans are left"
