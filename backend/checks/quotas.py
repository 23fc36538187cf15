"""How many machines of the chosen kinds the account may run at a time: Service Quotas.

SageMaker's quotas are named after their purpose: "ml.m5.large for endpoint usage".
"""

from collections.abc import Mapping
from typing import Any

from backend.checks.check import Check, unanswered
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import DocumentInsightsError

_SERVICE = "sagemaker"
Quota = Mapping[str, Any]


def quotas(connections: Connections) -> tuple[Check, ...]:
    """A check for each use of an instance type."""
    cloud = connections.cloud
    uses = {
        "Quota for training": f"{cloud.training_instance_type} for training job usage",
        "Quota for endpoints": f"{cloud.instance_type} for endpoint usage",
        "Quota for evaluation": f"{cloud.instance_type} for transform job usage",
    }
    try:
        known = _known(connections, set(uses.values()))
    except DocumentInsightsError as error:
        return tuple(unanswered(what, error) for what in uses)
    return tuple(_check(connections, what, name, known) for what, name in uses.items())


def _known(connections: Connections, wanted: set[str]) -> dict[str, Quota]:
    """Quotas by name: the account's own, and AWS's defaults for those that it has not changed."""
    found: dict[str, Quota] = {}
    with translated():
        for listing in ("list_service_quotas", "list_aws_default_service_quotas"):
            if wanted <= found.keys():
                break
            for page in connections.quotas.get_paginator(listing).paginate(ServiceCode=_SERVICE):
                found = {one["QuotaName"]: one for one in page["Quotas"]} | found
    return found


def _check(connections: Connections, what: str, name: str, known: Mapping[str, Quota]) -> Check:
    cloud = connections.cloud
    machine = name.partition(" ")[0]
    if not known:
        return Check(what, "ok", f"{machine}: not limited here.")
    console = f"https://{cloud.region}.console.aws.amazon.com/servicequotas/home"
    page = f"{console}/services/{_SERVICE}/quotas"
    if name not in known:
        return Check(
            what,
            "missing",
            f"There is no quota “{name}” in {cloud.region}: SageMaker may not have it there.",
            "Choose another instance type.",
            link=page,
        )
    quota = known[name]
    most = int(quota["Value"])
    if most > 0:
        return Check(what, "ok", f"{machine}: {most} at a time.")
    return Check(
        what,
        "missing",
        f"Your account may run no {machine} for this.",
        "Ask AWS for at least one (often granted within a day), or choose another instance type.",
        f"aws service-quotas request-service-quota-increase --service-code {_SERVICE} "
        f"--quota-code {quota['QuotaCode']} --desired-value 1 --region {cloud.region}",
        f"{page}/{quota['QuotaCode']}",
    )
