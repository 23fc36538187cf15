"""The door: everything that pages need from the cloud, in typed requests and results.

It composes boto3 calls and the tasks' codecs. Which cloud answers is a matter of settings.
Every method raises ``DocumentInsightsError``s only (see ``backend.errors``).
"""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from backend.answers import Answer, InParts
from backend.aws_errors import translated
from backend.connections import Connections
from backend.data.store import Datasets
from backend.documents.store import Documents
from backend.errors import (
    CloudError,
    DocumentInsightsError,
    EndpointError,
    EndpointFailed,
    EndpointMissing,
    EndpointNotReady,
    NotFound,
)
from backend.evaluation.objects import Objects
from backend.evaluation.promotion import Promotions
from backend.evaluation.record import ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.jobs.records import TrainingJob
from backend.jobs.service import Jobs
from backend.jobs.transform import Transforms
from backend.logs import LogLine
from backend.naming import SOURCE_TAG, TASK_TAG, as_tags, require_name
from backend.settings import Cloud, Settings
from backend.snippets import Snippets, snippets_for
from backend.tasks.base import Payload, Task
from backend.usage import VARIANT, Usage, usage_of

__all__ = ["Answer", "Client", "Endpoint", "InParts", "LogLine", "Model", "Usage"]

Req = TypeVar("Req")
Res = TypeVar("Res")

_ANSWERING: Final = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack"})
_BROKEN: Final = frozenset({"Failed", "OutOfService", "UpdateRollbackFailed"})


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

    @property
    def ready(self) -> bool:
        """Whether it answers now: an endpoint that is being updated still does."""
        return self.state in _ANSWERING

    @property
    def settled(self) -> bool:
        """Whether its state will stay as it is until somebody acts."""
        return self.state == "InService" or self.state in _BROKEN


@dataclass(frozen=True)
class Model:
    """One registered model; ``task`` and ``source`` come from its tags ("" where untagged)."""

    name: str
    task: str
    source: str
    created: datetime
    data_url: str


