"""The meter over a whole account, the budget, idle and expired endpoints."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.costs.service import Costs
from backend.endpoints.hosting import Hosting, lasting
from backend.errors import OverBudget
from backend.settings import Cloud
from backend.settings.spending import Spending
from tests.costs.fake_cloud import CLOUD, NOW, FakeCloud, refusal

HOUR = timedelta(hours=1)
MACHINES = {"InstanceType": "ml.m5.large", "InstanceCount": 1}


def account(cloud: Cloud = CLOUD) -> FakeCloud:
    """One endpoint on two machines for ten hours, one job of an hour, and others' things."""
    fake = FakeCloud(cloud)
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large"}
    for name, ours in (("mine", True), ("theirs", False)):
        fake.sagemaker.add(
            "Endpoint",
            name,
            ours=ours,
            EndpointStatus="InService",
            EndpointConfigName=f"{name}-config",
            CreationTime=NOW - 10 * HOUR,
            LastModifiedTime=NOW - 10 * HOUR,
            ProductionVariants=[{"CurrentInstanceCount": 2, "DesiredInstanceCount": 2}],
        )
        fake.sagemaker.add(
            "EndpointConfig", f"{name}-config", ours=ours, ProductionVariants=[variant]
        )
        add_job(fake, f"{name}-job", ours=ours)
    return fake


def add_job(fake: FakeCloud, name: str, *, ours: bool = True, **facts: Any) -> None:
    thing = fake.sagemaker.add("TrainingJob", name, ours=ours)
    thing.facts |= {
        "TrainingJobName": name,
        "TrainingJobArn": thing.arn,
        "TrainingJobStatus": "Completed",
        "CreationTime": NOW - 3 * HOUR,
        "TrainingStartTime": NOW - 2 * HOUR,
        "TrainingEndTime": NOW - HOUR,
        "BillableTimeInSeconds": 3600,
        "ResourceConfig": MACHINES,
        **facts,
    }


def costs_of(fake: FakeCloud, *, now: datetime = NOW, **spending: Any) -> Costs:
    return Costs(fake.connections, Spending(**spending), clock=lambda: now)


def test_the_statement_counts_what_is_ours_and_nothing_else() -> None:
    found = costs_of(account()).statement()
    assert {item.name for item in found.items} == {"mine", "mine-job"}
    assert found.total.amount == pytest.approx(0.115 * (2 * 10 + 1))
    assert found.hourly.amount == pytest.approx(0.23)


def test_evaluation_counts_as_well_and_ended_jobs_are_asked_about_once() -> None:
    fake = account()
    times = {"TransformStartTime": NOW - 2 * HOUR, "TransformEndTime": NOW - HOUR}
    for name, status, known in (("done", "Completed", times), ("waiting", "InProgress", {})):
        job = fake.sagemaker.add("TransformJob", name, TransformJobStatus=status)
        job.facts |= {"TransformResources": MACHINES, **known}
    costs = costs_of(fake)
    for _ in range(2):
        (item,) = (one for one in costs.statement().items if one.kind == "transform job")
        assert item.name == "done"
        assert item.cost() == pytest.approx(0.115)
    described = [name for deed, name in fake.sagemaker.called if deed == "describe_transform_job"]
    assert described == ["done", "waiting", "waiting"]


def test_where_nothing_is_charged_everything_is_free() -> None:
    found = costs_of(account(replace(CLOUD, charged=False))).statement()
    assert found.total.amount == 0
    assert found.items


def test_of_a_machine_without_a_price_only_that_is_said() -> None:
    found = costs_of(account(replace(CLOUD, region="eu-west-1"))).statement()
    assert (found.total.amount, found.total.unknown) == (0, 2)


def test_what_is_deleted_still_counts() -> None:
    fake = account()
    costs = costs_of(fake)
    before = costs.statement().total.amount
    costs.delete_endpoint("mine")
    costs.jobs.delete(costs.jobs.training_job("mine-job"))
    assert {("Endpoint", "mine"), ("TrainingJob", "mine-job")}.isdisjoint(fake.sagemaker.things)
    after = costs_of(fake).statement()
    assert all(item.deleted for item in after.items)
    assert after.total.amount >= before
    assert costs._known() == {"endpoint": {"mine"}, "training job": {"mine-job"}}


def test_a_job_that_was_deleted_behind_our_back_is_left_out() -> None:
    fake = account()
    fake.sagemaker.faults["describe_training_job mine-job"] = refusal(
        "ValidationException", "Requested resource not found."
    )
    fake.sagemaker.faults["describe_endpoint mine"] = refusal(
        "ValidationException", 'Could not find endpoint "mine".'
    )
    assert costs_of(fake).statement().items == ()


# The budget.


