"""The door: everything that pages need from the cloud, in typed requests and results.

It composes boto3 calls and the tasks' codecs. Which cloud answers is a matter of settings.
Every method raises ``DocumentInsightsError``s only (see ``backend.errors``).
"""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from backend.answers import Answer, InParts
from backend.attachments import Attachments, told_by
from backend.aws_errors import translated
from backend.bundle import s3_uri
from backend.catalog.service import Catalog
from backend.checks import Check, check_all
from backend.connections import Connections
from backend.costs.service import Costs
from backend.data.store import Datasets
from backend.documents.store import Documents
from backend.endpoint_answers import EndpointAnswers
from backend.endpoint_configs import config_of, delete_config, new_config_name
from backend.errors import (
    CloudError,
    DocumentInsightsError,
    EndpointError,
    EndpointFailed,
    EndpointMissing,
    EndpointNotReady,
    NotFound,
    RequestRefused,
)
from backend.evaluation.objects import Objects
from backend.evaluation.promotion import Promotions
from backend.evaluation.record import ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.evaluation.training import Training
from backend.footprint import Footprints
from backend.hosting import Hosting, hosting_of
from backend.jobs.records import TrainingJob
from backend.jobs.service import Jobs
from backend.jobs.transform import Transforms
from backend.logs import LogLine
from backend.naming import DIALECT_TAG, SOURCE_TAG, TASK_TAG, as_tags, require_name
from backend.queued import ask, ask_queue, is_queued
from backend.settings import Cloud, Settings
from backend.snippets import Snippets, snippets_for
from backend.tasks.base import Payload, Task
from backend.trained import trained
from backend.usage import Usage, usage_of

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
    attached: bool = False
    """Whether somebody else deployed it, and the task is what it was attached to."""

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
    dialect: str = ""
    """What it speaks, "" for what our own models do."""


