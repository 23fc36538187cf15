"""Start and stop everything: ``python -m backend.launcher run|serve|stop|env``.

``run`` supervises the app and, on this computer, the local service; ``serve`` the service alone.
Both are ordinary programs in processes of their own, restarted when they die. None outlives the
launcher: it ends them when it is asked to end, and their lifelines do when it is killed.
"""

import argparse
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from backend.errors import CloudUnreachable, DocumentInsightsError, SettingsError
from backend.settings import (
    ROOT,
    ServiceAddress,
    Settings,
    child_environment,
    environment_exports,
)
from backend.supervision import GaveUp, Program, Supervisor, end_family

_HOST: Final = "127.0.0.1"
_POLL: Final = 0.1
_PORT_PATIENCE: Final = 5.0
_SERVICE_PATIENCE: Final = 60.0
"""Seconds that the service may take to answer."""
_START_PATIENCE: Final = 300.0
"""The same for the launcher, whose supervisor gives up on a service that does not start at all."""


def service_program(settings: Settings) -> Program:
    """The local service; ``--lifeline`` has it end with its standard input."""
    home = settings.folder
    return Program(
        name="The local service",
        arguments=[sys.executable, "-m", "backend.local", "--home", str(home), "--lifeline"],
        log=home / "logs" / "service.log",
        environment=child_environment(settings),
        folder=ROOT,
    )


