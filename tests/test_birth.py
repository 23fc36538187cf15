"""A process is told from others whatever the clock does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from backend import launcher_lock
from backend.birth import birth

LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux alone has /proc")


def test_a_process_has_one_birth_and_another_process_has_another() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert birth(child.pid) == birth(child.pid)
        assert birth(child.pid) != birth(os.getpid())
        child.communicate(b"\n")
    assert birth(child.pid) is None


@LINUX
def test_a_clock_that_was_set_hides_no_launcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with launcher_lock.only_launcher(tmp_path, {}):
        real = psutil.Process.create_time
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: real(self) + 3600)
        monkeypatch.setattr(time, "time", lambda: 0.0)
        assert launcher_lock.running_launcher(tmp_path) == os.getpid()


def test_a_launcher_of_an_earlier_version_is_found_while_it_holds_its_folder(
    tmp_path: Path,
) -> None:
    with launcher_lock.only_launcher(tmp_path, {}):
        (tmp_path / "launcher.json").write_text('{"pid": 4711, "start_time": 1.0}')
        assert launcher_lock.running_launcher(tmp_path) == 4711
        (tmp_path / "launcher.json").rename(tmp_path / "left.json")
    (tmp_path / "left.json").rename(tmp_path / "launcher.json")
    assert launcher_lock.running_launcher(tmp_path) is None
