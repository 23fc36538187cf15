"""What was deleted, and what it had cost: without these a month's bill would shrink whenever
something is tidied away. Kept in S3 below ``costs/receipts/``, one object each.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.costs.meter import Item
from backend.costs.prices import Price
from backend.evaluation.objects import Objects

_FOLDER: Final = "costs/receipts/"


class Receipts:
    """The receipts of one cloud. Methods raise ``CloudError``."""

    def __init__(self, connections: Connections) -> None:
        self._objects = Objects(connections)
        self._known: dict[str, Item] = {}

    def keep(self, item: Item) -> None:
        """Note that ``item`` is deleted; doing it twice keeps one."""
        body = json.dumps(asdict(item), default=datetime.isoformat)
        name = f"{item.name} {item.started.isoformat()}"
        key = f"{_FOLDER}{item.kind.split()[0]}-{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        self._objects.put(f"{key}.json", body.encode())

    def all(self) -> tuple[Item, ...]:
        """Everything that was deleted; damaged receipts are left out."""
        keys = self._objects.keys(_FOLDER)
        for key in keys:
            if key not in self._known and (item := _item(self._objects.get_json(key))):
                self._known[key] = item
        return tuple(self._known[key] for key in keys if key in self._known)


def _item(content: Any) -> Item | None:
    try:
        price = content["price"]
        return Item(
            kind=content["kind"],
            name=str(content["name"]),
            instance_type=str(content["instance_type"]),
            instances=int(content["instances"]),
            started=datetime.fromisoformat(content["started"]),
            ended=datetime.fromisoformat(content["ended"]),
            price=None if price is None else Price(**price),
            billable=None if content["billable"] is None else float(content["billable"]),
            group=str(content["group"]),
            deleted=True,
        )
    except (KeyError, TypeError, ValueError):
        return None
