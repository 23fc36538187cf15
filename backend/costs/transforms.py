"""Transform jobs as items: evaluation on test data runs as these."""

from typing import Any

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.costs.inventory import ENDED, Inventory
from backend.costs.meter import Item
from backend.costs.prices import Prices
from backend.errors import NotFound


class TransformItems:
    """Our transform jobs; those that have ended are remembered, since they do not change."""

    def __init__(self, connections: Connections, inventory: Inventory) -> None:
        self._connections = connections
        self._inventory = inventory
        self._ended: dict[str, Item | None] = {}

    def all(self, prices: Prices) -> list[Item]:
        """Those that have started; raises ``CloudError``."""
        items = []
        for one in self._inventory.ours("transform job"):
            item = self._ended[one.arn] if one.arn in self._ended else self._item(one.name, prices)
            if one.state in ENDED:
                self._ended[one.arn] = item
            if item:
                items.append(item)
        return items

    def _item(self, name: str, prices: Prices) -> Item | None:
        try:
            with translated():
                facts: dict[str, Any] = self._connections.sagemaker.describe_transform_job(
                    TransformJobName=name
                )
        except NotFound:
            return None
        if "TransformStartTime" not in facts:
            return None
        machines = facts["TransformResources"]
        ended = facts.get("TransformEndTime")
        if ended is None and facts["TransformJobStatus"] in ENDED:
            ended = facts["TransformStartTime"]
        return Item(
            kind="transform job",
            name=name,
            instance_type=machines["InstanceType"],
            instances=machines["InstanceCount"],
            started=facts["TransformStartTime"],
            ended=ended,
            price=prices.machine(self._connections.cloud, machines["InstanceType"]),
        )
