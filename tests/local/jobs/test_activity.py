"""Whether a job still does anything."""

import os
import subprocess
import sys
import time

from backend.local.jobs.activity import Activity


def test_a_process_that_computes_is_active_and_one_that_sleeps_is_not() -> None:
    activity = Activity(os.getpid(), 0.0)
    activity.look(1.0)  # all that it has used so far
    began = time.process_time()
    while time.process_time() - began < 0.1:
        pass
    activity.look(2.0)
    assert activity.last == 2.0
    activity.look(1000.0)  # next to nothing in so long a time
    assert activity.last == 2.0


COMPUTING = """
import time
while time.process_time() < 0.2:
    pass
print(flush=True)
input()
"""


def test_what_another_process_has_computed_counts() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COMPUTING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        activity = Activity(child.pid, 0.0)
        activity.look(1.0)
        child.communicate(b"end\n")
    assert activity.last == 1.0


def test_a_process_that_is_gone_does_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    activity = Activity(child.pid, 0.0)
    activity.look(1.0)
    assert activity.last == 0.0
