"""SageMaker as one piece: its operations, its runtime, and what runs behind them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from backend.local.config import ServiceConfig
from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.fleet import Fleet
from backend.local.hosting.launcher import Launcher, Place
from backend.local.hosting.records import Records
from backend.local.hosting.settings import HostingSettings
from backend.local.hosting.usage import Usage
from backend.local.jobs.training_settings import TrainingSettings
from backend.local.logs import LogStore
from backend.local.s3.store import ObjectStore
from backend.local.sagemaker import training_jobs, transform_jobs, tuning_jobs
from backend.local.sagemaker.arns import Account
from backend.local.sagemaker.endpoint_configs import EndpointConfigs
from backend.local.sagemaker.endpoints import Endpoints
from backend.local.sagemaker.models import Models
from backend.local.sagemaker.queue import Queue
from backend.local.sagemaker.runtime import Runtime
from backend.local.sagemaker.search import Search
from backend.local.sagemaker.tags import Tags
from backend.local.store import Store
from backend.local.wire.json11 import Operation


class Part(Protocol):
    """A family of operations: endpoints, models, or one kind of job."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        ...


class Background(Protocol):
    """What goes on behind the operations."""

    async def start(self) -> None:
        """Take up what the database says was under way."""
        ...

    async def stop(self) -> None:
        """End all processes; the database keeps what was under way."""
        ...


class SageMakerService:
    """The parts together. ``start`` and ``stop`` belong to the service's event loop."""

    def __init__(
        self,
        parts: Iterable[Part],
        background: Iterable[Background],
        runtime: Runtime,
        store: Store,
        usage: Callable[[], Mapping[str, Usage]],
    ) -> None:
        self.operations = _operations(parts)
        self.usage = usage
        self._runtime = runtime
        self._background = list(background)
        self._store = store

    async def invoke(self, request: Request) -> Response:
        """The answer to InvokeEndpoint or InvokeEndpointAsync, see ``Runtime.invoke``."""
        return await self._runtime.invoke(request)

    async def start(self) -> None:
        """Bring back what ran when the service stopped; returns before it is ready."""
        for work in self._background:
            await work.start()

    async def stop(self) -> None:
        """End all worker processes and close the database."""
        for work in reversed(self._background):
            await work.stop()
        self._store.close()


def _operations(parts: Iterable[Part]) -> Mapping[str, Operation]:
    return {name: operation for part in parts for name, operation in part.operations.items()}


def build(
    config: ServiceConfig,
    objects: ObjectStore,
    logs: LogStore,
    *,
    settings: HostingSettings | None = None,
    training_settings: TrainingSettings | None = None,
) -> SageMakerService:
    """The service of one installation, with its state under ``config.home``."""
    settings = settings or HostingSettings.from_environment()
    account = Account(config.region, config.account_id)
    store = Store(config.home / "service.db")
    records = Records(store)
    artifacts = Artifacts(config.home / "endpoints", objects, settings.archive)
    place = Place(config.region, config.home / "cache", config.client_environment)
    launcher = Launcher(artifacts, logs, settings, place)
    fleet = Fleet(records, artifacts, launcher, settings)
    queue = Queue(config.home / "queue", objects, store, fleet)
    models = Models(store, account)
    configs = EndpointConfigs(store, account, models)
    training, training_runs, trainings = training_jobs.build(
        config, store, objects, logs, training_settings or TrainingSettings.from_environment()
    )
    tuning, tuner = tuning_jobs.build(store, account, trainings)
    transform, transforms = transform_jobs.build(config, store, objects, logs, settings)
    parts: list[Part] = [
        models,
        configs,
        Endpoints(store, account, configs, fleet),
        training,
        tuning,
        Tags(store, account),
        transform,
    ]
    return SageMakerService(
        parts=[*parts, Search(store, _operations(parts))],
        background=[fleet, queue, training_runs, tuner, transforms],
        runtime=Runtime(store, account, fleet, queue),
        store=store,
        usage=fleet.usage,
    )
