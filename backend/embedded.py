"""The models that come with the project, registered and served: an ordinary client of SageMaker.

Each is packed from ``assets/models/<name>`` and ``model_code/<task>`` into a model.tar.gz whose
S3 key holds the hash of its content, so that nothing is done twice, and a change of either is
noticed at the next start.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.catalog.shipped import own_files, register
from backend.client import Client, Endpoint
from backend.cloud.archives import ensure_bucket
from backend.data import shipped
from backend.errors import CloudError, EndpointMissing, EndpointNotReady
from backend.settings import ROOT
from backend.tasks.label_sets import OWN_LABELS
from backend.tasks.registry import TASKS

Report = Callable[[str], None]
_POLL: Final = 0.25


@dataclass(frozen=True)
class EmbeddedModel:
    """A shipped model; ``served`` ones get an endpoint of the same name at every start."""

    name: str
    task: str
    served: bool = True


EMBEDDED: Final = (
    *(EmbeddedModel(task.default_endpoint, task.slug) for task in TASKS),
    *(EmbeddedModel(task.article_endpoint, task.slug) for task in TASKS if task.standard),
    EmbeddedModel(OWN_LABELS, "text_classification"),
    EmbeddedModel("finetuned-named-entities", "named_entities", served=False),
)


def install(
    client: Client, report: Report, *, root: Path = ROOT, models: Iterable[EmbeddedModel] = EMBEDDED
) -> tuple[str, ...]:
    """Register ``models`` and start the endpoints of the served ones; gives those endpoints' names.

    They may still be Creating: see ``wait_until_settled``. A model whose files are not there is
    reported and left out. Raises ``CloudError`` where the service refuses.
    """
    ensure_bucket(client.connections)
    endpoints = []
    for model in models:
        contents = own_files(model.name, model.task, root)
        if contents is None:
            report(f"{model.name}: left out, its files are not in {root / 'assets' / 'models'}.")
            continue
        changed = register(client.connections, model.name, model.task, contents)
        if model.served:
            _serve(client, model, changed=changed)
            endpoints.append(model.name)
    shipped.install(client.datasets, root / "assets" / "datasets", report)
    return tuple(endpoints)


def wait_until_settled(
    client: Client, endpoints: Iterable[str], report: Report, *, timeout: float = 600.0
) -> bool:
    """Report each endpoint when it is ready or has failed; gives whether all are ready in time."""
    started = time.monotonic()
    waiting, failed, announced = sorted(endpoints), False, False
    while waiting and time.monotonic() - started < timeout:
        for endpoint in [client.endpoint(name) for name in waiting]:
            if not endpoint.settled:
                continue
            waiting.remove(endpoint.name)
            failed = failed or not endpoint.ready
            report(_outcome(endpoint, time.monotonic() - started))
        if waiting and not announced:
            report(f"Preparing {', '.join(waiting)}")
            announced = True
        if waiting:
            time.sleep(_POLL)
    for name in waiting:
        report(f"{name}: not ready after {timeout:.0f} s, see its log on the Endpoints page.")
    return not waiting and not failed


def _outcome(endpoint: Endpoint, seconds: float) -> str:
    if endpoint.ready:
        return f"{endpoint.name}: ready after {seconds:.1f} s"
    return f"{endpoint.name}: failed. {endpoint.failure_reason}"


def _serve(client: Client, model: EmbeddedModel, *, changed: bool) -> None:
    """Have an endpoint of the model's name, serving the model as it is now."""
    try:
        state = client.endpoint(model.name).state
    except EndpointMissing:
        client.deploy(model.name)
        return
    if state == "InService" and changed:
        client.update(model.name, model.name)
    elif changed or state in {"Failed", "OutOfService", "UpdateRollbackFailed", "Deleting"}:
        _replace(client, model.name)


def _replace(client: Client, name: str, *, timeout: float = 60.0) -> None:
    """Delete an endpoint that cannot be updated, and deploy it afresh."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            if client.endpoint(name).state != "Deleting":
                client.delete(name)
        except EndpointMissing:
            client.deploy(name)
            return
        except (EndpointNotReady, CloudError):
            pass  # still busy
        time.sleep(_POLL)
    raise CloudError(f"The endpoint “{name}” cannot be replaced: delete it on the Endpoints page.")