def app_program(settings: Settings, port: int) -> Program:
    """Streamlit, made to end with its standard input."""
    options = {
        "server.port": port,
        "server.address": settings.address,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    script = str(ROOT / "streamlit_app.py")
    return Program(
        name="The app",
        arguments=[sys.executable, "-m", "backend.lifeline", "streamlit", "run", script, *flags],
        log=settings.folder / "logs" / "app.log",
        environment=child_environment(settings),
        folder=ROOT,
    )


def run(settings: Settings, port: int) -> int:
    """The app, and what it needs on this computer, until Ctrl-C; gives the exit status."""
    url = f"http://{settings.address}:{port}"
    programs = [app_program(settings, port)]
    if settings.local:
        programs.insert(0, service_program(settings))
    with only_launcher(settings.folder, {"mode": "run", "url": url}):
        _require_free_port(settings.address, port)
        return supervise(settings, programs, url=url)


def serve(settings: Settings) -> int:
    """The local service alone, until Ctrl-C; gives the exit status."""
    if not settings.local:
        raise SettingsError("There is nothing to serve: unset DOCINSIGHTS_CLOUD first.")
    with only_launcher(settings.folder, {"mode": "serve"}):
        return supervise(settings, [service_program(settings)])


def supervise(
    settings: Settings,
    programs: Sequence[Program],
    *,
    url: str = "",
    prepare: Callable[[Settings], None] | None = None,
) -> int:
    """Keep ``programs`` running until a signal says to end; gives the exit status.

    Meanwhile ``prepare`` (by default: serve the embedded models, on this computer) runs, and then
    ``url``, the app's, is announced.
    """
    supervisor = Supervisor(programs)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # started with nohup
        signal.signal(number, lambda *_: supervisor.stop())
    steps = (settings, url, prepare or _prepare_models, supervisor)
    news = threading.Thread(target=_announce, args=steps, daemon=True)
    say("Starting. Ctrl-C ends everything.")
    try:
        supervisor.run(started=news.start)
    except GaveUp as error:
        say(str(error))
        return 1
    say("Stopped.")
    return 0


def _announce(
    settings: Settings, url: str, prepare: Callable[[Settings], None], supervisor: Supervisor
) -> None:
    """Wait for the service, have the embedded models served, then say where the app is."""
    try:
        if settings.local:
            prepare(settings)
    except DocumentInsightsError as error:
        if not supervisor.stopping:
            say(str(error))
    if url and wait_until(lambda: _answers(url, "/_stcore/health"), _SERVICE_PATIENCE):
        say(f"Open {url}")


def _prepare_models(settings: Settings) -> None:
    if not wait_until(lambda: service_answers(settings), _START_PATIENCE):
        raise CloudUnreachable
    say(f"The local service answers at {ServiceAddress.read(settings.folder).url}")
    if not settings.embedded:
        return
    from backend.client import Client
    from backend.embedded import install, wait_until_settled

    client = Client(settings)
    wait_until_settled(client, install(client, say), say)


def shipped_models(settings: Settings) -> Mapping[str, bool]:
    """The endpoints that these settings have started, and whether the files of their models are
    here: those of the embedded models, where this computer serves them.
    """
    if not (settings.local and settings.embedded):
        return {}
    from backend.catalog.shipped import own_files
    from backend.embedded import EMBEDDED

    return {
        model.name: own_files(model.name, model.task, ROOT) is not None
        for model in EMBEDDED
        if model.served
    }


def stop(settings: Settings) -> int:
    """End the launcher of this home and all that it runs; gives the exit status.

    Training jobs that a killed service has left at work are paused, as it does itself.
    """
    pid = running_launcher(settings.folder)
    if pid is not None:
        gently = end_family(pid)
        say("Stopped." if gently else "It did not stop by itself and was ended by force.")
    orphans = _pause_orphans(settings.folder)
    if orphans:
        say(orphans)
    elif pid is None:
        say("Nothing runs for this data folder.")
    return 0


def _pause_orphans(home: Path) -> str:
    """Have the jobs that run without a service paused; what there is to say of it."""
    if not (home / "training").is_dir():
        return ""
    command = [sys.executable, "-m", "backend.local.jobs.orphans", str(home)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    return ran.stdout.strip()


def environment(settings: Settings) -> int:
    """Print the shell lines that point AWS clients here; gives the exit status."""
    print(environment_exports(settings))
    if settings.local and not service_answers(settings):
        print("The local service does not run: start it with `make serve`.", file=sys.stderr)
    return 0


def service_answers(settings: Settings) -> bool:
    """Whether the local service of this home is up."""
    try:
        return _answers(ServiceAddress.read(settings.folder).url, "/ping")
    except DocumentInsightsError:
        return False


def _answers(url: str, path: str) -> bool:
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


def ensure_service(settings: Settings, *, timeout: float = _SERVICE_PATIENCE) -> None:
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
        if (server is None or server.poll() is not None) and not _launcher_is_busy(home):
            _servers[home] = _start_server(settings)
        wait_until(lambda: service_answers(settings) or _gave_up(home), timeout)
        if not service_answers(settings):
            raise CloudUnreachable


def _gave_up(home: Path) -> bool:
    """Whether the server started from here has ended and nobody else looks after this home."""
    server = _servers.get(home)
    return server is not None and server.poll() is not None and not _launcher_is_busy(home)


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


@contextmanager
def only_launcher(home: Path, facts: Mapping[str, str]) -> Iterator[None]:
    """Hold ``home/launcher.lock`` and say in ``home/launcher.json`` who does.

    Raises ``SettingsError`` where another launcher holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    record = home / "launcher.json"
    with (home / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"A launcher already runs for {home}: use it, or end it with `make stop`."
            ) from None
        me = psutil.Process()
        _write(record, dict(facts) | {"pid": me.pid, "start_time": me.create_time()})
        try:
            yield
        finally:
            record.unlink(missing_ok=True)


def _write(path: Path, content: Mapping[str, object]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(content))
    unfinished.replace(path)


def _launcher_is_busy(home: Path) -> bool:
    """Whether a launcher holds this home."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def running_launcher(home: Path) -> int | None:
    """The process of this home's launcher, None where none runs.

    The start time on record keeps a later process of the same number from being taken for it.
    """
    with suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
        record = json.loads((home / "launcher.json").read_text())
        pid = int(record["pid"])
        if abs(psutil.Process(pid).create_time() - float(record["start_time"])) < 1:
            return pid
    return None


def _require_free_port(address: str, port: int) -> None:
    """Raise ``SettingsError`` unless the port is free, or becomes so: an app whose launcher was
    killed may be ending still.
    """
    if not wait_until(lambda: _is_free(address, port), _PORT_PATIENCE):
        raise SettingsError(
            f"The app cannot listen on {address}:{port}, another program does: "
            "choose another port with `PORT=8502 make run`."
        )


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def say(line: str) -> None:
    """Print a line at once, also where nobody looks any more."""
    with suppress(OSError):
        print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m backend.launcher", description=__doc__)
    parser.add_argument("command", choices=("run", "serve", "stop", "env"))
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8501")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        if options.command == "run":
            return run(settings, options.port)
        return {"serve": serve, "stop": stop, "env": environment}[options.command](settings)
    except DocumentInsightsError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
