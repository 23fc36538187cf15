"""The processes of a job, found by their mark."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend.birth import birth
from backend.local.jobs import processes
from backend.local.jobs.training_folder import MARK


def test_all_processes_of_a_folder_are_ended_and_no_others(tmp_path: Path) -> None:
    def sleeper(folder: Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        return subprocess.Popen(command, env={**os.environ, MARK: str(folder)})

    with sleeper(tmp_path / "one") as one, sleeper(tmp_path / "other") as other:
        processes.end_all(tmp_path / "one")
        assert not psutil.pid_exists(one.pid)
        assert other.poll() is None
        other.kill()


def test_a_process_that_ends_while_it_is_looked_at_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Vanishing:
        pid = os.getppid()

        def environ(self) -> dict[str, str]:
            return {MARK: str(tmp_path)}

        def status(self) -> str:
            raise psutil.NoSuchProcess(self.pid)

    vanishing = Vanishing()
    monkeypatch.setattr(psutil, "process_iter", lambda: iter([vanishing]))
    processes.end_all(tmp_path)
    assert not list(processes.of_folder(tmp_path))


def test_a_runner_is_ended_only_while_it_is_the_process_on_record() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as runner:
        processes.kill(runner.pid, "another boot/1")
        assert runner.poll() is None
        born = birth(runner.pid)
        assert born is not None
        processes.kill(runner.pid, born)
        assert runner.wait(timeout=10) == -signal.SIGKILL
