"""What any test may use: the whole product, started once as a user starts it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.stub import Stubber

from backend.client import Client
from backend.settings import ROOT, Settings
from tests.fake_service import write_service_file
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


@pytest.fixture(scope="session")
def stubbed(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client of a cloud that is not there, for tests that say what it answers. It keeps nothing
    but its connections.
    """
    home = tmp_path_factory.mktemp("home")
    write_service_file(home, 9)
    return Client(Settings(home=home))


@pytest.fixture
def sagemaker(stubbed: Client) -> Iterator[Stubber]:
    """What SageMaker answers to ``stubbed``; all of it has to be asked for."""
    yield from _answers(stubbed.connections.sagemaker)


@pytest.fixture
def runtime(stubbed: Client) -> Iterator[Stubber]:
    """The same of SageMaker Runtime."""
    yield from _answers(stubbed.connections.runtime)


@pytest.fixture
def logs(stubbed: Client) -> Iterator[Stubber]:
    """The same of CloudWatch Logs."""
    yield from _answers(stubbed.connections.logs)


def _answers(connection: Any) -> Iterator[Stubber]:
    with Stubber(connection) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
