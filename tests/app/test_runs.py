"""Runs: stopped ones keep what they had, and nothing is asked twice."""

import threading
from typing import Any

from pages.components.door import NAMED_ENTITIES, Answer, NamedEntitiesRequest
from pages.components.runs import Run
from tests.app.fake_client import FakeClient
from tests.app.support import component, open_app, paste, text_of, words_on
from tests.support import eventually


class SlowClient(FakeClient):
    """Answers named entities only when it is let; the first part at once where ``first`` says."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.slow = False
        self.held: list[str] = []

    def run(self, task: Any, request: Any, *, endpoint: str | None = None) -> Answer[Any]:
        if self.slow and task.slug == "named_entities" and "¶" not in request.text:
            self.held.append(request.text)
            self.gate.wait(20)
        return super().run(task, request, endpoint=endpoint)


def test_while_a_page_waits_it_says_what_it_does_and_offers_to_stop() -> None:
    client = SlowClient()
    app = open_app("named_entities", client)
    client.slow = True
    app = paste(app, "Ann met Bob.")
    assert app.button(key="named_entities_stop")
    app.button(key="named_entities_stop").click().run()
    assert "Stopped" in words_on(app)
    client.slow = False
    client.gate.set()
    app.button(key="named_entities_again").click().run()
    assert component(app, "entity_reader")["marks"]


def test_stopping_a_long_document_keeps_what_was_found() -> None:
    client = SlowClient()
    app = open_app("named_entities", client)
    client.slow = True
    first = "Ann met Bob ¶ in Rome.\n" * 800
    app = paste(app, first + "\n" + "Eve left.\n" * 3_000)
    eventually(lambda: [r for s, r, _ in client.asked if s == "named_entities"][1:])
    app.run()
    app.button(key="named_entities_stop").click().run()
    client.gate.set()
    assert "parts gave" in words_on(app)
    assert component(app, "entity_reader")["marks"]


def test_what_the_first_parts_found_is_shown_before_the_last_is_read() -> None:
    client = SlowClient()
    app = open_app("named_entities", client)
    client.slow = True
    app = paste(app, "Ann met Bob ¶ in Rome.\n" * 800 + "\n" + "Eve left.\n" * 3_000)
    eventually(lambda: client.held)
    app.run()
    assert component(app, "entity_reader")["marks"]
    assert "parts of the document; the rest follows" in words_on(app)
    client.gate.set()
    eventually(lambda: not any(run.pending for run in app.session_state["runs"].values()))
    assert "the rest follows" not in words_on(app.run())


def test_that_nothing_was_found_is_not_said_before_the_last_part_is_read() -> None:
    client = SlowClient()
    app = open_app("named_entities", client)
    client.slow = True
    app = paste(app, "nobody was there ¶ at all.\n" * 800 + "\n" + "Eve left.\n" * 3_000)
    eventually(lambda: client.held)
    assert "No names were found" not in words_on(app.run())
    client.gate.set()


def test_on_the_first_page_as_well_parts_are_shown_while_others_are_awaited() -> None:
    client = SlowClient()
    app = open_app(client=client)
    client.slow = True
    app = paste(app, "Ann met Bob ¶ in Rome.\n" * 800 + "\n" + "Eve left.\n" * 3_000)
    eventually(lambda: client.held)
    app.run()
    assert component(app, "document_names")["entries"]
    assert component(app, "document_reader")["marks"]
    assert "the rest follows" in words_on(app)
    client.gate.set()


def test_a_run_rests_when_the_document_changes_and_goes_on_when_it_comes_back() -> None:
    client = SlowClient()
    app = open_app("named_entities", client)
    client.slow = True
    long = "Ann met Bob ¶ in Rome.\n" * 800 + "\n".join(f"Eve left {n}." for n in range(6_000))
    app = paste(app, long)
    eventually(lambda: client.held)
    app = paste(app, "Bob ¶ stays.")
    client.gate.set()
    assert component(app, "entity_reader")["marks"]
    runs = app.session_state["runs"]
    eventually(lambda: all(run.future.done() for run in runs.values()))
    assert len(client.held) == 1
    app = paste(app, long)
    eventually(lambda: not any(run.pending for run in runs.values()))
    assert len(client.held) == len(set(client.held)) > 1
    assert text_of(component(app.run(), "entity_reader")) == long


def test_a_run_without_an_answer_has_neither_answer_nor_error() -> None:
    work = FakeClient().in_parts(NAMED_ENTITIES, NamedEntitiesRequest("a"))
    run: Run[Any] = Run(work, "e", "w")
    assert run.pending
    assert run.answer is None
    assert run.error is None
    run.stopped = True
    assert not run.pending


def test_requests_are_found_again_by_their_content() -> None:
    assert NamedEntitiesRequest("a") == NamedEntitiesRequest("a")
    assert NAMED_ENTITIES.slug == "named_entities"
