"""The page of costs and clean-up, and how money shows on the others."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.costs.service import Costs
from backend.endpoints.hosting import Hosting
from backend.settings.spending import Spending
from tests.app.fake_client import FakeClient
from tests.app.fake_jobs import FakeJobs, JobsClient, training_job
from tests.app.support import open_app, words_on
from tests.costs.fake_cloud import CLOUD, NOW, FakeCloud, refusal
from tests.costs.test_service import account


def opened(fake: FakeCloud, **spending: Any) -> AppTest:
    client = FakeClient(cloud=fake.cloud)
    client.__dict__["costs"] = Costs(fake.connections, Spending(**spending), clock=lambda: NOW)
    return open_app("costs", client)


def metrics(app: AppTest) -> list[str]:
    return [one.value for one in app.metric]


def table_with(app: AppTest, column: str) -> Any:
    return next(e.value for e in app.dataframe if column in e.value.columns)


def test_the_page_says_what_runs_and_what_it_costs() -> None:
    app = opened(account())
    assert metrics(app) == ["$0.23", "$2.42", "$2.42"]
    table = table_with(app, "What").set_index("What")
    assert table.loc["mine", "Cost"] == "$2.30"
    assert table.loc["mine-job", "State"] == "ended"
    assert "theirs" not in table.index
    words = words_on(app).replace("\\", "")
    assert "Prices of 2024" in words
    assert "named in DOCINSIGHTS_PRICES" in words


def test_where_nothing_is_charged_everything_is_free() -> None:
    app = opened(account(replace(CLOUD, charged=False)))
    assert metrics(app) == ["free", "free", "free"]
    assert "is free" in words_on(app)


def test_where_nothing_has_run_yet_it_is_not_called_free() -> None:
    assert metrics(opened(FakeCloud())) == ["$0.00", "$0.00", "$0.00"]


def test_unknown_prices_are_told_and_not_guessed() -> None:
    app = opened(account(replace(CLOUD, region="eu-west-1")))
    assert metrics(app)[2] == "not known"
    assert "The price of 2 items is not known" in app.warning[0].value


def test_the_budget_is_shown_with_what_is_left_of_it() -> None:
    app = opened(account(), budget=5.0)
    assert "$2.42 of $5.00 this month" in app.get("progress")[0].proto.text.replace("\\", "")


def test_an_idle_endpoint_is_offered_for_deletion_or_fewer_machines() -> None:
    fake = account()
    fake.cloudwatch.requests = 0
    app = opened(fake, idle_hours=6)
    assert "asked nothing for 6 hours" in words_on(app)
    app.button(key="scale_mine").click().run()
    assert ("update_endpoint_weights_and_capacities", "mine") in fake.sagemaker.called
    app.button(key="delete_mine").click().run()
    assert ("Endpoint", "mine") not in fake.sagemaker.things
    assert not app.exception


def test_an_endpoint_whose_time_is_over_is_told_of() -> None:
    fake = account()
    fake.sagemaker.things["Endpoint", "mine"].tags |= Hosting(expires=NOW).tags
    app = opened(fake)
    assert "time of “mine” is over" in words_on(app)


def test_everything_is_deleted_after_a_list_and_the_words() -> None:
    fake = account()
    app = opened(fake)
    app.button(key="cleanup_list").click().run()
    assert "Nothing has been deleted yet" in words_on(app)
    assert app.button(key="cleanup_now").disabled
    app.text_input(key="cleanup_typed").set_value("delete everything").run()
    app.button(key="cleanup_now").click().run()
    assert "a last look found nothing of ours" in app.success[0].value
    assert {name for _, name in fake.sagemaker.things} == {
        "theirs",
        "theirs-config",
        "theirs-job",
    }


def test_what_could_not_be_deleted_stays_on_the_list_with_its_reason() -> None:
    fake = account()
    fake.sagemaker.faults["delete_endpoint"] = refusal("AccessDeniedException", "no right")
    app = opened(fake)
    app.button(key="cleanup_list").click().run()
    app.text_input(key="cleanup_typed").set_value("delete everything").run()
    app.button(key="cleanup_now").click().run()
    assert "1 thing could not be deleted" in app.warning[-1].value
    assert "mine: Your account may not do this (no right)" in words_on(app).replace("\\", "")
    assert list(table_with(app, "Note")["What"]) == ["mine"]


def test_a_job_shows_its_cost_and_its_failure_what_helps() -> None:
    reason = "CapacityError: Unable to provision requested ML compute capacity."
    job = training_job("late", "Failed", failure_reason=reason)
    client = JobsClient(jobs=FakeJobs({"late": job}))
    app = open_app("jobs", client, query={"job": "late"})
    assert table_with(app, "Progress")["Cost"][0] in {"$0.01", "less than $0.01"}
    assert "try again later, or choose another instance type" in app.error[0].value.replace(
        "\\", ""
    )


def test_an_endpoint_is_deployed_as_it_was_chosen() -> None:
    client = FakeClient()
    app = open_app("endpoints", client)
    app.selectbox(key="deploy_model").select("finetuned-named-entities").run()
    app.selectbox(key="deploy_kind").select("serverless").run()
    app.selectbox(key="deploy_lasting").select("4 hours").run()
    app.button(key="deploy_now").click().run()
    chosen = client.hostings["finetuned-named-entities"]
    assert (chosen.kind, chosen.memory_mb) == ("serverless", 2048)
    assert chosen.expires is not None


def test_what_an_endpoint_will_cost_is_told_with_the_date_of_the_price() -> None:
    client = FakeClient(cloud=CLOUD)
    app = open_app("endpoints", client)
    words = words_on(app).replace("\\", "")
    assert re.search(r"\$0\.12 an hour, \$82\.80 in 30 days \(price of \d{4}-\d\d\)", words)


@pytest.mark.parametrize(("hours", "words"), [(1, "60 min"), (5, "5 h"), (48, "2 days")])
def test_times_to_come_are_told_in_their_largest_unit(hours: int, words: str) -> None:
    from pages.components.cost_views import until

    assert until(datetime.now(NOW.tzinfo) + timedelta(hours=hours, seconds=30)) == words
