"""Programs that are kept running."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from backend.supervision import Child, GaveUp, Patience, Program, Supervisor, end_family, tail
from tests.support import eventually

QUICK = Patience(healthy=60, delay=0.01, tries=3)
FAMILY = """
import pathlib, signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""


def program(tmp_path: Path, source: str, *arguments: str) -> Program:
    return Program(
        "The test", [sys.executable, "-c", source, *arguments], tmp_path / "logs" / "test.log"
    )


@contextmanager
def supervised(*programs: Program) -> Iterator[Supervisor]:
    """A supervisor at work in a thread, stopped in the end."""
    supervisor = Supervisor(programs, patience=QUICK, grace=0.5)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_a_program_killed_from_outside_is_restarted_however_often(tmp_path: Path) -> None:
    with supervised(program(tmp_path, "import time; time.sleep(600)")) as supervisor:
        child = supervisor.children[0]
        seen: set[int] = set()
        for _ in range(5):
            pid = eventually(lambda: child.pid if child.pid not in seen else None, timeout=5)
            assert pid is not None
            seen.add(pid)
            os.kill(pid, signal.SIGKILL)
        assert len(seen) == 5


def test_what_a_killed_program_had_started_is_ended_before_the_next_start(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    with supervised(program(tmp_path, FAMILY, str(note))) as supervisor:
        grandchild = int(eventually(lambda: note.exists() and note.read_text()) or 0)
        pid = supervisor.children[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: gone(grandchild))


@pytest.mark.parametrize("mood", ["", "stubborn"])
def test_nothing_is_left_at_the_end(tmp_path: Path, mood: str) -> None:
    note = tmp_path / "grandchild"
    with supervised(program(tmp_path, FAMILY, str(note), mood)) as supervisor:
        grandchild = int(eventually(lambda: note.exists() and note.read_text()) or 0)
        pid = supervisor.children[0].pid
    assert pid is not None
    assert gone(pid)
    assert gone(grandchild)


def test_a_program_that_ends_again_and_again_is_given_up_with_its_last_words(
    tmp_path: Path,
) -> None:
    failing = program(tmp_path, "print('the port is taken'); raise SystemExit(3)")
    with pytest.raises(GaveUp, match=r"stopped 3 times in a row(?s:.*)the port is taken"):
        Supervisor([failing], patience=QUICK).run()


def test_pauses_grow_from_none() -> None:
    assert [Patience(delay=1).pause(failures) for failures in range(5)] == [0, 0, 1, 2, 4]


def test_a_program_that_lived_long_enough_is_not_held_to_have_failed(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "pass"), Patience(healthy=0, tries=1))
    child.tick(0.0)
    first = child.pid

    def restarted() -> bool:
        child.tick(100.0)
        return child.pid != first

    eventually(restarted)
    child.ask_to_end()
    child.reap()
    assert child.pid is None


def test_a_program_does_not_outlive_its_supervisors_pipe(tmp_path: Path) -> None:
    note = tmp_path / "ended"
    reader = "import pathlib, sys; sys.stdin.read(); pathlib.Path(sys.argv[1]).touch()"
    child = Child(program(tmp_path, reader, str(note)), QUICK)
    child.tick(0.0)
    assert child._process is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    eventually(note.exists)
    child.reap()


def test_a_log_that_grew_too_long_is_put_aside(tmp_path: Path) -> None:
    quiet = program(tmp_path, "pass")
    quiet.log.parent.mkdir()
    quiet.log.write_bytes(b"x" * 5_000_001)
    child = Child(quiet, QUICK)
    child.tick(0.0)
    child.ask_to_end()
    child.reap()
    assert quiet.log.stat().st_size == 0
    assert (tmp_path / "logs" / "test.old.log").stat().st_size == 5_000_001


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(map(str, range(50))))
    assert tail(log, lines=2) == "48\n49"
    assert tail(tmp_path / "none.log") == ""


def test_a_family_that_does_not_end_by_itself_is_ended_by_force(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    child = Child(program(tmp_path, FAMILY, str(note), "stubborn"), QUICK)
    child.tick(0.0)
    pid = child.pid
    assert pid is not None
    grandchild = int(eventually(lambda: note.exists() and note.read_text()) or 0)
    assert not end_family(pid, timeout=0.2)
    assert gone(grandchild)
    assert end_family(pid) or gone(pid)
    child.reap()


def test_a_program_that_answers_no_more_is_replaced(tmp_path: Path) -> None:
    well = threading.Event()
    well.set()
    sleeping = program(tmp_path, "import time; time.sleep(600)")
    watched = replace(sleeping, answers=well.is_set, silent=0.2)
    with supervised(watched) as supervisor:
        child = supervisor.children[0]
        eventually(lambda: child._pulse is not None and child._pulse.answered)
        frozen = child.pid
        assert frozen is not None
        os.kill(frozen, signal.SIGSTOP)
        well.clear()
        eventually(lambda: child.pid not in (None, frozen), timeout=20)
        assert gone(frozen)
    assert "no longer answered" in watched.log.read_text()
