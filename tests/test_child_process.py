"""A child that reads what somebody has brought: it gets no keys, and ends without its parent."""

import json
import sys
import tempfile

import pytest

from backend import child_process

PATIENT = "import time; time.sleep(600)"
CONFINED = """
import json, resource, signal
from backend.child_process import Bounds, confine
confine(Bounds(memory=1 << 30, answer=1000, cpu_seconds=7, seconds=50))
limits = [resource.getrlimit(one) for one in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]
print(json.dumps([limits, resource.getrlimit(resource.RLIMIT_CPU), signal.alarm(0)]))
"""


def answer_of(script: str, seconds: float = 60.0) -> tuple[int, bytes]:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        status = child_process.run([sys.executable, "-c", script], source, answer, seconds=seconds)
        answer.seek(0)
        return status, answer.read()


def test_it_gets_none_of_the_apps_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    status, answer = answer_of("import os; print(dict(os.environ))")
    assert status == 0
    assert b"s3cret" not in answer


def test_it_is_bounded_and_ends_by_itself_where_nobody_waits_any_more() -> None:
    status, answer = answer_of(CONFINED)
    assert status == 0
    memory_and_answer, computing, alarm = json.loads(answer)
    assert memory_and_answer == [[1 << 30] * 2, [1000] * 2]
    assert computing == [7, 12]
    assert 50 < alarm <= 55


def test_one_that_takes_too_long_is_ended_and_said_to_have() -> None:
    assert answer_of(PATIENT, seconds=0.1)[0] in child_process.TOO_LONG
