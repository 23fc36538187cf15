"""CreateEndpointConfig, DescribeEndpointConfig, ListEndpointConfigs, DeleteEndpointConfig."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.local.hosting.deployment import Deployment, Production
from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import ENDPOINT_CONFIG, MODEL, Account, invalid
from backend.local.sagemaker.listing import page
from backend.local.sagemaker.models import container
from backend.local.store import EndpointConfig, Model, Store
from backend.local.wire.json11 import Operation

_UNSUPPORTED = ("ExplainerConfig", "ShadowProductionVariants")
_QUEUE_SECONDS = 900.0
"""What a request from a queue may take: AWS's default."""


class EndpointConfigs:
    """The endpoint configs of the account."""

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateEndpointConfig": self._create,
            "DescribeEndpointConfig": self._describe,
            "ListEndpointConfigs": self._list,
            "DeleteEndpointConfig": self._delete,
        }

    def deployment(self, session: Session, name: str) -> Deployment:
        """The config with its models, to be deployed. Raises AwsError where one is missing."""
        config = self._get(session, name)
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
            container=container(self._model(session, variant["ModelName"]).definition),
            instances=variant["InitialInstanceCount"],
            weight=variant["InitialVariantWeight"],
            startup_seconds=variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
            invocation_seconds=seconds,
        )

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        _check(request)
        name, given = request["EndpointConfigName"], request.pop("Tags", [])
        for variant in request["ProductionVariants"]:
            variant.setdefault("InitialInstanceCount", 1)
            variant.setdefault("InitialVariantWeight", 1.0)

        def work(session: Session) -> str:
            if session.get(EndpointConfig, name):
                raise self._account.existing(ENDPOINT_CONFIG, name)
            for variant in request["ProductionVariants"]:
                self._model(session, variant["ModelName"])
            arn = self._account.arn(ENDPOINT_CONFIG, name)
            session.add(EndpointConfig(name=name, arn=arn, definition=request))
            tags.write(session, arn, given)
            return arn

        return {"EndpointConfigArn": await self._store.run(work)}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["EndpointConfigName"]
        config = await self._store.run(lambda session: self._get(session, name))
        return {
            "EnableNetworkIsolation": False,
            **config.definition,
            "EndpointConfigArn": config.arn,
            "CreationTime": config.creation_time,
        }

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = await self._store.run(lambda session: page(session, EndpointConfig, request))
        summaries = [
            {
                "EndpointConfigName": config.name,
                "EndpointConfigArn": config.arn,
                "CreationTime": config.creation_time,
            }
            for config in found.rows
        ]
        return {"EndpointConfigs": summaries, "NextToken": found.next_token}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> None:
            config = self._get(session, request["EndpointConfigName"])
            tags.forget(session, config.arn)
            session.delete(config)

        await self._store.run(work)
        return {}

    def _get(self, session: Session, name: str) -> EndpointConfig:
        config = session.get(EndpointConfig, name)
        if config is None:
            raise self._account.missing(ENDPOINT_CONFIG, name)
        return config

    def _model(self, session: Session, name: str) -> Model:
        model = session.get(Model, name)
        if model is None:
            raise self._account.missing(MODEL, name)
        return model


def _check(request: Mapping[str, Any]) -> None:
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
