"""CreateEndpointConfig, DescribeEndpointConfig, ListEndpointConfigs, DeleteEndpointConfig."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.local.hosting.deployment import Deployment, Production
from backend.local.sagemaker.arns import ENDPOINT_CONFIG, Account, invalid
from backend.local.sagemaker.definitions import Definitions
from backend.local.sagemaker.models import Models, container
from backend.local.store import EndpointConfig, Store

_MEMORY_STEP = 1024  # MB
_UNSUPPORTED = ("ExplainerConfig", "ShadowProductionVariants")
_QUEUE_SECONDS = 900.0
"""What a request from a queue may take: AWS's default."""


class EndpointConfigs(Definitions[EndpointConfig]):
    """The endpoint configs of the account."""

    table = EndpointConfig
    kind = ENDPOINT_CONFIG
    word = "EndpointConfig"

    def __init__(self, store: Store, account: Account, models: Models) -> None:
        super().__init__(store, account)
        self._models = models

    def deployment(self, session: Session, name: str) -> Deployment:
        """The config with its models, to be deployed. Raises AwsError where one is missing."""
        config = self.get(session, name)
        queue = config.definition.get("AsyncInferenceConfig")
        seconds = _QUEUE_SECONDS if queue else None
        variants = config.definition["ProductionVariants"]
        productions = tuple(self._production(session, variant, seconds) for variant in variants)
        return Deployment(config.name, productions, queue)

    def _production(
        self, session: Session, variant: Mapping[str, Any], seconds: float | None
    ) -> Production:
        return Production(
            name=variant["VariantName"],
            model_name=variant["ModelName"],
            container=container(self._models.get(session, variant["ModelName"]).definition),
            instances=variant["InitialInstanceCount"],
            weight=variant["InitialVariantWeight"],
            startup_seconds=variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
            invocation_seconds=seconds,
            serverless=variant.get("ServerlessConfig"),
        )

    def _check(self, request: dict[str, Any]) -> None:
        _refuse(request)
        for variant in request["ProductionVariants"]:
            variant.setdefault("InitialInstanceCount", 1)
            variant.setdefault("InitialVariantWeight", 1.0)

    def _require(self, session: Session, request: Mapping[str, Any]) -> None:
        for variant in request["ProductionVariants"]:
            self._models.get(session, variant["ModelName"])


def _refuse(request: Mapping[str, Any]) -> None:
    """Refuse what no endpoint could do, or would leave undone in silence."""
    names = [variant["VariantName"] for variant in request["ProductionVariants"]]
    if len(names) != len({name.lower() for name in names}):
        raise invalid("The names of the production variants must differ from each other.")
    for variant in request["ProductionVariants"]:
        if "ModelName" not in variant:
            raise invalid(f'Production variant "{variant["VariantName"]}" needs a ModelName.')
        if "ServerlessConfig" in variant and "InstanceType" in variant:
            raise invalid(
                f'Production variant "{variant["VariantName"]}" is serverless: '
                "leave out its InstanceType."
            )
        memory = variant.get("ServerlessConfig", {}).get("MemorySizeInMB", _MEMORY_STEP)
        if memory % _MEMORY_STEP:
            raise invalid(
                f"MemorySizeInMB of ServerlessConfig must be a multiple of {_MEMORY_STEP}."
            )
    if queue := request.get("AsyncInferenceConfig"):
        _check_queue(queue, request["ProductionVariants"])
    for name in _UNSUPPORTED:
        if request.get(name):
            raise invalid(f"{name} is not supported by the local service: leave it out.")
    if request.get("DataCaptureConfig", {}).get("EnableCapture"):
        raise invalid("Data capture is not supported by the local service: leave it out.")


def _check_queue(queue: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> None:
    if any("ServerlessConfig" in variant for variant in variants):
        raise invalid("A serverless variant answers at once: leave out AsyncInferenceConfig.")
    output = queue["OutputConfig"]
    if output.get("NotificationConfig"):
        raise invalid("NotificationConfig is not supported by the local service: leave it out.")
    for name, needed in (("S3OutputPath", True), ("S3FailurePath", False)):
        if not output.get(name, "" if needed else "s3://").startswith("s3://"):
            raise invalid(f"{name} of AsyncInferenceConfig must be an s3:// URI: give one.")
