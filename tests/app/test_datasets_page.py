"""The Datasets page: list, look, check, repair, add and delete."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.data.files import SourceFile
from backend.data.store import Datasets
from backend.errors import CloudUnreachable
from pages.components import dataset_views
from pages.components.door import CLIENT_KEY
from tests.app.fake_client import FakeClient
from tests.app.support import ROOT, component, marked, shown_by, text_of, words_on
from tests.data.fake_s3 import connections

TC = "text_classification"
RENDERED = ("title", "subheader", "caption", "markdown", "info", "error", "warning", "html")
HOSTILE = "<b>![x](http://evil)</b>"


@dataclass
class Client(FakeClient):
    """The fake client with datasets in a dictionary."""

    datasets: Datasets = field(default_factory=lambda: Datasets(connections()[0]))


def texts(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"text": f"Text {n} of these.", "label": "ab"[n % 2]} for n in range(start, start + count)
    ]


def open_page(client: Client) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state[CLIENT_KEY] = client
    app.run()
    app.switch_page("pages/admin/datasets.py").run()
    assert not app.exception
    return app


def panel(app: AppTest, name: str) -> AppTest:
    app.segmented_control(key="dataset_panel").set_value(name).run()
    assert not app.exception
    return app


def test_without_datasets_the_page_invites_to_the_first() -> None:
    app = open_page(Client())
    assert "no datasets yet" in words_on(app)
    app.button(key="add_samples").click().run()
    assert "The sample datasets are there" in app.success[0].value
    assert "support-requests" in app.selectbox(key="dataset").options
    assert "add_samples" not in [button.key for button in app.button]


def test_without_a_service_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()

    def unreachable(*_: Any) -> None:
        raise CloudUnreachable

    monkeypatch.setattr(client.datasets, "list", unreachable)
    assert "cannot be reached" in words_on(open_page(client))


def test_pasted_rows_become_a_dataset_that_is_then_shown() -> None:
    client = Client()
    app = open_page(client)
    app.segmented_control(key="dataset_source").set_value("Paste").run()
    rows = "\n".join(f"Case {n} of many,{'good' if n % 2 else 'bad'}" for n in range(50))
    app.text_area(key="dataset_pasted").set_value(f"text,label\n{rows}\n").run()
    app.button(key="read_pasted").click().run()
    assert not app.exception
    assert "Case 0 of many" in text_of(component(app, "dataset_preview"))
    app.button(key="add_dataset").click().run()
    assert not app.exception
    (made,) = client.datasets.list()
    assert (made.id, made.task, made.splits["test"].count) == ("pasted/v1", TC, 5)
    assert "pasted v1 was added" in app.success[0].value.replace("\\", "")
    assert app.selectbox(key="dataset").value == "pasted"


def test_what_cannot_be_read_is_said_in_one_sentence() -> None:
    app = open_page(Client())
    app.segmented_control(key="dataset_source").set_value("Paste").run()
    app.text_area(key="dataset_pasted").set_value("just words").run()
    app.button(key="read_pasted").click().run()
    assert "none of the formats" in app.error[0].value


def test_all_datasets_are_listed_with_size_version_and_checks() -> None:
    client = Client()
    client.datasets.add("mine", TC, {"train": texts(60), "test": texts(30, 60)}, source="")
    client.datasets.add("mine", TC, {"train": texts(60), "test": texts(30, 59)}, source="")
    table = open_page(client).dataframe[0].value
    assert list(table["Dataset"]) == ["mine"]
    assert list(table["Version"]) == ["v2"]
    assert list(table["Checks"]) == ["1 error"]
    assert list(table["Train / val / test"]) == ["60 / – / 30"]


def test_a_fix_makes_a_version_that_is_shown_and_the_old_one_stays() -> None:
    client = Client()
    client.datasets.add("mine", TC, {"train": texts(60), "test": texts(30, 59)}, source="")
    app = panel(open_page(client), "Checks")
    app.button(key="fix_leaked_texts_drop_leaked").click().run()
    assert not app.exception
    assert [one.version for one in client.datasets.list()] == ["v2", "v1"]
    assert "v1 is still there" in app.success[0].value.replace("\\", "")
    assert app.selectbox(key="version_of_mine").value == "v2"
    app.selectbox(key="version_of_mine").select("v1").run()
    assert not app.exception
    assert "Versions" in app.segmented_control(key="dataset_panel").options


def test_text_and_labels_of_others_are_never_markup() -> None:
    client = Client()
    rows = [*texts(60), {"text": f"A {HOSTILE}", "label": HOSTILE}]
    client.datasets.add("mine", TC, {"train": rows}, source=HOSTILE)
    app = open_page(client)
    app.text_input(key="dataset_search").set_value("evil").run()
    assert HOSTILE in text_of(component(app, "dataset_examples"))
    assert "&lt;b&gt;" in words_on(app)
    for name in ("Labels", "Checks", "Versions"):
        panel(app, name)
        assert not [words for words in shown_by(app, *RENDERED) if HOSTILE in words]


def test_versions_and_datasets_are_deleted() -> None:
    client = Client()
    for count in (60, 61):
        client.datasets.add("mine", TC, {"train": texts(count)}, source="")
    app = open_page(client)
    app.button(key="delete_version").click().run()
    assert [one.version for one in client.datasets.list()] == ["v1"]
    app.button(key="delete_dataset").click().run()
    assert client.datasets.list() == ()
    assert "no datasets yet" in words_on(app)


def test_spans_of_each_task_are_marked_in_the_examples() -> None:
    entities = [{"start": 0, "end": 4, "label": "PER"}, {"start": 2, "end": 99, "label": "X"}]
    pair = {"head": {"start": 0, "end": 4}, "tail": {"start": 8, "end": 12}, "label": "Other"}
    answers = [{"text": "Oslo", "start": 8}]
    cases: list[tuple[str, dict[str, Any], list[str]]] = [
        ("named_entities", {"entities": entities}, ["Anna"]),
        ("relation_extraction", pair, ["Other", "Anna", "Oslo"]),
        ("question_answering", {"question": "Where?", "answers": answers}, ["Where?", "Oslo"]),
        ("summarization", {"summary": "Anna."}, ["Anna."]),
        (TC, {"label": "x"}, ["x"]),
    ]
    for task, content, expected in cases:
        example = {"text": "Anna in Oslo.", "context": "Anna in Oslo."} | content
        text, marks = dataset_views.as_text([(4, example)], task)
        assert text.startswith("5  ")
        assert [text[mark.start : mark.end] for mark in marks] == expected


def test_long_examples_are_cut_around_what_is_marked() -> None:
    context = "x" * 3_000 + " here " + "y" * 3_000
    answers = [{"text": "here", "start": 3_001}]
    text, marks = dataset_views.as_text(
        [(0, {"question": "Where?", "context": context, "answers": answers})], "question_answering"
    )
    assert text[marks[1].start : marks[1].end] == "here"
    assert len(text) < 900


def test_examples_are_found_by_label_and_words() -> None:
    examples = texts(20)
    assert len(dataset_views.matching(examples, TC, label="a", words="")) == 10
    assert dataset_views.matching(examples, TC, label=None, words="text 7 ") == [(7, examples[7])]


def test_a_reader_shows_what_the_examples_say() -> None:
    client = Client()
    entity = {"start": 0, "end": 4, "label": "PER"}
    client.datasets.add(
        "names",
        "named_entities",
        {"train": [{"text": "Anna left.", "entities": [entity]}]},
        source="",
    )
    assert marked(component(open_page(client), "dataset_examples")) == ["Anna"]


def bring(client: Client, files: list[SourceFile]) -> AppTest:
    """The page with files in its upload box, as they lie there until they are added."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state[CLIENT_KEY] = client
    app.session_state["dataset_files"] = ("Files", ("cases.csv", files))
    app.run()
    app.switch_page("pages/admin/datasets.py").run()
    assert not app.exception
    return app


