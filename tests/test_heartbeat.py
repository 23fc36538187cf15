"""A program that hangs is noticed, one that is slow to start is not taken for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.heartbeat import Pulse
from tests.support import eventually


@contextmanager
def pulse_of(well: threading.Event, *, start_patience: float = 600.0) -> Iterator[Pulse]:
    pulse = Pulse(well.is_set, patience=0.05, start_patience=start_patience, pause=0.01)
    try:
        yield pulse
    finally:
        pulse.stop()


def test_one_that_answers_no_more_is_lost_and_found_when_it_answers_again() -> None:
    well = threading.Event()
    well.set()
    with pulse_of(well) as pulse:
        eventually(lambda: pulse.answered)
        assert not pulse.lost
        well.clear()
        eventually(lambda: pulse.lost)
        well.set()
        eventually(lambda: not pulse.lost)


def test_before_the_first_answer_it_may_take_the_time_of_a_start() -> None:
    asked = threading.Semaphore(0)

    def answers() -> bool:
        asked.release()
        return False

    pulse = Pulse(answers, patience=0.0, pause=0.001)
    for _ in range(20):
        assert asked.acquire(timeout=5)
    assert not pulse.lost
    pulse.stop()


def test_one_that_never_answers_is_lost_in_the_end() -> None:
    with pulse_of(threading.Event(), start_patience=0.05) as pulse:
        eventually(lambda: pulse.lost)
