"""How a model is served: on machines of its own, on demand, or from a queue; and until when.

SageMaker's names for the three are real-time, serverless (``ServerlessConfig``) and asynchronous
(``AsyncInferenceConfig``) endpoints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from backend.cloud.naming import EXPIRES_TAG
from backend.endpoints.usage import VARIANT
from backend.errors import InputError

Kind = Literal["real-time", "serverless", "asynchronous"]
KINDS: Final[Mapping[Kind, str]] = {
    "real-time": "always on",
    "serverless": "on demand (serverless)",
    "asynchronous": "from a queue (asynchronous)",
}
MEMORY_SIZES: Final = (1024, 2048, 3072, 4096, 5120, 6144)
"""MB that a serverless endpoint can have."""
MOST_CONCURRENT: Final = 200
_EXPIRES: Final = "%Y-%m-%dT%H:%M:%SZ"

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Hosting:
    """How an endpoint serves. ``instance_type`` ("": the cloud's) and ``instances`` are of no
    meaning to a serverless one, ``memory_mb`` and ``concurrency`` to the others. After ``expires``
    it is to be deleted.

    Raises ``InputError`` for numbers that SageMaker would not take.
    """

    kind: Kind = "real-time"
    instance_type: str = ""
    instances: int = 1
    memory_mb: int = 2048
    concurrency: int = 5
    expires: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind == "serverless" and self.memory_mb not in MEMORY_SIZES:
            raise InputError(
                f"A serverless endpoint has 1,024 to 6,144 MB in steps of 1,024, not "
                f"{self.memory_mb:,}: choose one of these."
            )
        if self.kind == "serverless" and not 1 <= self.concurrency <= MOST_CONCURRENT:
            raise InputError(
                f"A serverless endpoint answers 1 to {MOST_CONCURRENT} requests at a time: "
                "change their number."
            )
        if self.instances < 1:
            raise InputError("An endpoint has at least one instance: change their number.")

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the endpoint that tell of it what its configuration cannot."""
        if self.expires is None:
            return {}
        return {EXPIRES_TAG: self.expires.astimezone(UTC).strftime(_EXPIRES)}

    def members(self, model: str, *, instance_type: str, output_uri: str) -> dict[str, Any]:
        """The members of CreateEndpointConfig that make an endpoint serve ``model`` so; answers
        from a queue go below ``output_uri``.
        """
        variant: dict[str, Any] = {"VariantName": VARIANT, "ModelName": model}
        if self.kind == "serverless":
            variant["ServerlessConfig"] = {
                "MemorySizeInMB": self.memory_mb,
                "MaxConcurrency": self.concurrency,
            }
        else:
            variant["InitialInstanceCount"] = self.instances
            variant["InstanceType"] = self.instance_type or instance_type
        members: dict[str, Any] = {"ProductionVariants": [variant]}
        if self.kind == "asynchronous":
            members["AsyncInferenceConfig"] = {
                "OutputConfig": {
                    "S3OutputPath": f"{output_uri}/answers",
                    "S3FailurePath": f"{output_uri}/failures",
                }
            }
        return members


def lasting(hours: float | None, *, now: datetime | None = None) -> datetime | None:
    """When something ends that lasts ``hours`` from now; None for None."""
    if hours is None:
        return None
    return ((now or datetime.now(UTC)) + timedelta(hours=hours)).replace(microsecond=0)


def hosting_of(config: Facts, tags: Mapping[str, str]) -> Hosting:
    """How the endpoint with the configuration ``config`` (DescribeEndpointConfig) serves."""
    variant: Facts = next(iter(config.get("ProductionVariants", [])), {})
    expires = expiry_of(tags)
    if serverless := variant.get("ServerlessConfig"):
        return Hosting(
            kind="serverless",
            memory_mb=serverless["MemorySizeInMB"],
            concurrency=serverless["MaxConcurrency"],
            expires=expires,
        )
    return Hosting(
        kind="asynchronous" if config.get("AsyncInferenceConfig") else "real-time",
        instance_type=variant.get("InstanceType", ""),
        instances=max(1, variant.get("InitialInstanceCount", 1)),
        expires=expires,
    )


def expiry_of(tags: Mapping[str, str]) -> datetime | None:
    """When the tags say that their endpoint is to be deleted; None where they do not."""
    try:
        return datetime.strptime(tags.get(EXPIRES_TAG, ""), _EXPIRES).replace(tzinfo=UTC)
    except ValueError:
        return None
