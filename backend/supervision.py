"""Keep programs running: start them, restart those that die, and leave nothing behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from backend.heartbeat import Pulse

_LOG_LIMIT: Final = 5_000_000
_POLL: Final = 0.05


@dataclass(frozen=True)
class Program:
    """What to run. Its output is appended to ``log``; its standard input is its lifeline: a pipe
    that ends when this process does (see ``backend.lifeline``).
    """

    name: str
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    folder: Path | None = None
    answers: Callable[[], bool] | None = field(default=None, repr=False)
    """Whether it does its work, asked in a thread every few seconds: see ``backend.heartbeat``."""
    silent: float = 30.0
    """Seconds without an answer after which one that has answered is taken for frozen."""


@dataclass(frozen=True)
class Patience:
    """How often a program may die before it is given up.

    One that lived for ``healthy`` seconds, or was killed from outside (``kill -9``, or the kernel
    for want of memory), is restarted at once. One that ends sooner by itself is restarted after
    0, 1, 2, 4… times ``delay``, and given up at the ``tries``-th time in a row.
    """

    healthy: float = 5.0
    delay: float = 0.25
    tries: int = 6

    def pause(self, failures: int) -> float:
        """Seconds to wait after that many early deaths in a row."""
        return 0.0 if failures < 2 else self.delay * 2.0 ** (failures - 2)


class GaveUp(Exception):  # noqa: N818 - a name that states the fact
    """Raised when a program dies again and again; the message ends in its last log lines."""


class Child:
    """One supervised program."""

    def __init__(self, program: Program, patience: Patience) -> None:
        self.program = program
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._due = 0.0
        self._pulse: Pulse | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None while it does not run."""
        return self._process.pid if self._process else None

    def tick(self, now: float) -> None:
        """Notice its death and start it when that is due; raises ``GaveUp``."""
        if self._process is not None:
            if self._process.poll() is None and not self._frozen():
                return
            self._died(now)
        if now >= self._due:
            self._start(now)

    def _frozen(self) -> bool:
        """End a process that has answered and answers no more; gives whether it did."""
        if self._pulse is None or not self._pulse.lost:
            return False
        process = self._process
        assert process is not None
        with self.program.log.open("ab") as log:
            log.write(f"{self.program.name} no longer answered and was ended.\n".encode())
        end_group(process.pid)
        process.wait()
        return True

    def _start(self, now: float) -> None:
        program = self.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        if program.log.exists() and program.log.stat().st_size > _LOG_LIMIT:
            program.log.replace(program.log.with_suffix(".old.log"))
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.arguments,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=program.environment,
                cwd=program.folder,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone
            )
        self._started = now
        if program.answers is not None:
            self._pulse = Pulse(program.answers, patience=program.silent)

    def _died(self, now: float) -> None:
        process, self._process = self._process, None
        assert process is not None
        self._still()
        end_group(process.pid)  # what it had started must not hold its port
        _close(process)
        lived = now - self._started >= self._patience.healthy
        killed = process.returncode == -signal.SIGKILL
        self._failures = 0 if lived or killed else self._failures + 1
        if self._failures >= self._patience.tries:
            raise GaveUp(
                f"{self.program.name} stopped {self._failures} times in a row. "
                f"Its last words ({self.program.log}):\n{tail(self.program.log)}"
            )
        self._due = now + self._patience.pause(self._failures)

    def _still(self) -> None:
        if self._pulse is not None:
            self._pulse.stop()
            self._pulse = None

    def ask_to_end(self) -> list[psutil.Process]:
        """Send SIGTERM; gives the program's process and its descendants, in this order."""
        family = family_of(self._process.pid) if self._process else []
        for head in family[:1]:
            with suppress(psutil.Error):
                head.terminate()
        return family

    def reap(self) -> None:
        """Collect its exit status and close its lifeline."""
        process, self._process = self._process, None
        self._still()
        if process is not None:
            end_group(process.pid)
            process.wait()
            _close(process)


class Supervisor:
    """Several programs, kept running until ``stop`` is called or one is given up."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        patience: Patience | None = None,
        grace: float = 15.0,
    ) -> None:
        self.children = [Child(program, patience or Patience()) for program in programs]
        self._grace = grace
        self.stopping = False

    def stop(self) -> None:
        """Have ``run`` return. It only sets a flag, so that signal handlers may call it."""
        self.stopping = True

    def run(self, *, started: Callable[[], None] | None = None) -> None:
        """Start everything, call ``started``, watch, and in the end leave no process behind.

        Raises ``GaveUp``.
        """
        try:
            self._tick()
            if started is not None:
                started()
            while not self.stopping:
                time.sleep(_POLL)
                self._tick()
        finally:
            self._end()

    def _tick(self) -> None:
        for child in self.children:
            child.tick(time.monotonic())

    def _end(self) -> None:
        """Ask all to end; what is there ``grace`` seconds later is killed."""
        families = [child.ask_to_end() for child in self.children]
        psutil.wait_procs([head for family in families for head in family[:1]], self._grace)
        kill_all(process for family in families for process in family)
        for child in self.children:
            child.reap()


def family_of(pid: int) -> list[psutil.Process]:
    """A process and all its descendants."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.Error:
        return []


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def end_group(pid: int) -> None:
    """Kill what is left of the process group that ``pid`` leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def tail(path: Path, *, lines: int = 15) -> str:
    """The last lines of a log, "" where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 20_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill those that still run, and wait a moment for their end."""
    running = [process for process in processes if process.is_running()]
    for process in running:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(running, timeout=1)


def end_family(pid: int, *, timeout: float = 20.0) -> bool:
    """End another process with SIGTERM, or by force after ``timeout`` s, and its descendants.

    Gives whether it ended by itself.
    """
    family = family_of(pid)
    for head in family[:1]:
        with suppress(psutil.Error):
            head.terminate()
    _, stubborn = psutil.wait_procs(family[:1], timeout=timeout)
    kill_all(family)
    return not stubborn
