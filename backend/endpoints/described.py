"""Endpoints and registered models as SageMaker and their tags describe them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import ATTACHED_TAG, DIALECT_TAG, SOURCE_TAG, TASK_TAG
from backend.endpoints.configs import config_of
from backend.errors import CloudError, EndpointError, EndpointMissing, NotFound
from backend.tasks.dialects.base import OURS

_ANSWERING: Final = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack"})
_BROKEN: Final = frozenset({"Failed", "OutOfService", "UpdateRollbackFailed"})
_ASKED_AT_ONCE: Final = 8


@dataclass(frozen=True)
class Endpoint:
    """One endpoint. ``state`` is SageMaker's (Creating, InService, Updating, …); ``task`` a task's
    slug, "" where the endpoint does not say; instances are those running and those asked for.
    """

    name: str
    state: str
    model: str
    task: str
    created: datetime
    modified: datetime
    failure_reason: str
    instances: int
    desired_instances: int
    attached: bool = False
    """Whether somebody else deployed it, and the task is what it was attached to."""

    @property
    def ready(self) -> bool:
        """Whether it answers now: an endpoint that is being updated still does."""
        return self.state in _ANSWERING

    @property
    def broken(self) -> bool:
        """Whether it will not answer until somebody acts."""
        return self.state in _BROKEN

    @property
    def settled(self) -> bool:
        """Whether its state will stay as it is until somebody acts."""
        return self.state == "InService" or self.broken


@dataclass(frozen=True)
class Model:
    """One registered model; ``task`` and ``source`` come from its tags ("" where untagged)."""

    name: str
    task: str
    source: str
    created: datetime
    data_url: str
    dialect: str = ""
    """What it speaks, "" for what our own models do."""


def told_by(tags: Mapping[str, str]) -> tuple[str, str]:
    """Task and dialect in the tags of an endpoint of ours or of an attached one, "" each where
    they say nothing.
    """
    if TASK_TAG in tags:
        return tags[TASK_TAG], tags.get(DIALECT_TAG, OURS)
    task, _, dialect = tags.get(ATTACHED_TAG, "").partition("/")
    return task, dialect


def endpoint(connections: Connections, name: str) -> Endpoint:
    """One endpoint; raises ``EndpointMissing`` where there is none of that name."""
    with translated(endpoint=name):
        facts = connections.sagemaker.describe_endpoint(EndpointName=name)
    model = _model_of(connections, facts["EndpointConfigName"])
    variants = facts.get("ProductionVariants", [])
    tags = connections.tags(facts["EndpointArn"])
    return Endpoint(
        name=name,
        state=facts["EndpointStatus"],
        model=model,
        task=told_by(tags)[0],
        created=facts["CreationTime"],
        modified=facts["LastModifiedTime"],
        failure_reason=facts.get("FailureReason", ""),
        instances=sum(v.get("CurrentInstanceCount", 0) for v in variants),
        desired_instances=sum(v.get("DesiredInstanceCount", 0) for v in variants),
        attached=bool(told_by(tags)[0]) and TASK_TAG not in tags,
    )


def endpoints(connections: Connections) -> tuple[Endpoint, ...]:
    """All endpoints, by name; none that was deleted since they were listed."""

    def there(name: str) -> Endpoint | None:
        try:
            return endpoint(connections, name)
        except EndpointMissing:
            return None

    with translated():
        pages = connections.sagemaker.get_paginator("list_endpoints").paginate()
        names = sorted(e["EndpointName"] for page in pages for e in page["Endpoints"])
    with ThreadPoolExecutor(max_workers=_ASKED_AT_ONCE) as pool:
        return tuple(found for found in pool.map(there, names) if found is not None)


def model_behind(connections: Connections, endpoint: str) -> str:
    """The model that ``endpoint`` serves, "" where nobody tells."""
    try:
        return _model_of(connections, config_of(connections, endpoint))
    except (CloudError, EndpointError):
        return ""


def _model_of(connections: Connections, config: str) -> str:
    """The model that an endpoint configuration runs, "" where the configuration is gone."""
    try:
        with translated():
            facts = connections.sagemaker.describe_endpoint_config(EndpointConfigName=config)
    except NotFound:
        return ""
    return str(facts["ProductionVariants"][0].get("ModelName", ""))


def model(connections: Connections, name: str) -> Model:
    """One registered model; raises ``NotFound`` where there is none of that name."""
    with translated():
        facts = connections.sagemaker.describe_model(ModelName=name)
    container = facts.get("PrimaryContainer") or (facts.get("Containers") or [{}])[0]
    tags = connections.tags(facts["ModelArn"])
    return Model(
        name=name,
        task=tags.get(TASK_TAG, ""),
        source=tags.get(SOURCE_TAG, ""),
        created=facts["CreationTime"],
        data_url=container.get("ModelDataUrl", ""),
        dialect=tags.get(DIALECT_TAG, ""),
    )


def models(connections: Connections) -> tuple[Model, ...]:
    """All registered models, by name; none that was deleted since they were listed."""

    def there(name: str) -> Model | None:
        try:
            return model(connections, name)
        except NotFound:
            return None

    with translated():
        pages = connections.sagemaker.get_paginator("list_models").paginate()
        names = sorted(found["ModelName"] for page in pages for found in page["Models"])
    with ThreadPoolExecutor(max_workers=_ASKED_AT_ONCE) as pool:
        return tuple(found for found in pool.map(there, names) if found is not None)
