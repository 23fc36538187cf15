"""The endpoints page: state, log, deploy, update, delete."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backend.errors import CloudUnreachable
from pages.components import door
from tests.app.fake_client import FakeClient, endpoint_of
from tests.app.support import open_app, words_on


def test_all_endpoints_are_listed_with_their_state() -> None:
    client = FakeClient()
    client.fleet["broken"] = endpoint_of("broken", "named_entities", "Failed")
    table = open_app("endpoints", client).dataframe[0].value
    assert list(table["Endpoint"]) == list(client.fleet)
    assert list(table["State"])[-1] == "failed"


def test_the_reason_of_a_failure_and_the_log_are_shown_as_text() -> None:
    client = FakeClient()
    client.fleet["broken"] = endpoint_of("broken", "named_entities", "Failed")
    app = open_app("endpoints", client)
    app.selectbox(key="endpoint").select("broken").run()
    assert "could not be loaded" in app.error[0].value
    assert "<b>![x](http://evil)</b>" in app.code[0].value


def test_a_model_is_deployed_under_its_own_name_or_a_given_one() -> None:
    client = FakeClient()
    app = open_app("endpoints", client)
    app.selectbox(key="deploy_model").select("finetuned-named-entities").run()
    app.button(key="deploy_now").click().run()
    assert "finetuned-named-entities" in client.fleet
    app.text_input(key="deploy_name").set_value("another").run()
    app.button(key="deploy_now").click().run()
    assert "another" in client.fleet
    assert "another is starting" in app.success[0].value.replace("\\", "")


def test_a_name_that_is_taken_is_refused_in_one_sentence() -> None:
    client = FakeClient()
    app = open_app("endpoints", client)
    app.text_input(key="deploy_name").set_value("pretrained-summarization").run()
    app.button(key="deploy_now").click().run()
    assert "taken" in app.error[0].value


def test_an_endpoint_is_updated_and_deleted() -> None:
    client = FakeClient()
    app = open_app("endpoints", client)
    app.selectbox(key="endpoint").select("pretrained-document-entities").run()
    app.selectbox(key="update_model").select("finetuned-named-entities").run()
    app.button(key="update_now").click().run()
    assert client.fleet["pretrained-document-entities"].model == "finetuned-named-entities"
    app.button(key="delete_now").click().run()
    assert "pretrained-document-entities" not in client.fleet
    assert not app.exception


def test_every_deployable_row_of_the_original_solution_can_be_chosen() -> None:
    options = open_app("endpoints").selectbox(key="deploy_model").options
    for words in (
        "t5-base (Summarization, from the hub)",
        "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2 (Text classification, JumpStart)",
        "bert-large-uncased-whole-word-masking-finetuned-squad (Question answering, from the hub)",
        "en_core_web_md (Named entities, from its package)",
    ):
        assert words in options


def test_a_row_is_registered_and_deployed_and_what_is_not_to_be_had_is_said() -> None:
    client = FakeClient()
    app = open_app("endpoints", client)
    app.selectbox(key="deploy_model").select("catalog/summarization/t5-base").run()
    app.button(key="deploy_now").click().run()
    assert client.fleet["t5-base-0123"].model == "t5-base-0123"
    assert "An older version is used" in app.success[0].value
    jumpstart = "catalog/text_classification/tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"
    app.selectbox(key="deploy_model").select(jumpstart).run()
    app.button(key="deploy_now").click().run()
    assert "comes from SageMaker JumpStart" in app.error[0].value
    assert not app.exception


def test_an_endpoint_of_somebody_else_is_attached_to_a_task_and_detached() -> None:
    client = FakeClient()
    client.fleet["theirs"] = endpoint_of("theirs", "")
    app = open_app("endpoints", client)
    app.selectbox(key="endpoint").select("theirs").run()
    app.selectbox(key="attach_task").select("question_answering").run()
    app.button(key="attach_now").click().run()
    assert client.fleet["theirs"].task == "question_answering"
    app.button(key="detach_now").click().run()
    assert client.fleet["theirs"].task == ""
    assert not app.exception


def test_an_endpoint_that_answers_as_nothing_known_is_refused_in_a_sentence() -> None:
    client = FakeClient()
    client.fleet["strange"] = endpoint_of("strange", "")
    app = open_app("endpoints", client)
    app.selectbox(key="endpoint").select("strange").run()
    app.button(key="attach_now").click().run()
    assert "does not answer" in app.error[0].value


def test_our_own_endpoints_are_not_offered_for_attaching() -> None:
    app = open_app("endpoints")
    assert "attach_now" not in [button.key for button in app.button]


def test_without_a_service_the_page_says_so() -> None:
    app = open_app("endpoints", FakeClient(down=CloudUnreachable()))
    assert "cannot be reached" in words_on(app)


def test_with_no_endpoints_at_all_models_can_still_be_deployed() -> None:
    app = open_app("endpoints", FakeClient(fleet={}))
    assert app.button(key="deploy_now")
    assert "Nothing is deployed yet" in app.info[0].value


@pytest.fixture
def nothing_shipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cloud on which no models are started with the product."""
    monkeypatch.setenv("DOCINSIGHTS_EMBEDDED", "false")
    door.shipped.clear()
    yield
    door.shipped.clear()


@pytest.mark.usefixtures("nothing_shipped")
def test_where_none_are_started_the_standard_models_are_deployed_at_once() -> None:
    name = "pretrained-summarization"
    client = FakeClient(fleet={name: endpoint_of(name, "summarization")})
    app = open_app("endpoints", client)
    app.selectbox(key="deploy_kind").select("serverless").run()
    assert "5 standard models that the pages ask first" in words_on(app)
    app.button(key="deploy_standard").click().run()
    assert "5 standard models started" in app.success[0].value
    assert client.hostings["pretrained-question-answering-0123"].kind == "serverless"
    assert not app.exception


@pytest.mark.usefixtures("nothing_shipped")
def test_where_not_all_standard_models_can_be_deployed_it_says_how_many_were() -> None:
    client = FakeClient(fleet={"pretrained-document-entities-0123": endpoint_of("x", "")})
    app = open_app("endpoints", client)
    app.button(key="deploy_standard").click().run()
    told = app.error[0].value.replace("\\", "")
    assert told.startswith("4 models of 6 started.")
    assert "taken" in told


def test_where_they_are_started_with_the_product_standard_models_are_not_offered() -> None:
    app = open_app("endpoints", FakeClient(fleet={}))
    assert "deploy_standard" not in [button.key for button in app.button]


def test_requests_errors_and_latency_are_those_that_the_cloud_counted() -> None:
    table = open_app("endpoints").dataframe[0].value
    assert set(table["Requests"]) == {3}
    assert set(table["Errors"]) == {1}
    assert set(table["Latency"]) == {0.25}


def test_where_the_cloud_does_not_tell_the_page_says_that_nothing_is_measured() -> None:
    app = open_app("endpoints", FakeClient(measured=False))
    assert app.dataframe[0].value["Requests"].isna().all()
    assert "not measured" in words_on(app)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=5), "5 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_ages_are_told_in_their_largest_unit(before: timedelta, words: str) -> None:
    from pages.components.names import age

    assert age(datetime.now(UTC) - before) == words
