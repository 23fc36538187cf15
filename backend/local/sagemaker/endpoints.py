"""The operations on endpoints: what they write in the database, the fleet carries out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from backend.local.hosting.deployment import Deployment, Production
from backend.local.hosting.fleet import Fleet
from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import ENDPOINT, Account, invalid
from backend.local.sagemaker.endpoint_configs import EndpointConfigs
from backend.local.sagemaker.listing import page
from backend.local.store import Endpoint, Store, now
from backend.local.wire.json11 import Operation

_IN_PROGRESS = ("Creating", "Updating", "RollingBack", "Deleting")


class Endpoints:
    """The endpoints of the account."""

    def __init__(
        self, store: Store, account: Account, configs: EndpointConfigs, fleet: Fleet
    ) -> None:
        self._store = store
        self._account = account
        self._configs = configs
        self._fleet = fleet

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateEndpoint": self._create,
            "DescribeEndpoint": self._describe,
            "ListEndpoints": self._list,
            "UpdateEndpoint": self._update,
            "UpdateEndpointWeightsAndCapacities": self._rescale,
            "DeleteEndpoint": self._delete,
        }

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["EndpointName"]

        def work(session: Session) -> str:
            if session.get(Endpoint, name):
                raise self._account.existing(ENDPOINT, name)
            arn = self._account.arn(ENDPOINT, name)
            endpoint = Endpoint(
                name=name,
                arn=arn,
                status="Creating",
                pending=self._configs.deployment(session, request["EndpointConfigName"]).dump(),
                deployment_config=request.get("DeploymentConfig"),
            )
            session.add(endpoint)
            tags.write(session, arn, request.get("Tags", []))
            return arn

        arn = await self._store.run(work)
        self._fleet.proceed(name)
        return {"EndpointArn": arn}

    async def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        def pending(session: Session, endpoint: Endpoint, serving: Deployment) -> Deployment:
            endpoint.deployment_config = request.get("DeploymentConfig") or (
                endpoint.deployment_config if request.get("RetainDeploymentConfig") else None
            )
            deployment = self._configs.deployment(session, request["EndpointConfigName"])
            if not request.get("RetainAllVariantProperties"):
                return deployment
            excluded = request.get("ExcludeRetainedVariantProperties", [])
            kept = {"DesiredInstanceCount", "DesiredWeight"} - {
                item["VariantPropertyType"] for item in excluded
            }
            return _retaining(deployment, serving, kept)

        return await self._change(request["EndpointName"], pending)

    async def _rescale(self, request: dict[str, Any]) -> dict[str, Any]:
        def pending(_session: Session, _endpoint: Endpoint, serving: Deployment) -> Deployment:
            return _rescaled(serving, request["DesiredWeightsAndCapacities"])

        return await self._change(request["EndpointName"], pending)

    async def _change(self, name: str, pending: Any) -> dict[str, Any]:
        """Begin an update to what ``pending`` makes of the endpoint's deployment."""

        def work(session: Session) -> tuple[str, str]:
            endpoint = self._settled(session, name)
            if endpoint.status == "Failed" or endpoint.serving is None:
                raise invalid(
                    f'Cannot update endpoint "{endpoint.arn}" in status {endpoint.status}: '
                    "delete it and create it again."
                )
            deployment = pending(session, endpoint, Deployment.load(endpoint.serving))
            endpoint.pending = deployment.dump()
            endpoint.status = "Updating"
            endpoint.last_modified_time = now()
            return endpoint.name, endpoint.arn

        name, arn = await self._store.run(work)
        self._fleet.proceed(name)
        return {"EndpointArn": arn}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> str:
            endpoint = self._settled(session, request["EndpointName"])
            endpoint.status = "Deleting"
            endpoint.last_modified_time = now()
            return endpoint.name

        self._fleet.proceed(await self._store.run(work))
        return {}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["EndpointName"]
        endpoint = await self._store.run(lambda session: self._get(session, name))
        return describe(endpoint, self._fleet.running(name))

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = await self._store.run(lambda session: page(session, Endpoint, request))
        summaries = [
            {
                "EndpointName": endpoint.name,
                "EndpointArn": endpoint.arn,
                "CreationTime": endpoint.creation_time,
                "LastModifiedTime": endpoint.last_modified_time,
                "EndpointStatus": endpoint.status,
            }
            for endpoint in found.rows
        ]
        return {"Endpoints": summaries, "NextToken": found.next_token}

    def _settled(self, session: Session, name: str) -> Endpoint:
        """The endpoint, which nothing is being done to."""
        endpoint = self._get(session, name)
        if endpoint.status in _IN_PROGRESS:
            raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
        return endpoint

    def _get(self, session: Session, name: str) -> Endpoint:
        endpoint = session.get(Endpoint, name)
        if endpoint is None:
            raise self._account.missing(ENDPOINT, name)
        return endpoint


