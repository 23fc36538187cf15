"""Text classification: its views, labels of one's own, and what is judged in a review."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.tasks.text_classification import TextClassificationResult
from pages.components import door
from pages.components.door import CLIENT_KEY
from pages.components.label_views import headline
from tests.app.fake_client import FakeClient
from tests.app.fake_jobs import JobsClient
from tests.app.support import PAGES, ROOT, component, open_app, switch, words_on

PAGE = "text_classification"
TONE = "pretrained-text-classification"


def asked(client: FakeClient) -> list[tuple[str, list[str], str]]:
    """Endpoint, names of labels and size of parts of each classification."""
    return [
        (endpoint, [label.name for label in request.labels], request.by)
        for slug, request, endpoint in client.asked
        if slug == PAGE
    ]


def names_of(view: str) -> list[str]:
    return [label.name for label in door.label_sets()[view].labels]


def result(*chances: float, none: bool = False) -> TextClassificationResult:
    labels = tuple("abcdefgh"[: len(chances)])
    return TextClassificationResult(labels[0], labels, chances, (), 1, none, 0.3)


@pytest.mark.parametrize(
    ("found", "words", "behind"),
    [
        (result(0.8, 0.15, 0.05), "A", "80%, then B 15%"),
        (result(0.95, 0.05), "A", "95%"),
        (result(0.45, 0.4, 0.15), "Probably a", "45%, or B 40%"),
        (result(0.3, 0.25, 0.2, 0.25), "Several at once", "A 30%, B 25%, D 25%"),
        (result(0.8, 0.2, none=True), "None of these", "The nearest: A 80%, B 20%"),
    ],
)
def test_a_headline_claims_no_more_than_the_model_does(
    found: TextClassificationResult, words: str, behind: str
) -> None:
    assert headline(found) == (words, behind)


def test_the_page_begins_with_the_kind_of_the_document() -> None:
    client = FakeClient()
    app = open_app(PAGE, client)
    assert asked(client) == [(door.OWN_LABELS, names_of("kind"), "section")]
    assert "Contract" in words_on(app)


@pytest.mark.parametrize(("view", "by"), [("topic", "section"), ("urgency", "sentence")])
def test_a_link_opens_another_ready_set(view: str, by: str) -> None:
    client = FakeClient()
    open_app(PAGE, client, query={"class_view": view})
    assert asked(client) == [(door.OWN_LABELS, names_of(view), by)]


def test_the_view_stays_in_the_link() -> None:
    app = open_app(PAGE)
    app.segmented_control(key="class_view").set_value("topic").run()
    assert app.query_params["class_view"] == "topic"
    app.segmented_control(key="class_view").set_value("kind").run()
    assert "class_view" not in app.query_params


def test_own_labels_sort_sentences_or_longer_parts() -> None:
    client = FakeClient()
    app = open_app(PAGE, client, query={"class_view": "own"})
    app.toggle(key="own_sections").set_value(True).run()
    names = ["decision", "problem", "plan", "background"]
    assert asked(client) == [
        (door.OWN_LABELS, names, "sentence"),
        (door.OWN_LABELS, names, "section"),
    ]
    assert component(app, "classification_reader")["marks"]


def test_a_sentence_becomes_an_example_and_stays_when_the_page_changes() -> None:
    client = FakeClient()
    app = open_app(PAGE, client, query={"class_view": "own"})
    sentence = app.selectbox(key="own_sentence").value
    app.selectbox(key="own_label").select("problem").run()
    app.button(key="own_add").click().run()
    app = switch(switch(app, "summarization"), PAGE)
    assert app.segmented_control(key="class_view").value == "own"
    table = app.session_state["own_labels"]
    assert {label.name: label.examples for label in table}["problem"] == (sentence,)
    sent = [request for slug, request, _ in client.asked if slug == PAGE][-1]
    assert sent.labels == table


def test_training_on_too_few_examples_says_how_many_are_needed() -> None:
    client = JobsClient()
    app = open_app(PAGE, client, query={"class_view": "own"})
    app.button(key="own_train").click().run()
    assert client.datasets.list() == ()
    told = app.error[0].value.replace("\\", "")
    assert "“decision” has 0 of the 5 examples" in told


def test_training_goes_on_with_a_dataset_of_the_examples() -> None:
    client = JobsClient()
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state[CLIENT_KEY] = client
    app.session_state["own_labels"] = tuple(
        door.Label(name, "", tuple(f"This {name} has the number {n}." for n in range(20)))
        for name in ("plan", "fact")
    )
    app.query_params["class_view"] = "own"
    app.switch_page(PAGES[PAGE]).run()
    app.button(key="own_train").click().run()
    (version,) = client.datasets.list(PAGE)
    assert sum(split.count for split in version.splits.values()) == 40
    assert app.selectbox(key="train_task").value == PAGE
    assert app.selectbox(key=f"train_data_{PAGE}").value == version.id
    assert not app.exception


def test_what_the_tone_model_says_of_a_sober_text_is_not_asked_by_sentence() -> None:
    client = FakeClient()
    open_app(PAGE, client, query={"class_view": "model", "sample": "board-minutes"})
    assert asked(client) == [(TONE, [], "section")]


def test_a_review_is_told_by_what_is_judged() -> None:
    client = FakeClient()
    app = open_app(PAGE, client, query={"class_view": "model", "sample": "guest-feedback"})
    assert asked(client)[1:] == [
        (TONE, [], "sentence"),
        (door.OWN_LABELS, names_of("aspects"), "sentence"),
    ]
    assert "Price and value" in words_on(app)
    ids = {
        mark["id"].partition(":")[0] for mark in component(app, "classification_reader")["marks"]
    }
    assert {"praise", "section"} <= ids


@pytest.mark.parametrize("others", ["", TONE])
def test_choosing_the_model_of_own_labels_leaves_the_tone_to_its_model(others: str) -> None:
    client = FakeClient()
    query = {"class_view": "model", "model": door.OWN_LABELS, "compare": others}
    app = open_app(PAGE, client, query=query)
    assert not app.error
    assert (door.OWN_LABELS, [], "section") not in asked(client)


def test_the_model_of_own_labels_is_not_offered_for_comparison() -> None:
    app = open_app(PAGE)
    assert door.OWN_LABELS not in json.dumps(_options(app, f"{PAGE}_other_0"))
    assert "Labels by description" not in _options(app, f"{PAGE}_other_0")


def _options(app: AppTest, key: str) -> list[Any]:
    found = [box for box in app.selectbox if box.key == key]
    return list(found[0].options) if found else []


def test_the_landing_page_tells_kind_and_topic_and_the_tone_of_a_review() -> None:
    client = FakeClient()
    app = open_app(client=client, query={"sample": "guest-feedback"})
    words = words_on(app)
    assert "Contract" in words
    assert "Business and finance" in words
    assert {endpoint for endpoint, _, _ in asked(client)} == {door.OWN_LABELS, TONE}
