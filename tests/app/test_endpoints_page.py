"""The endpoints page: state, log, deploy, update, delete."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.errors import CloudUnreachable
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
    app.selectbox(key="endpoint").select("pretrained-named-entities").run()
    app.selectbox(key="update_model").select("finetuned-named-entities").run()
    app.button(key="update_now").click().run()
    assert client.fleet["pretrained-named-entities"].model == "finetuned-named-entities"
    app.button(key="delete_now").click().run()
    assert "pretrained-named-entities" not in client.fleet
    assert not app.exception


def test_without_a_service_the_page_says_so() -> None:
    app = open_app("endpoints", FakeClient(down=CloudUnreachable()))
    assert "cannot be reached" in words_on(app)


def test_with_no_endpoints_at_all_models_can_still_be_deployed() -> None:
    app = open_app("endpoints", FakeClient(fleet={}))
    assert app.button(key="deploy_now")


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