class Client:
    """The endpoints of one cloud. Cheap to make; safe to share between threads and sessions."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.load()
        self._queued: set[str] = set()

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
        return self.costs.jobs

    @cached_property
    def costs(self) -> Costs:
        """What running costs, the budget, and clean-up."""
        return Costs(self.connections, self._settings.spending)

    @cached_property
    def evaluations(self) -> Evaluations:
        """Scores of models on the test splits of datasets."""
        return Evaluations(
            self.connections,
            self.datasets,
            Transforms(self.connections),
            self._identity,
            self._trained,
            EndpointAnswers(self.connections, self._invoke, self.attachments.spoken),
        )

    @cached_property
    def catalog(self) -> Catalog:
        """The models that can be deployed and trained, the original solution's among them."""
        return Catalog(self.connections)

    @cached_property
    def attachments(self) -> Attachments:
        """Endpoints that somebody else deployed, attached to tasks."""
        return Attachments(self.connections)

    @cached_property
    def footprints(self) -> Footprints:
        """The time, room and money that evaluated models take."""
        transform = Transforms(self.connections).job
        return Footprints(self.connections, self.evaluations.runs, transform, self.costs.hourly)

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

    def _trained(self, model: ModelIdentity) -> Training | None:
        return trained(model, self._job_of, self.jobs, self.datasets)

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
        task = self.attachments.spoken(task, endpoint)
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
        spoken = self.attachments.spoken(task, endpoint)
        return InParts(lambda part: self.run(task, part, endpoint=endpoint), spoken, request)

    @cached_property
    def documents(self) -> Documents:
        """Documents kept so that a link can lead to them."""
        return Documents(self.connections)

    def _invoke(self, name: str, payload: Payload) -> bytes:
        if name in self._queued:
            return ask_queue(self.connections, name, payload)
        try:
            return ask(self.connections, name, payload)
        except (EndpointMissing, EndpointNotReady):
            # SageMaker's runtime says "not found" also of an endpoint that is still starting.
            self._explain(name)
            raise
        except RequestRefused:
            # SageMaker refuses to ask an asynchronous endpoint in this way.
            if not is_queued(self.connections, name):
                raise
            self._queued.add(name)
            return ask_queue(self.connections, name, payload)

    def _model_behind(self, endpoint: str) -> str:
        try:
            return self._model_of(config_of(self.connections, endpoint))
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
        tags = self.connections.tags(facts["EndpointArn"])
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
            dialect=tags.get(DIALECT_TAG, ""),
        )

    def _model_if_there(self, name: str) -> Model | None:
        try:
            return self.model(name)
        except NotFound:
            return None

    def deploy(
        self,
        model: str,
        *,
        endpoint: str | None = None,
        instances: int = 1,
        hosting: Hosting | None = None,
    ) -> str:
        """Start an endpoint (named like the model unless told otherwise); gives its name.

        It is Creating when this returns. Raises ``NameTaken`` where it exists already,
        ``OverBudget`` where the budget does not allow it.
        """
        name = require_name(endpoint or model)
        facts = self.model(model)
        hosting = hosting or Hosting(instances=instances)
        self.costs.allow_endpoint(hosting)
        tags = as_tags(
            {
                TASK_TAG: facts.task,
                SOURCE_TAG: facts.source,
                DIALECT_TAG: facts.dialect,
                **hosting.tags,
            }
        )
        config = self._configure(name, model, hosting)
        with self._keeping(config), translated(endpoint=name):
            self.connections.sagemaker.create_endpoint(
                EndpointName=name, EndpointConfigName=config, Tags=tags
            )
        return name

    def update(self, endpoint: str, model: str, *, instances: int | None = None) -> None:
        """Have ``endpoint`` serve ``model`` in the way it serves now, on as many ``instances``
        unless told; the old one answers until the new one is ready.
        """
        self.model(model)
        hosting = self._hosting_of(endpoint)
        config = self._configure(
            endpoint, model, replace(hosting, instances=instances or hosting.instances)
        )
        with self._keeping(config), translated(endpoint=endpoint):
            self.connections.sagemaker.update_endpoint(
                EndpointName=endpoint, EndpointConfigName=config
            )

    def delete(self, endpoint: str) -> None:
        """Stop and remove ``endpoint`` with its configurations; its model stays registered."""
        self.costs.delete_endpoint(endpoint)

    def _configure(self, endpoint: str, model: str, hosting: Hosting) -> str:
        """A new endpoint configuration; each is used once, since they cannot be changed."""
        name = new_config_name(endpoint)
        members = hosting.members(
            model,
            instance_type=self.cloud.instance_type,
            output_uri=s3_uri(self.connections, "async", endpoint),
        )
        with translated():
            self.connections.sagemaker.create_endpoint_config(EndpointConfigName=name, **members)
        return name

    def _hosting_of(self, endpoint: str) -> Hosting:
        """How ``endpoint`` serves now; as usual where its configuration is gone."""
        name = config_of(self.connections, endpoint)
        try:
            with translated():
                config = self.connections.sagemaker.describe_endpoint_config(
                    EndpointConfigName=name
                )
        except NotFound:
            return Hosting()
        return hosting_of(config, {})

    @contextmanager
    def _keeping(self, config: str) -> Iterator[None]:
        """Remove ``config`` again where what it was made for fails."""
        try:
            yield
        except DocumentInsightsError:
            delete_config(self.connections, config)
            raise

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

    def checks(self) -> tuple[Check, ...]:
        """Whether this cloud can be used as it is set: see ``backend.checks``."""
        return check_all(self.connections)

    def snippets(
        self, task: Task[Req, Any], request: Req, *, endpoint: str | None = None
    ) -> Snippets:
        """The same request as a curl command and as a boto3 program."""
        name = endpoint or task.default_endpoint
        spoken = self.attachments.spoken(task, endpoint)
        return snippets_for(spoken.encode(request), name, self.cloud)
