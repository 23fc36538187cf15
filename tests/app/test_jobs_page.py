"""The Jobs page: all jobs, one in full, and what can be done with it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.errors import CloudUnreachable
from pages.components import job_views
from tests.app.fake_jobs import LOG, FakeJobs, JobsClient, training_job, tuning_job
from tests.app.support import open_app, words_on


def open_jobs(jobs: FakeJobs, **query: str) -> tuple[AppTest, JobsClient]:
    client = JobsClient(jobs=jobs)
    return open_app("jobs", client, query=query), client


def table_with(app: AppTest, column: str) -> Any:
    """The table that has ``column``."""
    return next(e.value for e in app.dataframe if column in e.value.columns)


def test_without_jobs_the_page_invites_to_the_first() -> None:
    app, _ = open_jobs(FakeJobs())
    assert "No job has run yet" in words_on(app)


def test_without_a_service_the_page_says_so() -> None:
    app, _ = open_jobs(FakeJobs(refusal=CloudUnreachable()))
    assert "cannot be reached" in words_on(app)


def test_all_jobs_are_listed_with_their_progress_and_best_metric() -> None:
    app, _ = open_jobs(
        FakeJobs(
            {"tuned": training_job(), "now": training_job("now", "InProgress")},
            {"search": tuning_job()},
        )
    )
    table = table_with(app, "Progress").set_index("Job")
    assert table.loc["now", "Progress"] == 0.75
    assert table.loc["now", "State"] == "running"
    assert table.loc["search", "Kind"] == "Search"
    assert list(table["Best"]) == [0.75, 0.75, 0.9]


def test_a_running_job_shows_its_step_and_can_be_stopped() -> None:
    app, client = open_jobs(FakeJobs({"now": training_job("now", "InProgress")}))
    app.button(key="stop_job").click().run()
    assert client.jobs.done == [("stop", "now")]
    assert "stopping" in app.success[0].value
    assert "Step 30 of 40" in app.get("progress")[0].proto.text


def test_a_failed_job_says_why_and_its_log_is_shown_as_text() -> None:
    app, _ = open_jobs(FakeJobs({"broken": training_job("broken", "Failed")}))
    assert "exit code 1" in app.error[0].value
    assert LOG[-1] in app.code[0].value


def test_the_log_can_be_searched() -> None:
    app, _ = open_jobs(FakeJobs({"tuned": training_job()}))
    app.text_input(key="log_search").set_value("LOSS").run()
    assert "evil" not in app.code[0].value
    app.text_input(key="log_search").set_value("nowhere").run()
    assert "No line says that" in words_on(app)


def test_the_model_of_a_job_is_deployed_in_one_click() -> None:
    app, client = open_jobs(FakeJobs({"tuned": training_job()}))
    app.text_input(key="deploy_job_name").set_value("better").run()
    app.button(key="deploy_job").click().run()
    assert client.fleet["better"].model == "finetuned-named-entities"


def test_an_ended_job_is_deleted_with_or_without_its_files() -> None:
    app, client = open_jobs(FakeJobs({"tuned": training_job()}))
    app.checkbox(key="delete_files").check().run()
    app.button(key="delete_job").click().run()
    assert client.jobs.done == [("delete with files", "tuned")]
    assert "No job has run yet" in words_on(app)


def test_a_search_shows_its_best_trial_against_the_baseline() -> None:
    app, _ = open_jobs(FakeJobs({"tuned": training_job()}, {"search": tuning_job()}), job="search")
    assert app.metric[0].value == "0.9000"
    assert app.metric[0].delta == "+0.1500 against the baseline"
    trials = table_with(app, "Trial")
    assert list(trials["State"]) == ["done", "done", "failed", "stopped"]
    assert list(trials["Best"]) == [False, True, False, False]
    assert "flatters" in words_on(app)


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.4, "0 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")]
)
def test_durations_are_told_in_two_units(seconds: float | None, words: str) -> None:
    assert job_views.span(seconds) == words


def test_the_baseline_of_a_search_was_trained_on_the_same_data() -> None:
    search = tuning_job()
    same, other = training_job("same"), training_job("other", dataset_sha256="xyz")
    assert job_views.baseline_of(search, [same, other]) == same
    assert job_views.baseline_of(search, [other]) is None


def test_the_address_names_the_job_that_a_link_leads_to_even_the_newest() -> None:
    jobs = FakeJobs({"tuned": training_job(), "now": training_job("now", "InProgress")})
    for name in ("tuned", "now"):
        app, _ = open_jobs(jobs, job=name)
        assert app.selectbox(key="job").value == name
        assert name in app.query_params["job"]


def test_a_link_to_a_job_that_is_gone_shows_the_newest() -> None:
    app, _ = open_jobs(FakeJobs({"tuned": training_job()}), job="gone")
    assert app.selectbox(key="job").value == "tuned"
    assert not app.exception
