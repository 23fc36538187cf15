"""Our endpoints: how they serve, since when, until when, and what that costs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import TASK_TAG
from backend.costs.inventory import Inventory, Resource
from backend.costs.meter import Item
from backend.costs.prices import Prices
from backend.endpoints.hosting import Hosting, hosting_of
from backend.errors import EndpointMissing, NotFound

STUCK: Final = timedelta(minutes=60)
"""SageMaker gives up on an endpoint that has not started after about an hour."""
_SLOW: Final = timedelta(minutes=20)
_STARTING: Final = frozenset({"Creating", "Updating", "RollingBack"})


@dataclass(frozen=True)
class Hosted:
    """One of our endpoints. ``item`` is what it costs for its time, None for a serverless one,
    which costs for its requests only; ``modified`` is when its state last changed.
    """

    name: str
    state: str
    created: datetime
    modified: datetime
    task: str
    hosting: Hosting
    instances: int
    item: Item | None

    @property
    def expired(self) -> bool:
        """Whether it was to be deleted by now."""
        return self.expired_at(datetime.now(UTC))

    def expired_at(self, now: datetime) -> bool:
        """Whether it is to be deleted by ``now``."""
        return self.hosting.expires is not None and self.hosting.expires <= now

    def trouble(self, now: datetime | None = None) -> str:
        """What is wrong with an endpoint that takes too long to start, in a sentence; "" where
        nothing is.
        """
        waiting = (now or datetime.now(UTC)) - self.modified
        minutes = round(waiting.total_seconds() / 60)
        if self.state not in _STARTING or waiting < _SLOW:
            return ""
        if waiting < STUCK:
            return (
                f"“{self.name}” has been starting for {minutes} minutes, which is unusually long: "
                "look at its log."
            )
        return (
            f"“{self.name}” is stuck: it has been starting for {minutes} minutes, and SageMaker "
            "gives up after about an hour. Look at its log, then delete it; as long as AWS refuses "
            "that, wait until it says that it failed."
        )


def hosted(connections: Connections, inventory: Inventory, prices: Prices) -> tuple[Hosted, ...]:
    """All of our endpoints, by name; one that goes meanwhile is left out."""
    found = sorted(inventory.ours("endpoint"), key=lambda one: one.name)
    with ThreadPoolExecutor(max_workers=8) as pool:
        described = pool.map(lambda one: _describe(connections, one, prices), found)
        return tuple(one for one in described if one is not None)


def _describe(connections: Connections, one: Resource, prices: Prices) -> Hosted | None:
    try:
        with translated(endpoint=one.name):
            facts = connections.sagemaker.describe_endpoint(EndpointName=one.name)
    except (EndpointMissing, NotFound):
        return None
    hosting = hosting_of(_config(connections, facts["EndpointConfigName"]), one.tags)
    variant: Mapping[str, Any] = next(iter(facts.get("ProductionVariants", [])), {})
    wanted = variant.get("DesiredInstanceCount") or hosting.instances
    instances = max(variant.get("CurrentInstanceCount", 0), wanted)
    item = Item(
        kind="endpoint",
        name=one.name,
        instance_type=hosting.instance_type,
        instances=instances,
        started=facts["CreationTime"],
        # A failed endpoint has no machines any more.
        ended=facts["LastModifiedTime"] if facts["EndpointStatus"] == "Failed" else None,
        price=prices.machine(connections.cloud, hosting.instance_type),
    )
    return Hosted(
        name=one.name,
        state=facts["EndpointStatus"],
        created=facts["CreationTime"],
        modified=facts["LastModifiedTime"],
        task=one.tags.get(TASK_TAG, ""),
        hosting=hosting,
        instances=instances,
        item=None if hosting.kind == "serverless" else item,
    )


def _config(connections: Connections, name: str) -> Mapping[str, Any]:
    try:
        with translated():
            facts: Mapping[str, Any] = connections.sagemaker.describe_endpoint_config(
                EndpointConfigName=name
            )
    except NotFound:
        return {}
    return facts
