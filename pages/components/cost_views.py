"""Costs as what a screen shows: rows and words. Nothing here draws."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from pages.components.door import (
    HOSTING_KINDS,
    Hosted,
    Item,
    Resource,
    Spending,
    Statement,
    Sum,
    dollars,
)
from pages.components.endpoint import state_words
from pages.components.job_views import span


def totals(statement: Statement, *, charged: bool) -> tuple[str, str, str]:
    """What an hour costs now, what this month and everything has cost; "free" where nothing is
    ``charged``.
    """
    sums = (statement.hourly, statement.month, statement.total)
    hourly, month, total = (_sum(one, charged=charged) for one in sums)
    return hourly, month, total


def _sum(one: Sum, *, charged: bool) -> str:
    if one.amount == 0 and charged:
        return "not known" if one.unknown else "$0.00"
    return dollars(one.amount)


def budget_words(spending: Spending, spent: float) -> tuple[str, float | None]:
    """The budget in a sentence, and the share of it that is spent (None without one)."""
    if spending.budget is None:
        return "There is no budget: DOCINSIGHTS_BUDGET sets one, in US dollars.", None
    period = "this month" if spending.period == "month" else "in total"
    then = "jobs are stopped and nothing starts" if spending.action == "stop" else "nothing starts"
    amount = "None" if spent == 0 else dollars(spent)
    share = spent / spending.budget if spending.budget else 1.0
    return f"{amount} of {dollars(spending.budget)} {period}; at the ceiling {then}.", share


def price_words(items: Iterable[Item]) -> str:
    """Where the prices are from, and how to have others."""
    known = {(one.price.as_of, one.price.source) for one in items if one.price and one.price.as_of}
    told = " ".join(f"Prices of {as_of}: {source}." for as_of, source in sorted(known))
    return (
        f"{told} Storage and traffic are not counted. The bill is AWS's. Your own prices go into a "
        "file like assets/prices.json, named in DOCINSIGHTS_PRICES; "
        "“python -m backend.costs prices” writes one with Amazon's present ones for your region."
    ).strip()


def item_rows(items: Sequence[Item], now: datetime) -> list[dict[str, Any]]:
    """What costs, as a table."""
    return [
        {
            "What": item.name,
            "Cost": dollars(item.cost(now=now)),
            "State": "running" if item.running else "deleted" if item.deleted else "ended",
            "Kind": item.kind,
            "Machine": f"{item.instances} × {item.instance_type or 'unknown'}",
            "Time": span(((item.ended or now) - item.started).total_seconds()),
            "Charged": "" if item.billable is None else span(item.billable),
        }
        for item in items
    ]


def endpoint_rows(found: Sequence[Hosted], idle: Collection[str]) -> list[dict[str, Any]]:
    """Our endpoints, as a table."""
    return [
        {
            "Endpoint": one.name,
            "State": state_words(one.state),
            "Cost": hosted_cost(one),
            "Ends": ends(one),
            "Used": "no" if one.name in idle else "",
            "Served": HOSTING_KINDS[one.hosting.kind],
        }
        for one in found
    ]


def hosted_cost(one: Hosted | None) -> str:
    """What an endpoint has cost so far; "" for one that is not ours."""
    if one is None:
        return ""
    return "by the request" if one.item is None else dollars(one.item.cost())


def ends(one: Hosted | None) -> str:
    """When an endpoint is to be deleted: "in 3 hours"."""
    if one is None or one.hosting.expires is None:
        return ""
    return "now" if one.expired else f"in {until(one.hosting.expires)}"


def until(moment: datetime) -> str:
    """How long it is to ``moment``, in its largest unit."""
    seconds = (moment - datetime.now(moment.tzinfo)).total_seconds()
    for size, unit in ((86_400, "days"), (3_600, "h")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(1, int(seconds // 60))} min"


def resource_rows(found: Iterable[Resource]) -> list[dict[str, Any]]:
    """What would be deleted, as a table."""
    return [
        {
            "What": one.name,
            "Kind": one.kind,
            "State": one.state,
            "Note": one.note or ("what it was made for is gone" if one.orphan else ""),
        }
        for one in found
    ]
