"""The process beside one training job: ``python -m backend.local.jobs.runner FOLDER``.

It runs the command of ``spec.json`` in a session of its own, writes down what it prints and the
metrics in that, ends it when it is asked to or its time is over, and leaves ``exit.json``. It does
not depend on the service, which may be killed and come back meanwhile. Standard input is the
descriptor that holds the folder's lock: as long as this process lives, no other one can start here.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backend.birth import birth
from backend.local.jobs import memory, namespace, processes
from backend.local.jobs.activity import Activity
from backend.local.jobs.runner_log import RunnerLog
from backend.local.jobs.runner_spec import ML_PLACE, Spec
from backend.local.jobs.training_folder import MARK, PAUSE, STOP, JobFolder

_TICK_SECONDS = 0.05
_BEAT_SECONDS = 1.0
_LOOK_SECONDS = 0.5  # looking at the environment of all processes is not for free
_NICENESS = 5  # endpoints and screens answer while a job trains
_RESERVED = 64 * 1024  # bytes kept free for exit.json, which must be written on a full disk too
_MISSING_TOOLKIT = (
    "The sagemaker-training package is not installed: install it with "
    "`pip install sagemaker-training` (it needs a C compiler) and start the job again."
)
_OOM_COUNTERS = ("/sys/fs/cgroup/memory.events", "/proc/vmstat")


class CannotRunError(Exception):
    """Raised where the command cannot be started; the text is one sentence."""


class Runner:
    """Runs one attempt of a job."""

    def __init__(self, folder: JobFolder, spec: Spec) -> None:
        self._folder = folder
        self._spec = spec
        self._why = ""
        self._kill_at = float("inf")
        self._terminated = False
        self._next_beat = 0.0
        # As of the last two beats: the system tells how many it has killed, but not whom, so only
        # the kills of the last moment count.
        self._oom_kills = (_oom_kills(),) * 2

    def run(self) -> dict[str, Any]:
        """Run the command to its end; returns the facts about it."""
        began = time.monotonic()
        try:
            process = self._start()
        except (CannotRunError, OSError) as error:
            return {"ended": "unable", "error": str(error), "seconds": 0.0, "tail": []}
        with RunnerLog(self._folder, process, self._spec.metrics) as log:
            signal.signal(signal.SIGTERM, lambda *_: self._folder.ask(PAUSE))
            self._watch(process, log, began)
            oom = _oom_kills() > self._oom_kills[0]
            self._end_rest()
        return {
            "ended": self._why or "exited",
            "code": process.returncode,
            "oom": oom,
            "seconds": time.monotonic() - began,
            "tail": log.tail,
        }

    def _start(self) -> "subprocess.Popen[bytes]":
        if self._spec.toolkit and find_spec("sagemaker_training") is None:
            raise CannotRunError(_MISSING_TOOLKIT)
        ml = self._folder.ml
        options = self._spec.namespace
        prefix = [] if options is None else namespace.command(options, ml)
        base = str(namespace.ML) if prefix else str(ml)
        placed = {
            name: value.replace(ML_PLACE, base) for name, value in self._spec.environment.items()
        }
        _place_hyperparameters(ml, base)
        process = subprocess.Popen(
            [*prefix, *self._spec.command],
            cwd=ml,
            env={**placed, "SAGEMAKER_BASE_DIR": base, MARK: str(self._folder.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        memory.offer_first(process.pid)
        return process

    def _watch(self, process: "subprocess.Popen[bytes]", log: RunnerLog, began: float) -> None:
        """Return when the command has ended, by itself or because it had to."""
        activity = Activity(process.pid, began)
        while process.poll() is None:
            now = time.monotonic()
            if self._beat(now):
                activity.look(now)
                if not self._why and self._is_too_large(process.pid):
                    self._end("memory", now)
            self._decide(now, began, max(log.last_line, activity.last))
            if self._why and not self._terminated:
                self._terminated = True
                _signal(process.pid, signal.SIGTERM)
            if now > self._kill_at:
                processes.end_all(self._folder.root)
            time.sleep(_TICK_SECONDS)

    def _is_too_large(self, pid: int) -> bool:
        limit = self._spec.memory_bytes
        return limit > 0 and memory.exceeds(pid, limit)

    def _decide(self, now: float, began: float, active: float) -> None:
        """Whether the job has to end, and why; a stop may still follow upon a pause. ``active`` is
        when it last did something.
        """
        wish = self._folder.wished()
        if self._why in ("", "paused") and wish == STOP:
            self._end("stopped", now + self._spec.stop_seconds)
        elif self._why:
            return
        elif wish == PAUSE:
            self._end("paused", now + self._spec.pause_seconds)
        elif now - began > self._spec.run_seconds:
            self._end("timeout", now + self._spec.stop_seconds)
        elif now - active > self._spec.idle_seconds:
            self._end("idle", now + self._spec.pause_seconds)

    def _end(self, why: str, kill_at: float) -> None:
        self._why, self._kill_at = why, kill_at

    def _end_rest(self) -> None:
        """End what the command has left behind; after a request to end, let it save first."""
        root = self._folder.root
        while self._why and time.monotonic() < self._kill_at and any(processes.of_folder(root)):
            self._beat(time.monotonic())
            time.sleep(_LOOK_SECONDS / 5)
        processes.end_all(root)

    def _beat(self, now: float) -> bool:
        """What is done once a second; gives whether it was done."""
        if now < self._next_beat:
            return False
        self._next_beat = now + _BEAT_SECONDS
        self._oom_kills = (self._oom_kills[1], _oom_kills())
        with suppress(OSError):
            self._folder.heartbeat.touch()
        return True


def _place_hyperparameters(ml: Path, base: str) -> None:
    """Write the hyperparameters with the paths that hold where the command runs."""
    source = ml / "input" / "config" / ".hyperparameters.json"
    if source.exists():
        text = source.read_text(encoding="utf-8").replace(ML_PLACE, base)
        (source.parent / "hyperparameters.json").write_text(text, encoding="utf-8")


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _oom_kills() -> int:
    """How many processes the kernel has ended for want of memory, as far as it tells."""
    total = 0
    for path in _OOM_COUNTERS:
        with suppress(OSError, ValueError):
            for line in Path(path).read_text(encoding="ascii").splitlines():
                name, _, count = line.partition(" ")
                total += int(count) if name == "oom_kill" else 0
    return total


def _write_exit(folder: JobFolder, facts: Mapping[str, Any]) -> None:
    """Over the reserved bytes, which a full disk cannot take away."""
    part = folder.root / ".exit.part"
    tail = list(facts["tail"])
    while len(data := json.dumps({**facts, "tail": tail}).encode()) > _RESERVED:
        del tail[0]
    with part.open("r+b") as file:
        file.write(data.ljust(_RESERVED))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder.root / "exit.json")


def main(arguments: list[str]) -> int:
    """Run the job in the folder ``arguments[0]``; returns the exit status."""
    folder = JobFolder(Path(arguments[0]))
    (folder.root / ".exit.part").write_bytes(b" " * _RESERVED)
    spec = folder.read("spec.json")
    assert spec is not None  # the service writes it before it starts this process
    pid = os.getpid()
    folder.write("runner.json", {"pid": pid, "birth": birth(pid)})
    folder.heartbeat.touch()
    with suppress(OSError):
        os.nice(_NICENESS)
    _write_exit(folder, Runner(folder, Spec(**spec)).run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
