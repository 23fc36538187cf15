"""What running costs and has cost, the budget, what is idle or expired: ``client.costs``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.costs.budget import Verdict
from backend.costs.cleanup import Cleanup
from backend.costs.hosted import Hosted, hosted
from backend.costs.inventory import Inventory, Kind, project_of
from backend.costs.meter import Item, Sum, job_item, month_start, total
from backend.costs.prices import Prices
from backend.costs.receipts import Receipts
from backend.costs.transforms import TransformItems
from backend.endpoints.configs import remove_endpoint
from backend.endpoints.hosting import Hosting
from backend.endpoints.usage import VARIANT, usage_of
from backend.errors import DocumentInsightsError, EndpointMissing, NotFound
from backend.jobs.records import TrainingJob, TuningJob
from backend.jobs.service import Jobs
from backend.settings.spending import Spending

_MOST_JOBS: Final = 1_000
_DAYS: Final = 30
"""How long an endpoint without an end is taken to run where the budget is not for a month."""


@dataclass(frozen=True)
class Statement:
    """All costs at one moment: ``items`` with what was deleted, our ``endpoints``, the sums of this
    month and of all time, and what an hour costs as things are now.
    """

    now: datetime
    items: tuple[Item, ...]
    endpoints: tuple[Hosted, ...]
    month: Sum
    total: Sum
    hourly: Sum


class Costs:
    """The costs of one cloud. Methods raise ``DocumentInsightsError``s only."""

    def __init__(
        self,
        connections: Connections,
        spending: Spending,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connections = connections
        self._clock = clock
        self.spending = spending
        self.inventory = Inventory(connections)
        self.receipts = Receipts(connections)
        self._transforms = TransformItems(connections, self.inventory)

    @cached_property
    def prices(self) -> Prices:
        """What machines cost; raises ``SettingsError`` for a price table that cannot be read."""
        return Prices.load(self.spending.prices)

    @cached_property
    def jobs(self) -> Jobs:
        """Fine-tuning and tuning jobs, within the budget."""
        return Jobs(self._connections, self)

    @cached_property
    def cleanup(self) -> Cleanup:
        """Deleting everything."""
        return Cleanup(self._connections, self.inventory, known=self._known)

    @property
    def charged(self) -> bool:
        """Whether running costs anything here."""
        return self._connections.cloud.charged

    # --- the meter ---

    def endpoints(self) -> tuple[Hosted, ...]:
        """Our endpoints with what they cost."""
        return hosted(self._connections, self.inventory, self.prices)

    def statement(self) -> Statement:
        """What everything of ours costs and has cost, the newest first."""
        now, endpoints = self._clock(), self.endpoints()
        items = [
            *(one.item for one in endpoints if one.item),
            *self._jobs(),
            *self._transforms.all(self.prices),
            *self.receipts.all(),
        ]
        items.sort(key=lambda item: item.started, reverse=True)
        rates = [item.hourly for item in items if item.running]
        return Statement(
            now=now,
            items=tuple(items),
            endpoints=endpoints,
            month=total(items, since=month_start(now), now=now),
            total=total(items, now=now),
            hourly=Sum(sum(rate for rate in rates if rate is not None), rates.count(None)),
        )

    def of_job(self, job: TrainingJob | TuningJob) -> float | None:
        """What ``job`` has cost so far: of a search, all its trials together. None where the
        price is not known.
        """
        if isinstance(job, TuningJob):
            trials = [self.jobs.training_job(trial.name) for trial in self.jobs.trials(job.name)]
            together = total([item for item in map(self._item, trials) if item], now=self._clock())
            return None if together.unknown else together.amount
        item = self._item(job)
        return item.cost(now=self._clock()) if item else 0.0

    def _jobs(self) -> list[Item]:
        project = project_of(self._connections.cloud)
        jobs = self.jobs.training_jobs(limit=_MOST_JOBS, trials=True)
        ours = [self._item(job) for job in jobs if job.project == project]
        return [item for item in ours if item]

    def _item(self, job: TrainingJob) -> Item | None:
        return job_item(job, self.prices.machine(self._connections.cloud, job.instance_type))

    def _known(self) -> Mapping[Kind, set[str]]:
        """The names of endpoints and jobs that were deleted."""
        names: dict[Kind, set[str]] = {}
        for item in self.receipts.all():
            names.setdefault(item.kind, set()).add(item.name)
        return names

    # --- the budget ---

    def verdict(self) -> Verdict:
        """What is spent of the budget; asks for nothing where there is none, or nothing costs."""
        if self.spending.budget is None or not self.charged:
            return Verdict(self.spending, Sum())
        found = self.statement()
        spent = found.month if self.spending.period == "month" else found.total
        return Verdict(self.spending, spent)

    def hourly(self, instance_type: str) -> float | None:
        """What a machine costs an hour: 0 where it is free, None where it is not known."""
        price = self.prices.machine(self._connections.cloud, instance_type)
        return price.amount if price else None

    def allow(self, what: str, cost: float | None) -> None:
        """Raise ``OverBudget`` where ``what`` may not be started, which may cost ``cost``."""
        if self.charged and self.spending.budget is not None:
            self.verdict().require(what, cost)

    def allow_endpoint(self, hosting: Hosting) -> None:
        """Raise ``OverBudget`` where an endpoint may not be started: it is taken to run until it
        expires, or else to the end of the month (of 30 days where the budget is for all time).
        """
        if not self.charged or self.spending.budget is None:
            return
        cost = self.until_end(hosting)
        until = "" if hosting.expires else " that runs until somebody deletes it"
        self.allow(f"An endpoint{until}", cost)

    def until_end(self, hosting: Hosting) -> float | None:
        """What an endpoint costs until it expires, or to the end of the period; 0 for a
        serverless one, which costs when it is asked.
        """
        if hosting.kind == "serverless":
            return 0.0
        now = self._clock()
        end = now + timedelta(days=_DAYS)
        if self.spending.period == "month":
            end = month_start(month_start(now) + timedelta(days=32))
        hours = max(0.0, ((hosting.expires or end) - now).total_seconds() / 3600)
        rate = self.hourly(hosting.instance_type or self._connections.cloud.instance_type)
        return None if rate is None else rate * hosting.instances * hours

    def enforce(self) -> tuple[str, ...]:
        """Stop our running jobs where the budget is spent and settings say so; what was done, in
        sentences.
        """
        if self.spending.action != "stop" or not self.verdict().reached:
            return ()
        project = project_of(self._connections.cloud)
        jobs: list[TrainingJob | TuningJob] = [
            *self.jobs.tuning_jobs(),
            *self.jobs.training_jobs(),
        ]
        running = [job for job in jobs if job.project == project and job.status == "InProgress"]
        return tuple(
            self._told(
                f"{job.name} was stopped, because the budget is spent.",
                f"{job.name} could not be stopped",
                partial(self.jobs.stop, job),
            )
            for job in running
        )

    # --- idle and expired endpoints ---

    def idle(self, endpoints: Sequence[Hosted] | None = None) -> tuple[Hosted, ...]:
        """Those of our ``endpoints`` (looked up unless given) that run on machines and that nobody
        has asked anything for the hours that settings say; raises ``CloudError`` where CloudWatch
        may not be asked.
        """
        hours = self.spending.idle_hours
        limit = (self._clock()) - timedelta(hours=hours)
        old = [
            one
            for one in (self.endpoints() if endpoints is None else endpoints)
            if one.item and one.state == "InService" and max(one.created, one.modified) <= limit
        ]
        if not old:
            return ()
        counted = usage_of(self._connections, [one.name for one in old], hours=hours)
        return tuple(one for one in old if counted[one.name].requests == 0)

    def scale_down(self, endpoint: str) -> None:
        """Have ``endpoint`` run on one machine."""
        with translated(endpoint=endpoint):
            self._connections.sagemaker.update_endpoint_weights_and_capacities(
                EndpointName=endpoint,
                DesiredWeightsAndCapacities=[{"VariantName": VARIANT, "DesiredInstanceCount": 1}],
            )

    def delete_endpoint(self, endpoint: str) -> None:
        """Delete ``endpoint`` with its configurations and keep a receipt of it."""
        settle = self._settle_endpoint(endpoint)
        remove_endpoint(self._connections, endpoint)
        settle()

    def sweep(self) -> tuple[str, ...]:
        """Do what time asks for: delete our expired endpoints, and ``enforce`` the budget; what was
        done, in sentences. Nothing does this by itself: the app does whenever somebody opens it,
        and ``python -m backend.costs sweep``.
        """
        now = self._clock()
        done = [
            self._told(
                f"The endpoint {one.name} was deleted, because its time was over.",
                f"The endpoint {one.name} could not be deleted",
                partial(self.delete_endpoint, one.name),
            )
            for one in self.endpoints()
            if one.expired_at(now) and one.state != "Deleting"
        ]
        return (*done, *self.enforce())

    def _told(self, done: str, failed: str, work: Callable[[], None]) -> str:
        try:
            work()
        except (EndpointMissing, NotFound):
            return done
        except DocumentInsightsError as error:
            return f"{failed}: {error}"
        return done

    # --- what is deleted leaves a receipt ---

    def _settle_endpoint(self, name: str) -> Callable[[], None]:
        """What is to be called once the endpoint is deleted."""
        if not self.charged:
            return lambda: None
        found = [one.item for one in self.endpoints() if one.name == name and one.item]
        return lambda: self._settle(found)

    def settle_job(self, job: TrainingJob) -> None:
        """Keep a receipt of a job that was deleted."""
        item = self._item(job)
        if self.charged and item:
            self._settle([item])

    def _settle(self, items: Sequence[Item]) -> None:
        for item in items:
            self.receipts.keep(replace(item, ended=item.ended or self._clock()))