class Client:
    """The endpoints of one cloud. Cheap to make; safe to share between threads and sessions."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.load()

    @cached_property
    def cloud(self) -> Cloud:
        """The cloud in use; raises ``CloudUnreachable`` until the local service has started."""
        return self._settings.resolve()

    @cached_property
    def connections(self) -> Connections:
        """The boto3 clients, for modules beside this one."""
        return Connections(self.cloud)

    @cached_property
    def datasets(self) -> Datasets:
        """The datasets of the cloud and their versions."""
        return Datasets(self.connections)

    @cached_property
    def jobs(self) -> Jobs:
        """Fine-tuning and tuning jobs."""
        return Jobs(self.connections)

    @cached_property
    def evaluations(self) -> Evaluations:
        """Scores of models on the test splits of datasets."""
        transforms = Transforms(self.connections)
        return Evaluations(
            self.connections, self.datasets, transforms, self._identity, self._validation
        )

    @cached_property
    def promotions(self) -> Promotions:
        """What endpoints served, and giving them better models."""
        return Promotions(self.connections, self.update)

    @cached_property
    def _archives(self) -> Objects:
        return Objects(self.connections)

    def _identity(self, name: str) -> ModelIdentity:
        """Which model a registered one is, with the settings of the job that it is from."""
        model = self.model(name)
        job = self._job_of(name, model.data_url)
        # A model without an archive of one file never changes under its name either.
        written = f"{name} {model.created.isoformat()}".encode()
        archived = model.data_url.startswith("s3://") and not model.data_url.endswith("/")
        digest = (
            self._archives.sha256(model.data_url)
            if archived
            else hashlib.sha256(written).hexdigest()
        )
        hyperparameters = job.hyperparameters if job else {}
        return ModelIdentity(name, digest, model.data_url, model.source, hyperparameters)

    def _validation(self, model: ModelIdentity) -> Mapping[str, float]:
        """What the job that a model is from reported on validation data, by metric."""
        job = self._job_of(model.name, model.source)
        found = job.metrics.items() if job else ()
        return {
            name.removeprefix("validation:"): value
            for name, value in found
            if name.startswith("validation:")
        }

    def _job_of(self, model: str, uri: str) -> TrainingJob | None:
        """The job of a model's name that left the archive at ``uri``; None where there is none."""
        try:
            job = self.jobs.training_job(model)
        except CloudError:
            return None  # the model may be from anywhere, and its job deleted
        return job if job.model_uri == uri else None

    def run(
        self, task: Task[Req, Res], request: Req, *, endpoint: str | None = None
    ) -> Answer[Res]:
        """Ask ``endpoint`` (or the task's embedded one) and read its answer.

        Raises ``InputError`` before anything is sent, ``EndpointError`` where the endpoint is
        missing, not ready, failed, or its model broke, ``CloudError`` for the rest.
        """
        name = endpoint or task.default_endpoint
        payload = task.encode(request)
        started = time.perf_counter()
        body = self._invoke(name, payload)
        seconds = time.perf_counter() - started
        return Answer(
            result=task.decode(body, request),
            endpoint=name,
            model=self._model_behind(name),
            seconds=seconds,
            request=payload,
            response=body.decode(errors="replace"),
        )

    def in_parts(
        self, task: Task[Req, Res], request: Req, *, endpoint: str | None = None
    ) -> InParts[Req, Res]:
        """The same as ``run`` for a document of any length; nothing is sent yet."""
        return InParts(lambda part: self.run(task, part, endpoint=endpoint), task, request)

    @cached_property
    def documents(self) -> Documents:
        """Documents kept so that a link can lead to them."""
        return Documents(self.connections)

    def _invoke(self, name: str, payload: Payload) -> bytes:
        try:
            with translated(endpoint=name):
                answer = self.connections.runtime.invoke_endpoint(
                    EndpointName=name,
                    Body=payload.body,
                    ContentType=payload.content_type,
                    Accept=payload.accept,
                )
                return bytes(answer["Body"].read())
        except (EndpointMissing, EndpointNotReady):
            # SageMaker's runtime says "not found" also of an endpoint that is still starting.
            self._explain(name)
            raise

    def _model_behind(self, endpoint: str) -> str:
        try:
            return self._model_of(self._config_of(endpoint))
        except (CloudError, EndpointError):
            return ""  # the answer is there: not worth losing it for the name of its model

    def _explain(self, name: str) -> None:
        endpoint = self.endpoint(name)
        if endpoint.state in _BROKEN:
            raise EndpointFailed(name, endpoint.failure_reason or "no reason was given")
        if not endpoint.ready:
            raise EndpointNotReady(name, endpoint.state)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, by name."""
        with translated():
            pages = self.connections.sagemaker.get_paginator("list_endpoints").paginate()
            names = sorted(e["EndpointName"] for page in pages for e in page["Endpoints"])
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = pool.map(self._endpoint_if_there, names)
            return tuple(endpoint for endpoint in found if endpoint is not None)

    def endpoints_for(self, task: Task[Any, Any]) -> tuple[Endpoint, ...]:
        """The endpoints of one task, its embedded one first."""
        mine = (endpoint for endpoint in self.endpoints() if endpoint.task == task.slug)
        return tuple(sorted(mine, key=lambda e: (e.name != task.default_endpoint, e.name)))

    def endpoint(self, name: str) -> Endpoint:
        """One endpoint; raises ``EndpointMissing`` where there is none of that name."""
        with translated(endpoint=name):
            facts = self.connections.sagemaker.describe_endpoint(EndpointName=name)
        model = self._model_of(facts["EndpointConfigName"])
        variants = facts.get("ProductionVariants", [])
        return Endpoint(
            name=name,
            state=facts["EndpointStatus"],
            model=model,
            task=self.connections.tags(facts["EndpointArn"]).get(TASK_TAG, ""),
            created=facts["CreationTime"],
            modified=facts["LastModifiedTime"],
            failure_reason=facts.get("FailureReason", ""),
            instances=sum(v.get("CurrentInstanceCount", 0) for v in variants),
            desired_instances=sum(v.get("DesiredInstanceCount", 0) for v in variants),
        )

    def _endpoint_if_there(self, name: str) -> Endpoint | None:
        try:
            return self.endpoint(name)
        except EndpointMissing:
            return None  # deleted since it was listed

    def _model_of(self, config: str) -> str:
        """The model that an endpoint configuration runs, "" where the configuration is gone."""
        try:
            with translated():
                facts = self.connections.sagemaker.describe_endpoint_config(
                    EndpointConfigName=config
                )
        except NotFound:
            return ""
        return str(facts["ProductionVariants"][0].get("ModelName", ""))

    def models(self) -> tuple[Model, ...]:
        """All registered models, by name."""
        with translated():
            pages = self.connections.sagemaker.get_paginator("list_models").paginate()
            names = sorted(model["ModelName"] for page in pages for model in page["Models"])
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = pool.map(self._model_if_there, names)
            return tuple(model for model in found if model is not None)

    def model(self, name: str) -> Model:
        """One registered model; raises ``NotFound`` where there is none of that name."""
        with translated():
            facts = self.connections.sagemaker.describe_model(ModelName=name)
        container = facts.get("PrimaryContainer") or (facts.get("Containers") or [{}])[0]
        tags = self.connections.tags(facts["ModelArn"])
        return Model(
            name=name,
            task=tags.get(TASK_TAG, ""),
            source=tags.get(SOURCE_TAG, ""),
            created=facts["CreationTime"],
            data_url=container.get("ModelDataUrl", ""),
        )

    def _model_if_there(self, name: str) -> Model | None:
        try:
            return self.model(name)
        except NotFound:
            return None

    def deploy(self, model: str, *, endpoint: str | None = None, instances: int = 1) -> str:
        """Start an endpoint (named like the model unless told otherwise); gives its name.

        It is Creating when this returns. Raises ``NameTaken`` where it exists already.
        """
        name = require_name(endpoint or model)
        facts = self.model(model)
        tags = as_tags({TASK_TAG: facts.task, SOURCE_TAG: facts.source})
        config = self._configure(name, model, instances)
        with self._keeping(config), translated(endpoint=name):
            self.connections.sagemaker.create_endpoint(
                EndpointName=name, EndpointConfigName=config, Tags=tags
            )
        return name

    def update(self, endpoint: str, model: str, *, instances: int = 1) -> None:
        """Have ``endpoint`` serve ``model``; the old one answers until the new one is ready."""
        self.model(model)
        config = self._configure(endpoint, model, instances)
        with self._keeping(config), translated(endpoint=endpoint):
            self.connections.sagemaker.update_endpoint(
                EndpointName=endpoint, EndpointConfigName=config
            )

    def delete(self, endpoint: str) -> None:
        """Stop and remove ``endpoint`` with its configurations; its model stays registered."""
        configs = {self._config_of(endpoint), *self._configs_made_for(endpoint)}
        with translated(endpoint=endpoint):
            self.connections.sagemaker.delete_endpoint(EndpointName=endpoint)
        for config in configs:
            self._delete_config(config)

    def _configure(self, endpoint: str, model: str, instances: int) -> str:
        """A new endpoint configuration; each is used once, since they cannot be changed."""
        name = f"{_stem(endpoint)}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        variant = {
            "VariantName": VARIANT,
            "ModelName": model,
            "InitialInstanceCount": instances,
            "InstanceType": self.cloud.instance_type,
        }
        with translated():
            self.connections.sagemaker.create_endpoint_config(
                EndpointConfigName=name, ProductionVariants=[variant]
            )
        return name

    @contextmanager
    def _keeping(self, config: str) -> Iterator[None]:
        """Remove ``config`` again where what it was made for fails."""
        try:
            yield
        except DocumentInsightsError:
            self._delete_config(config)
            raise

    def _delete_config(self, config: str) -> None:
        with suppress(NotFound), translated():
            self.connections.sagemaker.delete_endpoint_config(EndpointConfigName=config)

    def _configs_made_for(self, endpoint: str) -> list[str]:
        """Configurations that ``deploy`` and ``update`` made: an update leaves the one before,
        which SageMaker needs to roll back.
        """
        made = re.compile(rf"{re.escape(_stem(endpoint))}-\d{{20}}")
        with translated():
            pages = self.connections.sagemaker.get_paginator("list_endpoint_configs").paginate(
                NameContains=_stem(endpoint)
            )
            names = [c["EndpointConfigName"] for page in pages for c in page["EndpointConfigs"]]
        return [name for name in names if made.fullmatch(name)]

    def _config_of(self, endpoint: str) -> str:
        with translated(endpoint=endpoint):
            facts = self.connections.sagemaker.describe_endpoint(EndpointName=endpoint)
        return str(facts["EndpointConfigName"])

    def log_tail(self, endpoint: str, *, lines: int = 200) -> tuple[LogLine, ...]:
        """The last ``lines`` lines of an endpoint's log, oldest first; empty where it has none."""
        group = f"/aws/sagemaker/Endpoints/{endpoint}"
        try:
            with translated():
                streams = self.connections.logs.describe_log_streams(
                    logGroupName=group, orderBy="LastEventTime", descending=True, limit=3
                )["logStreams"]
                events = [
                    event
                    for stream in streams
                    for event in self.connections.logs.get_log_events(
                        logGroupName=group,
                        logStreamName=stream["logStreamName"],
                        limit=lines,
                        startFromHead=False,
                    )["events"]
                ]
        except NotFound:
            return ()
        events.sort(key=lambda event: int(event["timestamp"]))
        return tuple(LogLine.of(event) for event in events[-lines:])

    def usage(self, endpoints: Sequence[str]) -> Mapping[str, Usage]:
        """What CloudWatch counted at ``endpoints`` in the last 24 hours.

        Raises ``CloudError`` where it may not, or cannot, be asked.
        """
        return usage_of(self.connections, endpoints)

    def snippets(
        self, task: Task[Req, Any], request: Req, *, endpoint: str | None = None
    ) -> Snippets:
        """The same request as a curl command and as a boto3 program."""
        name = endpoint or task.default_endpoint
        return snippets_for(task.encode(request), name, self.cloud)


def _stem(endpoint: str) -> str:
    """``endpoint`` short enough for a time stamp of 20 digits to follow (63 in all)."""
    if len(endpoint) <= 42:
        return endpoint
    return f"{endpoint[:32].rstrip('-')}-{hashlib.sha256(endpoint.encode()).hexdigest()[:8]}"