def describe(endpoint: Endpoint, running: Mapping[str, int]) -> dict[str, Any]:
    """DescribeEndpoint's answer; ``running`` counts the instances at work by variant."""
    serving = Deployment.load(endpoint.serving) if endpoint.serving else None
    pending = Deployment.load(endpoint.pending) if endpoint.pending else None
    shown = serving or pending
    assert shown is not None  # an endpoint is created with something to bring up
    answer: dict[str, Any] = {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": shown.config_name,
        "ProductionVariants": [
            _variant(endpoint, variant, running.get(variant.name, 0)) for variant in shown.variants
        ],
        "EndpointStatus": endpoint.status,
        "FailureReason": endpoint.failure_reason,
        "CreationTime": endpoint.creation_time,
        "LastModifiedTime": endpoint.last_modified_time,
        "LastDeploymentConfig": endpoint.deployment_config,
    }
    if shown.queue:
        answer["AsyncInferenceConfig"] = shown.queue
    if serving and pending:
        answer["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending.config_name,
            "ProductionVariants": [_variant(endpoint, v, 0) for v in pending.variants],
            "StartTime": endpoint.last_modified_time,
        }
    return answer


def _variant(endpoint: Endpoint, variant: Production, running: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "VariantName": variant.name,
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": running,
        "DesiredInstanceCount": variant.instances,
    }
    if variant.serverless:
        answer["CurrentServerlessConfig"] = variant.serverless
    if variant.image:
        answer["DeployedImages"] = [
            {
                "SpecifiedImage": variant.image,
                "ResolvedImage": variant.image,
                "ResolutionTime": endpoint.last_modified_time,
            }
        ]
    if endpoint.status in ("Creating", "Updating", "Deleting"):
        answer["VariantStatus"] = [
            {"Status": endpoint.status, "StartTime": endpoint.last_modified_time}
        ]
    return answer


def _retaining(new: Deployment, old: Deployment, kept: set[str]) -> Deployment:
    """``new`` with the counts and weights that variants of the same name have in ``old``."""
    before = {variant.name: variant for variant in old.variants}

    def retaining(variant: Production) -> Production:
        known = before.get(variant.name)
        if known and "DesiredInstanceCount" in kept:
            variant = replace(variant, instances=known.instances)
        if known and "DesiredWeight" in kept:
            variant = replace(variant, weight=known.weight)
        return variant

    return replace(new, variants=tuple(retaining(variant) for variant in new.variants))


def _rescaled(serving: Deployment, wanted: Sequence[Mapping[str, Any]]) -> Deployment:
    changes = {item["VariantName"]: item for item in wanted}
    unknown = set(changes) - {variant.name for variant in serving.variants}
    if unknown:
        raise invalid(f'The endpoint has no production variant "{min(unknown)}".')
    if any(item.get("DesiredInstanceCount") == 0 for item in wanted):
        raise invalid("DesiredInstanceCount must be at least 1.")

    def rescaled(variant: Production) -> Production:
        change = changes.get(variant.name, {})
        return replace(
            variant,
            instances=change.get("DesiredInstanceCount", variant.instances),
            weight=change.get("DesiredWeight", variant.weight),
        )

    return replace(serving, variants=tuple(rescaled(variant) for variant in serving.variants))
