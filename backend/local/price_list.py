"""The price list of AWS: nothing costs anything on this computer, so that it is empty."""

from collections.abc import Mapping
from typing import Any

from backend.local.wire.json11 import Operation


def table() -> Mapping[str, Operation]:
    """The operations by AWS's names."""
    return {"GetProducts": _none}


async def _none(_request: dict[str, Any]) -> dict[str, Any]:
    return {"FormatVersion": "aws_v1", "PriceList": []}
