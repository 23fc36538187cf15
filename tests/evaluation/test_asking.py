"""Endpoints asked request by request: nothing twice, stopped when told, and their failures said."""

import threading
from typing import Any

import pytest

from backend.errors import ModelError
from backend.evaluation.asking import Asking, Progress, Row
from backend.evaluation.objects import Objects
from backend.evaluation.run import Run, State
from tests.data.fake_s3 import connections
from tests.evaluation.evaluating import Bench
from tests.support import eventually

FOLDER = "transform/run/model/"
ROWS = [{"text": f"Text {at}."} for at in range(70)]


class Endpoint:
    """Answers with the text it was asked, up to a number of requests, then waits or breaks."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.broken_from = 1000

    def __call__(self, endpoint: str, task: str, example: Any) -> Row:
        self.gate.wait(20)
        if len(self.asked) >= self.broken_from:
            raise ModelError(f"{endpoint} broke.")
        self.asked.append(example["text"])
        return {"label": example["text"]}


@pytest.fixture
def objects() -> Objects:
    return Objects(connections()[0])


def ended(asking: Asking) -> Progress:
    def look() -> Progress | None:
        found = asking.go_on(FOLDER, "e", "t", ROWS)
        return found if found.status != "InProgress" else None

    found = eventually(look)
    assert found is not None
    return found


def test_every_example_is_asked_once_and_answers_keep_their_order(objects: Objects) -> None:
    endpoint = Endpoint()
    asking = Asking(objects, endpoint)
    assert ended(asking) == Progress("Completed", 70)
    assert sorted(endpoint.asked) == sorted(row["text"] for row in ROWS)
    assert [row["label"] for row in asking.answers(FOLDER, ROWS)] == [r["text"] for r in ROWS]


def test_who_looks_next_goes_on_where_it_was_left(objects: Objects) -> None:
    first, second = Endpoint(), Endpoint()
    first.broken_from = 40
    found = ended(Asking(objects, first))
    assert found == Progress("Failed", 32, "e broke.")
    connections_of = objects._connections
    connections_of.s3.delete_object(
        Bucket=connections_of.cloud.bucket, Key=objects.uri(f"{FOLDER}failed.json").split("/", 3)[3]
    )
    assert ended(Asking(objects, second)) == Progress("Completed", 70)
    assert len(second.asked) == 70 - 32


def test_a_stopped_one_asks_no_more(objects: Objects) -> None:
    endpoint = Endpoint()
    endpoint.gate.clear()
    asking = Asking(objects, endpoint)
    assert asking.go_on(FOLDER, "e", "t", ROWS).status == "InProgress"
    asking.stop(FOLDER)
    endpoint.gate.set()
    found = ended(asking)
    assert found.status == "Stopped"
    eventually(lambda: not asking._busy)
    assert len(endpoint.asked) <= 32


def test_an_endpoint_is_scored_like_a_model_and_not_asked_again() -> None:
    bench = Bench()
    bench.endpoints.answer = lambda example: {"label": example["label"]}
    run = bench.evaluations.start(bench.version, [], endpoints=["theirs"], trivial=False)

    def look(run: Run) -> State | None:
        (state,) = bench.evaluations.states(run)
        return state if state.finished else None

    state = eventually(lambda: look(run))
    assert state is not None
    assert state.record is not None
    assert state.record.metrics["accuracy"].value == 1.0
    bench.endpoints.answer = lambda _: pytest.fail("asked again")
    again = bench.evaluations.start(bench.version, [], endpoints=["theirs"], trivial=False)
    assert look(again) is not None
    assert bench.evaluations.runs()[0] in (run, again)
