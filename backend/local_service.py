"""The local service as a program: whether it answers, and having it run."""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.errors import CloudUnreachable, DocumentInsightsError
from backend.launcher_lock import launcher_is_busy
from backend.settings import ROOT, ServiceAddress, Settings, child_environment
from backend.supervision import Program

PATIENCE: Final = 60.0
"""Seconds that the service, or the app, may take to answer."""
_POLL: Final = 0.1


def service_program(settings: Settings) -> Program:
    """The local service; ``--lifeline`` has it end with its standard input."""
    home = settings.folder
    return Program(
        name="The local service",
        arguments=[sys.executable, "-m", "backend.local", "--home", str(home), "--lifeline"],
        log=home / "logs" / "service.log",
        environment=child_environment(settings),
        folder=ROOT,
        answers=lambda: service_answers(settings),
    )


def service_answers(settings: Settings) -> bool:
    """Whether the local service of this home is up."""
    try:
        return answers(ServiceAddress.read(settings.folder).url, "/ping")
    except DocumentInsightsError:
        return False


def answers(url: str, path: str) -> bool:
    """Whether ``GET url/path`` is answered with 200 within a second; no proxy is asked."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until(probe: Callable[[], bool], timeout: float) -> bool:
    """Whether ``probe`` became true within ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not probe():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


_ensuring: Final = threading.Lock()
_servers: Final[dict[Path, subprocess.Popen[bytes]]] = {}


def ensure_service(settings: Settings, *, timeout: float = PATIENCE) -> None:
    """Have the local service run where settings want it: for the app started on its own.

    Starts ``serve`` as a child that ends with this process, at most one for each home, unless
    another launcher looks after that home already. Cheap while the service answers. Raises
    ``CloudUnreachable`` where it does not within ``timeout`` seconds.
    """
    if not settings.local or service_answers(settings):
        return
    with _ensuring:
        home = settings.folder
        server = _servers.get(home)
        if (server is None or server.poll() is not None) and not launcher_is_busy(home):
            _servers[home] = _start_server(settings)
        wait_until(lambda: service_answers(settings) or _gave_up(home), timeout)
        if not service_answers(settings):
            raise CloudUnreachable


def _gave_up(home: Path) -> bool:
    """Whether the server started from here has ended and nobody else looks after this home."""
    server = _servers.get(home)
    return server is not None and server.poll() is not None and not launcher_is_busy(home)


def _start_server(settings: Settings) -> subprocess.Popen[bytes]:
    log = settings.folder / "logs" / "launcher.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "backend.lifeline", "backend.launcher", "serve"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=child_environment(settings),
            cwd=ROOT,
            start_new_session=True,
        )
