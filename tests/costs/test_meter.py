"""What things have cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.costs.budget import Verdict
from backend.costs.meter import Item, Sum, job_item, month_start, total
from backend.costs.prices import Price, dollars
from backend.errors import OverBudget
from backend.settings.spending import Spending
from tests.app.fake_jobs import training_job

START = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOLLAR = Price(1.0, "2024-12", "a test")
ITEM = Item("endpoint", "e", "ml.m5.large", 2, START, None, DOLLAR)


def test_an_endpoint_costs_for_the_time_that_its_machines_run() -> None:
    assert ITEM.hourly == 2.0
    assert ITEM.cost(now=START + 3 * HOUR) == 6.0
    assert replace(ITEM, ended=START + HOUR).cost(now=START + 3 * HOUR) == 2.0


def test_a_job_costs_for_its_billable_seconds() -> None:
    job = replace(training_job(), billable_seconds=1800, instances=2)
    item = job_item(job, DOLLAR)
    assert item is not None
    assert item.cost() == 1.0


def test_a_running_job_costs_for_its_time_and_one_that_waits_nothing() -> None:
    running = replace(training_job(status="InProgress"), started=START)
    item = job_item(running, DOLLAR)
    assert item is not None
    assert item.cost(now=START + HOUR) == 1.0
    assert job_item(replace(running, started=None), DOLLAR) is None


def test_without_a_price_nothing_is_guessed() -> None:
    unknown = replace(ITEM, price=None)
    assert unknown.cost(now=START + HOUR) is None
    assert total([ITEM, unknown], now=START + HOUR) == Sum(2.0, 1)


def test_only_what_falls_into_the_month_counts() -> None:
    item = replace(ITEM, started=START - HOUR, ended=START + HOUR)
    assert total([item], since=START) == Sum(2.0)
    assert total([item], since=START + HOUR) == Sum()
    assert month_start(datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) == START


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 9000))
def test_a_period_never_costs_more_than_the_whole(
    start: int, long: int, since: int, billable: int
) -> None:
    item = replace(
        ITEM,
        started=START + start * HOUR,
        ended=START + (start + long) * HOUR,
        billable=float(billable),
    )
    part, whole = item.cost(since=START + since * HOUR), item.cost()
    assert part is not None
    assert whole is not None
    assert 0 <= part <= whole


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "price not known"),
        (0.0, "free"),
        (0.001, "less than $0.01"),
        (0.115, "$0.12"),
        (1234.5, "$1,234.50"),
    ],
)
def test_amounts_are_said_as_people_say_them(amount: float | None, words: str) -> None:
    assert dollars(amount) == words


def verdict(spent: float, budget: float | None = 10.0) -> Verdict:
    return Verdict(Spending(budget=budget), Sum(spent))


def test_within_the_budget_everything_may_start() -> None:
    verdict(4.0).require("“a”", 6.0)
    verdict(400.0, None).require("“a”", None)
    assert verdict(4.0).left == 6.0
    assert verdict(400.0, None).left is None


@pytest.mark.parametrize(
    ("spent", "cost", "why"),
    [
        (10.0, 0.0, r"\$10.00 of the budget of \$10.00 this month are spent"),
        (4.0, 6.5, r"it may cost \$6.50 and \$4.00 of the budget of \$10.00 this month are spent"),
        (0.0, 11.0, r"it may cost \$11.00 and none of the budget"),
        (4.0, None, "its price is not known"),
    ],
)
def test_beyond_the_budget_nothing_starts_and_a_sentence_says_why(
    spent: float, cost: float | None, why: str
) -> None:
    with pytest.raises(OverBudget, match=f"“a” is not started, because {why}"):
        verdict(spent).require("“a”", cost)