def test_without_a_budget_or_costs_nothing_is_asked() -> None:
    for fake in (account(), account(replace(CLOUD, charged=False))):
        budget = None if fake.cloud.charged else 0.0
        costs_of(fake, budget=budget).allow("x", None)
        costs_of(fake, budget=budget).allow_endpoint(Hosting())
        assert fake.sagemaker.called == []


def test_the_budget_refuses_what_may_cost_more_than_is_left() -> None:
    costs = costs_of(account(), budget=10.0, period="total")
    costs.allow("“small”", 1.0)
    with pytest.raises(OverBudget, match=r"“large” is not started, because it may cost \$9.00"):
        costs.allow("“large”", 9.0)


def test_an_endpoint_counts_until_it_expires_or_to_the_end_of_the_month() -> None:
    costs = costs_of(account(), budget=50.0)
    assert costs.until_end(Hosting(expires=NOW + 2 * HOUR)) == pytest.approx(0.23)
    days = (31 - 9 - 0.5) * 24
    assert costs.until_end(Hosting(instances=2)) == pytest.approx(2 * 0.115 * days)
    assert costs.until_end(Hosting("serverless")) == 0
    assert costs.until_end(Hosting(instance_type="ml.unheard.large")) is None
    with pytest.raises(OverBudget, match="An endpoint that runs until somebody deletes it is not"):
        costs.allow_endpoint(Hosting(instances=9))


def test_a_spent_budget_stops_running_jobs_where_it_is_to() -> None:
    fake = account()
    for ours in (True, False):
        add_job(
            fake,
            f"running-{ours}",
            ours=ours,
            TrainingJobStatus="InProgress",
            TrainingEndTime=None,
        )
    assert costs_of(fake, budget=1.0).enforce() == ()
    assert costs_of(fake, budget=10_000.0, period="total", action="stop").enforce() == ()
    (said,) = costs_of(fake, budget=0.0, action="stop").enforce()
    assert said == "running-True was stopped, because the budget is spent."
    stopped = [name for deed, name in fake.sagemaker.called if deed == "stop_training_job"]
    assert stopped == ["running-True"]


# Idle and expired endpoints.


def test_an_endpoint_that_nobody_asks_is_found_idle() -> None:
    fake = account()
    assert costs_of(fake, idle_hours=6).idle() == ()
    fake.cloudwatch.requests = 0
    assert [one.name for one in costs_of(fake, idle_hours=6).idle()] == ["mine"]
    assert costs_of(fake, idle_hours=11).idle() == ()  # too young to tell


def test_expired_endpoints_of_ours_are_deleted_and_others_stay() -> None:
    fake = account()
    for name in ("mine", "theirs"):
        tags = fake.sagemaker.things["Endpoint", name].tags
        tags |= Hosting(expires=NOW).tags
    assert costs_of(fake, now=NOW - HOUR).sweep() == ()
    assert costs_of(fake).sweep() == ("The endpoint mine was deleted, because its time was over.",)
    assert {name for kind, name in fake.sagemaker.things if kind == "Endpoint"} == {"theirs"}
    assert ("EndpointConfig", "mine-config") not in fake.sagemaker.things


def test_an_expired_endpoint_that_cannot_be_deleted_is_told_of_and_tried_again() -> None:
    fake = account()
    fake.sagemaker.things["Endpoint", "mine"].tags |= Hosting(expires=NOW).tags
    fake.sagemaker.faults["delete_endpoint"] = refusal(
        "ValidationException", "Cannot update in-progress endpoint"
    )
    (said,) = costs_of(fake).sweep()
    assert said.startswith("The endpoint mine could not be deleted: The endpoint “mine” is not")
    fake.sagemaker.faults.clear()
    assert "was deleted" in costs_of(fake).sweep()[0]


def test_an_endpoint_that_hangs_in_creating_is_told_of() -> None:
    fake = account()
    fake.sagemaker.things["Endpoint", "mine"].facts["EndpointStatus"] = "Creating"
    (one,) = costs_of(fake).endpoints()
    started = one.modified
    assert one.trouble(started + timedelta(minutes=5)) == ""
    assert "unusually long: look at its log" in one.trouble(started + timedelta(minutes=30))
    assert "“mine” is stuck: it has been starting for 75 minutes" in one.trouble(
        started + timedelta(minutes=75)
    )
    assert replace(one, state="InService").trouble(started + 9 * HOUR) == ""


def test_how_long_an_endpoint_lasts_is_kept_in_its_tags() -> None:
    assert lasting(None) is None
    fake = account()
    fake.sagemaker.things["Endpoint", "mine"].tags |= Hosting(expires=lasting(2, now=NOW)).tags
    (one,) = costs_of(fake).endpoints()
    assert one.hosting.expires == NOW + 2 * HOUR
    assert not one.expired_at(NOW)
    fake.sagemaker.things["Endpoint", "mine"].tags["docinsights:expires"] = "tomorrow"
    (one,) = costs_of(fake).endpoints()
    assert one.hosting.expires is None
