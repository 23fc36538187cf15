"""All checks, in the order in which they are shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from backend.checks.check import Check
from backend.checks.identity import credentials, pass_role, role, user_rights
from backend.checks.quotas import quotas
from backend.checks.services import bucket, services
from backend.cloud.connections import Connections

Part = Callable[[], tuple[Check, ...]]


def check_all(connections: Connections) -> tuple[Check, ...]:
    """Every check of the cloud of ``connections``; takes seconds, some of them side by side.

    Nothing is created or changed.
    """
    identity, signed_in = credentials(connections)
    parts: list[Part] = [
        lambda: (role(connections, identity),),
        lambda: (pass_role(connections, identity),),
        lambda: (user_rights(connections, identity),),
        lambda: (bucket(connections),),
        lambda: quotas(connections),
        lambda: services(connections),
    ]
    with ThreadPoolExecutor(max_workers=len(parts)) as pool:
        found = pool.map(lambda part: part(), parts)
        return (signed_in, *(check for checks in found for check in checks))
