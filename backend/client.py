"""The door: everything that pages need from the cloud, in typed requests and results.

It composes boto3 calls and the tasks' codecs. Which cloud answers is a matter of settings.
Every method raises ``DocumentInsightsError``s only (see ``backend.errors``).
"""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from backend.catalog.service import Catalog
from backend.checks import Check, check_all
from backend.cloud.archives import s3_uri
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.logs import LogLine, endpoint_log
from backend.cloud.naming import DIALECT_TAG, SOURCE_TAG, TASK_TAG, as_tags, require_name
from backend.costs.service import Costs
from backend.data.store import Datasets
from backend.documents.store import Documents
from backend.endpoints import described
from backend.endpoints.answers import Answer, InParts
from backend.endpoints.asking import Asking
from backend.endpoints.attachments import Attachments
from backend.endpoints.configs import config_of, delete_config, new_config_name
from backend.endpoints.described import Endpoint, Model
from backend.endpoints.examples import EndpointAnswers
from backend.endpoints.hosting import Hosting, hosting_of
from backend.endpoints.usage import Usage, usage_of
from backend.errors import (
    CloudError,
    DocumentInsightsError,
    NotFound,
)
from backend.evaluation.objects import Objects
from backend.evaluation.promotion import Promotions
from backend.evaluation.record import ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.evaluation.training import Training
from backend.footprint import Footprints
from backend.jobs.records import TrainingJob
from backend.jobs.service import Jobs
from backend.jobs.starts import Starts
from backend.jobs.transform import Transforms
from backend.settings import Cloud, Settings
from backend.tasks.base import Task
from backend.tasks.snippets import Snippets, snippets_for
from backend.trained import trained

__all__ = ["Answer", "Client", "Endpoint", "InParts", "LogLine", "Model", "Usage"]

Req = TypeVar("Req")
Res = TypeVar("Res")


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
        return self.costs.jobs

    @cached_property
    def starts(self) -> Starts:
        """The models that fine-tuning can go on from."""
        return Starts(self.connections, self.jobs, self.models)

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
            EndpointAnswers(self.connections, self._ask, self.attachments.spoken),
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
    def _ask(self) -> Asking:
        return Asking(self.connections)

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
        settings = dict(job.hyperparameters) if job else {}
        if job and job.start:
            settings["start"] = job.start
        return ModelIdentity(name, digest, model.data_url, model.source, settings)

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
        body = self._ask(name, payload)
        seconds = time.perf_counter() - started
        return Answer(
            result=task.decode(body, request),
            endpoint=name,
            model=described.model_behind(self.connections, name),
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

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, by name."""
        return described.endpoints(self.connections)

    def endpoints_for(self, task: Task[Any, Any]) -> tuple[Endpoint, ...]:
        """The endpoints of one task, its embedded one first."""
        mine = (endpoint for endpoint in self.endpoints() if endpoint.task == task.slug)
        return tuple(sorted(mine, key=lambda e: (e.name != task.default_endpoint, e.name)))

    def endpoint(self, name: str) -> Endpoint:
        """One endpoint; raises ``EndpointMissing`` where there is none of that name."""
        return described.endpoint(self.connections, name)

    def models(self) -> tuple[Model, ...]:
        """All registered models, by name."""
        return described.models(self.connections)

    def model(self, name: str) -> Model:
        """One registered model; raises ``NotFound`` where there is none of that name."""
        return described.model(self.connections, name)

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
        return endpoint_log(self.connections, endpoint, lines=lines)

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
