"""A program that ends with its parent."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil

from backend.settings import ROOT
from tests.support import eventually

PARENT = """
import subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-m", "backend.lifeline", *sys.argv[1:]], stdin=subprocess.PIPE
)
print(child.pid, flush=True)
time.sleep(600)
"""
SLEEPER = "import pathlib, sys, time\npathlib.Path(sys.argv[1]).touch()\ntime.sleep(600)\n"


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    started = tmp_path / "started"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, "sleeper", str(started)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    try:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        eventually(started.exists)
        parent.send_signal(signal.SIGKILL)
        eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    finally:
        parent.kill()
        parent.wait()
        assert parent.stdout is not None
        parent.stdout.close()


def test_it_is_the_module_that_it_runs(tmp_path: Path) -> None:
    (tmp_path / "echo_arguments.py").write_text(
        "import sys\nif __name__ == '__main__':\n    print(sys.argv[1:])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "backend.lifeline", "echo_arguments", "a", "--b=c"],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        check=False,
    )
    # The input of subprocess.run ends at once, which may end the module before it prints.
    assert ran.stdout.strip() in {"['a', '--b=c']", ""}
