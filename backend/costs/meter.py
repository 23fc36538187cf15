"""What jobs and endpoints have cost so far: time on machines, times their number, times a price.

Jobs are charged for ``BillableTimeInSeconds`` (with managed spot training that is less than the
time they took), endpoints for the time that their machines run. Storage and traffic are left out:
they are small beside it. Where a price is not known, the cost is not either: None.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from backend.costs.prices import Price
from backend.jobs.records import TrainingJob

HOUR: Final = 3600.0
ItemKind = Literal["endpoint", "training job", "transform job"]


@dataclass(frozen=True)
class Item:
    """Something that costs, or has cost: from ``started`` to ``ended`` (None: still running) on
    ``instances`` machines at ``price`` an hour each (None: not known). ``billable`` is what AWS
    charges for in seconds, None where that is the time itself; ``group`` is the search that a job
    is a trial of. ``deleted`` ones are known from a receipt only.
    """

    kind: ItemKind
    name: str
    instance_type: str
    instances: int
    started: datetime
    ended: datetime | None
    price: Price | None
    billable: float | None = None
    group: str = ""
    deleted: bool = False

    @property
    def running(self) -> bool:
        """Whether it still costs more by the minute."""
        return self.ended is None

    @property
    def hourly(self) -> float | None:
        """What an hour of it costs, None where that is not known."""
        return None if self.price is None else self.price.amount * self.instances

    def cost(self, *, since: datetime | None = None, now: datetime | None = None) -> float | None:
        """What it has cost (since then), in US dollars; None where the price is not known.

        What AWS charges for is spread evenly over the time that it took.
        """
        if self.hourly is None:
            return None
        until = self.ended or now or datetime.now(UTC)
        whole = max(0.0, (until - self.started).total_seconds())
        counted = max(0.0, (until - max(self.started, since or self.started)).total_seconds())
        charged = whole if self.billable is None else self.billable
        share = counted / whole if whole else 1.0 if since is None else 0.0
        return charged * share / HOUR * self.hourly


@dataclass(frozen=True)
class Sum:
    """Costs together: those that are known, and how many are not."""

    amount: float = 0.0
    unknown: int = 0


def total(
    items: Iterable[Item], *, since: datetime | None = None, now: datetime | None = None
) -> Sum:
    """What ``items`` have cost together (since then)."""
    costs = [item.cost(since=since, now=now) for item in items if _counts(item, since)]
    return Sum(sum(cost for cost in costs if cost is not None), costs.count(None))


def _counts(item: Item, since: datetime | None) -> bool:
    return since is None or item.ended is None or item.ended > since


def month_start(now: datetime | None = None) -> datetime:
    """When the calendar month began, in UTC."""
    return (now or datetime.now(UTC)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def job_item(job: TrainingJob, price: Price | None) -> Item | None:
    """A training job as an item; None where it has not got so far as to cost anything.

    A running job is taken to be charged for all of its time: how much less it is with managed spot
    training is known at its end only.
    """
    if job.started is None:
        return None
    return Item(
        kind="training job",
        name=job.name,
        instance_type=job.instance_type,
        instances=job.instances,
        started=job.started,
        ended=job.ended,
        price=price,
        billable=float(job.billable_seconds) if job.finished and job.billable_seconds else None,
        group=job.tuning_job,
    )