CASES = [SourceFile("cases.csv", "\n".join(
    ["text,label", *(f"Case {n} of many,{'good' if n % 2 else 'bad'}" for n in range(50)),
     "Who knows this one,N/A"]
).encode())]  # fmt: skip


def test_an_upload_that_is_not_added_survives_a_look_at_another_page() -> None:
    app = bring(Client(), CASES)
    assert "Case 0 of many" in text_of(component(app, "dataset_preview"))
    app.switch_page("pages/admin/jobs.py").run()
    app.switch_page("pages/admin/datasets.py").run()
    assert not app.exception
    assert "Case 0 of many" in text_of(component(app, "dataset_preview"))
    app.button(key="remove_upload").click().run()
    assert "remove_upload" not in [button.key for button in app.button]


def test_the_page_says_what_was_guessed_and_which_rows_are_left_out() -> None:
    client = Client()
    app = bring(client, CASES)
    assert "Taken for text classification" in words_on(app)
    assert "1 row left out" in [expander.label for expander in app.expander]
    app.button(key="add_dataset").click().run()
    assert not app.exception
    (made,) = client.datasets.list()
    assert made.count == 50
    assert "Row 51 was left out: it has no label." in made.notes


def test_numbers_get_their_names_before_a_dataset_is_added() -> None:
    client = Client()
    rows = "\n".join(f"Case {n} of many,{n % 2}" for n in range(50))
    app = bring(client, [SourceFile("cases.csv", f"text,label\n{rows}\n".encode())])
    app.text_input(key=f"dataset_names_{TC}").set_value("bad, good").run()
    app.button(key="add_dataset").click().run()
    (made,) = client.datasets.list()
    assert set(made.labels) == {"bad", "good"}


def test_all_fixes_are_shown_first_and_then_made_in_one_version() -> None:
    client = Client()
    rows = [*texts(60), texts(1)[0], {"text": "One more.", "label": "A"}]
    client.datasets.add("mine", TC, {"train": rows, "test": texts(30, 59)}, source="")
    app = panel(open_page(client), "Checks")
    app.toggle(key="fix_all_mine/v1").set_value(True).run()
    assert len(app.dataframe[1].value) == 3
    assert [one.version for one in client.datasets.list()] == ["v1"]
    app.button(key="fix_all_now").click().run()
    assert not app.exception
    newest = client.datasets.get("mine")
    assert (newest.version, newest.errors, set(newest.labels)) == ("v2", 0, {"a", "b"})
