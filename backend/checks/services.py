"""Whether the bucket and the services answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backend.checks.check import Check, unanswered
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.endpoints.usage import usage_of
from backend.errors import (
    CloudUnreachable,
    CredentialsRejected,
    DocumentInsightsError,
    NotFound,
    NotPermitted,
    TimedOut,
)

_NOBODY: Final = "document-insights-check"
"""An endpoint that is not there: to be told so is an answer."""


def bucket(connections: Connections) -> Check:
    """Whether the bucket is there, ours, and in the region."""
    cloud, what = connections.cloud, "Bucket"
    name = cloud.bucket
    try:
        with translated():
            answer = connections.s3.head_bucket(Bucket=name)
    except NotFound:
        return Check(
            what,
            "missing",
            f"There is no bucket {name} yet.",
            "Make it, or start a training job, which makes it.",
            f"aws s3 mb s3://{name} --region {cloud.region}",
        )
    except NotPermitted:
        return Check(
            what,
            "missing",
            f"{name} is another account's, or you may not use it.",
            "Set DOCINSIGHTS_BUCKET to a bucket of your own, or have its owner let you in.",
        )
    except DocumentInsightsError as error:
        return unanswered(what, error)
    region = answer.get("BucketRegion") or cloud.region
    if region != cloud.region:
        return Check(
            what,
            "missing",
            f"{name} is in {region}, but SageMaker is used in {cloud.region}: jobs cannot read it.",
            f"Set DOCINSIGHTS_BUCKET to a bucket in {cloud.region}, or DOCINSIGHTS_REGION to "
            f"{region}.",
        )
    return Check(what, "ok", f"{name} is there, in {region}.")


def services(connections: Connections) -> tuple[Check, ...]:
    """Whether each service answers at its address, whatever it answers."""
    now = datetime.now(UTC)
    asked: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "SageMaker": (
            lambda: connections.sagemaker,
            lambda: connections.sagemaker.list_endpoints(
                MaxResults=1, CreationTimeAfter=now - timedelta(days=1)
            ),
        ),
        "Asking endpoints": (
            lambda: connections.runtime,
            lambda: connections.runtime.invoke_endpoint(EndpointName=_NOBODY, Body=b""),
        ),
        "Logs": (
            lambda: connections.logs,
            lambda: connections.logs.describe_log_streams(
                logGroupName=f"/aws/sagemaker/Endpoints/{_NOBODY}", limit=1
            ),
        ),
        "Metrics": (
            lambda: connections.cloudwatch,
            lambda: usage_of(connections, (_NOBODY,)),
        ),
    }
    return tuple(_answers(what, client, call) for what, (client, call) in asked.items())


def _answers(what: str, client: Callable[[], Any], call: Callable[[], Any]) -> Check:
    address = ""
    try:
        with translated():
            address = client().meta.endpoint_url
            call()
    except (CloudUnreachable, TimedOut):
        return Check(
            what,
            "missing",
            f"{address} does not answer.",
            "Check the network: a proxy (HTTPS_PROXY), a firewall, or a VPC without an endpoint "
            "for this service may be in the way.",
            f"curl -sS -o /dev/null -w '%{{http_code}}\\n' {address}",
        )
    except (CredentialsRejected, NotPermitted) as error:
        return Check(what, "unknown", f"{address} answers, but refuses. {error}")
    except DocumentInsightsError:
        pass  # an answer all the same: that there is no such endpoint, log, …
    return Check(what, "ok", f"{address} answers.")
