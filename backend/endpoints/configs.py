"""The configurations of our endpoints. They cannot be changed, so each is used once, under a name
that says which endpoint it is for.
"""

import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import NotFound

_NAME: Final = re.compile(r"(.+)-\d{20}")


def stem(endpoint: str) -> str:
    """``endpoint`` short enough for a time stamp of 20 digits to follow (63 in all)."""
    if len(endpoint) <= 42:
        return endpoint
    return f"{endpoint[:32].rstrip('-')}-{hashlib.sha256(endpoint.encode()).hexdigest()[:8]}"


def stem_of(config: str) -> str:
    """The stem of the endpoint that ``config`` was made for; "" where it is not named so."""
    match = _NAME.fullmatch(config)
    return match[1] if match else ""


def new_config_name(endpoint: str) -> str:
    """A name for the next configuration of ``endpoint``."""
    return f"{stem(endpoint)}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"


def config_of(connections: Connections, endpoint: str) -> str:
    """The configuration that ``endpoint`` has now; raises ``EndpointMissing``."""
    with translated(endpoint=endpoint):
        facts = connections.sagemaker.describe_endpoint(EndpointName=endpoint)
    return str(facts["EndpointConfigName"])


def configs_made_for(connections: Connections, endpoint: str) -> list[str]:
    """Configurations that were made for ``endpoint``: an update leaves the one before, which
    SageMaker needs to roll back.
    """
    with translated():
        pages = connections.sagemaker.get_paginator("list_endpoint_configs").paginate(
            NameContains=stem(endpoint)
        )
        names = [c["EndpointConfigName"] for page in pages for c in page["EndpointConfigs"]]
    return [name for name in names if stem_of(name) == stem(endpoint)]


def delete_config(connections: Connections, config: str) -> None:
    """Delete ``config``, which need not be there."""
    with suppress(NotFound), translated():
        connections.sagemaker.delete_endpoint_config(EndpointConfigName=config)


def remove_endpoint(connections: Connections, endpoint: str) -> None:
    """Delete ``endpoint`` with its configurations; raises ``EndpointMissing``."""
    configs = {config_of(connections, endpoint), *configs_made_for(connections, endpoint)}
    with translated(endpoint=endpoint):
        connections.sagemaker.delete_endpoint(EndpointName=endpoint)
    for config in configs:
        delete_config(connections, config)
