"""Service Quotas: nothing is limited on this computer, so that there are none to list."""

from collections.abc import Mapping
from typing import Any

from backend.local.wire.json11 import Operation


def table() -> Mapping[str, Operation]:
    """The operations by AWS's names."""
    return {"ListServiceQuotas": _none, "ListAWSDefaultServiceQuotas": _none}


async def _none(_request: dict[str, Any]) -> dict[str, Any]:
    return {"Quotas": []}
