"""Start and stop everything: ``python -m backend.launcher run|serve|stop|env``.

``run`` supervises the app and, on this computer, the local service; ``serve`` the service alone.
Both are ordinary programs in processes of their own, restarted when they die. None outlives the
launcher: it ends them when it is asked to end, and their lifelines do when it is killed.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from backend.errors import CloudUnreachable, DocumentInsightsError, SettingsError
from backend.launcher_lock import only_launcher, running_launcher
from backend.local_service import PATIENCE, answers, service_answers, service_program, wait_until
from backend.settings import (
    ROOT,
    ServiceAddress,
    Settings,
    child_environment,
    environment_exports,
)
from backend.supervision import GaveUp, Program, Supervisor, end_family
from backend.web_guard import LOOPBACK

_HOST: Final = "127.0.0.1"
_PORT_PATIENCE: Final = 5.0
_APP_SILENT: Final = 120.0
"""Seconds: a large upload that is being read can hold the app up for a while."""
_START_PATIENCE: Final = 300.0
"""Seconds that the service may take to answer: the supervisor gives up on one that does not start
at all.
"""


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
    names = sorted(LOOPBACK | set(settings.host_names))
    flags += [f"--server.allowedHosts={name}" for name in names]
    script = str(ROOT / "guarded_app.py")
    return Program(
        name="The app",
        arguments=[sys.executable, "-m", "backend.lifeline", "streamlit", "run", script, *flags],
        log=settings.folder / "logs" / "app.log",
        environment=child_environment(settings),
        folder=ROOT,
        answers=lambda: answers(f"http://{settings.address}:{port}", "/_stcore/health"),
        silent=_APP_SILENT,
    )


def run(settings: Settings, port: int) -> int:
    """The app, and what it needs on this computer, until Ctrl-C; gives the exit status.

    Raises ``SettingsError`` where others could reach the app.
    """
    _require_loopback(settings.address, port)
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
    if url and wait_until(lambda: answers(url, "/_stcore/health"), PATIENCE):
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


def _require_loopback(address: str, port: int) -> None:
    """Raise ``SettingsError`` where other computers could reach the app: it knows no sign-in, and
    whoever reaches it may train, deploy, delete and read every document.
    """
    if address not in LOOPBACK:
        raise SettingsError(
            f"The app has no sign-in, so it does not listen on {address}, where everybody in the "
            "network could use it: unset DOCINSIGHTS_ADDRESS. To reach it from another computer, "
            f"run `ssh -L {port}:127.0.0.1:{port} THIS_COMPUTER` there, or put a proxy that signs "
            "people in before it and name the proxy's host in DOCINSIGHTS_HOSTS."
        )


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
