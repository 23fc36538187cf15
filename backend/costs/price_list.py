"""Amazon's own price list, as a table like ``assets/prices.json``.

Source: AWS Price List API, GetProducts. A product's attributes ``instanceName`` and ``component``
say which machine it is and what for; its price is under ``terms.OnDemand``.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import InputError

_COMPONENTS: Final = ("Training", "Hosting")
_UNITS: Final = frozenset({"hrs", "hours", "hour"})


def fetched(connections: Connections) -> dict[str, Any]:
    """What an hour of each machine costs in the cloud's region, for training or for real-time
    inference, whichever is more: an estimate must not promise too little.

    Raises ``InputError`` where the list has nothing for the region, ``CloudError`` where it cannot
    be had.
    """
    region = connections.cloud.region
    hourly: dict[str, float] = {}
    for component in _COMPONENTS:
        for name, amount in _machines(connections, region, component):
            hourly[name] = max(amount, hourly.get(name, 0.0))
    if not hourly:
        raise InputError(
            f"Amazon's price list says nothing about {region}: write a table like "
            "assets/prices.json yourself."
        )
    return {
        "as_of": f"{datetime.now(UTC):%Y-%m-%d}",
        "source": "AWS Price List API: on demand, training or real-time inference, whichever is "
        "more, US dollars an hour",
        "hourly": {region: dict(sorted(hourly.items()))},
    }


def _machines(connections: Connections, region: str, component: str) -> Iterator[tuple[str, float]]:
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in (("regionCode", region), ("component", component))
    ]
    with translated():
        pages = connections.pricing.get_paginator("get_products").paginate(
            ServiceCode="AmazonSageMaker", Filters=filters
        )
        products = [json.loads(text) for page in pages for text in page["PriceList"]]
    for product in products:
        name = str(product.get("product", {}).get("attributes", {}).get("instanceName", ""))
        if name.startswith("ml."):
            for amount in _hourly(product):
                yield name, amount


def _hourly(product: Mapping[str, Any]) -> Iterator[float]:
    """The prices of an hour on demand, in US dollars; none of what is free or billed otherwise."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for price in term.get("priceDimensions", {}).values():
            amount = float(price.get("pricePerUnit", {}).get("USD", 0))
            if amount > 0 and str(price.get("unit", "")).lower() in _UNITS:
                yield amount
