"""The models that come with the project, registered and served: an ordinary client of SageMaker.

Each is packed from ``assets/models/<name>`` and ``model_code/<task>`` into a model.tar.gz whose
S3 key holds the hash of its content, so that nothing is done twice, and a change of either is
noticed at the next start.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.client import Client, Endpoint
from backend.cloud.archives import (
    SERVING_ENVIRONMENT,
    digest,
    ensure_bucket,
    s3_key,
    s3_uri,
    source_files,
    upload,
)
from backend.cloud.errors import translated
from backend.cloud.naming import SOURCE_TAG, TASK_TAG, as_tags
from backend.data import shipped
from backend.errors import (
    CloudError,
    EndpointMissing,
    EndpointNotReady,
    NotFound,
)
from backend.settings import ROOT
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
        contents = model_files(model, root)
        if contents is None:
            report(f"{model.name}: left out, its files are not in {root / 'assets' / 'models'}.")
            continue
        changed = _register(client, model, contents)
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


def model_files(model: EmbeddedModel, root: Path) -> dict[str, Path] | None:
    """What goes into the archive, by path inside it; None where a part of it is missing.

    The model's own files go to the top; the source bundle, which is ``model_code`` less the other
    tasks, under ``code/``, where SageMaker's containers expect it.
    """
    assets = root / "assets" / "models" / model.name
    source = root / "model_code"
    if not assets.is_dir() or not (source / model.task / "inference.py").is_file():
        return None
    own = {str(file.relative_to(assets)): file for file in assets.rglob("*") if file.is_file()}
    bundle = {f"code/{name}": file for name, file in source_files(model.task, source).items()}
    return dict(sorted((own | bundle).items()))


def _register(client: Client, model: EmbeddedModel, files: Mapping[str, Path]) -> bool:
    """Have SageMaker know the model with exactly these files; gives whether that was a change."""
    parts = ("models", model.name, digest(files), "model.tar.gz")
    uri = s3_uri(client.connections, *parts)
    try:
        if client.model(model.name).data_url == uri:
            return False
        # Models are immutable, and clients know this one by its name: so a new one in its place.
        with translated():
            client.connections.sagemaker.delete_model(ModelName=model.name)
    except NotFound:
        pass
    upload(client.connections, s3_key(client.connections, *parts), files)
    with translated():
        client.connections.sagemaker.create_model(
            ModelName=model.name,
            ExecutionRoleArn=client.cloud.role_arn,
            PrimaryContainer={
                "Image": client.cloud.image,
                "ModelDataUrl": uri,
                "Environment": SERVING_ENVIRONMENT,
            },
            Tags=as_tags({TASK_TAG: model.task, SOURCE_TAG: "embedded"}),
        )
    return True


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
