"""From a CreateTrainingJob request to what the runner runs: files, command, environment."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend.local.jobs import environments, namespace
from backend.local.jobs.runner_spec import ML_PLACE, Spec
from backend.local.jobs.training_folder import JobFolder
from backend.local.jobs.training_records import Record
from backend.local.jobs.training_request import (
    checkpoint_folder,
    hyperparameter,
    runtime_seconds,
)
from backend.local.jobs.training_settings import TrainingSettings
from backend.local.jobs.training_storage import SUBMIT_DIRECTORY, Storage
from backend.local.script_environment import shared_environment

_GROUP = "homogeneousCluster"
_TOOLKIT = ["-P", "-m", "sagemaker_training.cli.train"]
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_IDLE = "DOCINSIGHTS_JOB_IDLE_SECONDS"
_PREPARED = "prepared.json"


_NO_SCRIPT = (
    "The job names no script, and images are not run here: give the hyperparameters "
    "sagemaker_program and sagemaker_submit_directory, or a ContainerEntrypoint."
)
_NO_NAMESPACE = (
    "The job's command uses /opt/ml, which this machine cannot give it because unshare is missing "
    "or forbidden: start the script by the hyperparameter sagemaker_program instead."
)


class CannotRunError(Exception):
    """Raised where a request names nothing that can be run; the text is one sentence."""


def prepare(record: Record, folder: JobFolder, storage: Storage) -> None:
    """Lay out /opt/ml for a new attempt: data that are there already stay, and so do checkpoints.

    Raises StorageError.
    """
    ml, request = folder.ml, record.definition
    for name in ("code", "model", "output"):
        shutil.rmtree(ml / name, ignore_errors=True)
    for name in ("code", "model", "output/data", "input/config", "input/data"):
        (ml / name).mkdir(parents=True, exist_ok=True)
    checkpoints = ml / checkpoint_folder(request)
    first = folder.read(_PREPARED) is None
    if first:
        shutil.rmtree(ml / "input" / "data", ignore_errors=True)
        for channel in request.get("InputDataConfig", []):
            storage.fetch_channel(channel, ml / "input" / "data" / channel["ChannelName"])
        if config := request.get("CheckpointConfig"):
            storage.fetch_folder(config["S3Uri"], checkpoints)
        source = storage.fetch_source(request, folder.ml / "input")
        folder.write(_PREPARED, {"source": source.name if source else None})
    checkpoints.mkdir(parents=True, exist_ok=True)
    _write_config(record, ml / "input" / "config", folder.read(_PREPARED) or {})


def spec(
    record: Record,
    settings: TrainingSettings,
    *,
    python: Path,
    threads: int,
    clients: Mapping[str, str],
) -> Spec:
    """What the runner is to do, by the interpreter ``python``. Blocks. Raises CannotRunError."""
    request = record.definition
    algorithm = request["AlgorithmSpecification"]
    entrypoint = algorithm.get("ContainerEntrypoint", [])
    arguments = algorithm.get("ContainerArguments", [])
    toolkit = not entrypoint
    if toolkit and not _program(request):
        raise CannotRunError(_NO_SCRIPT)
    command = [str(python), *_TOOLKIT] if toolkit else [*entrypoint, *arguments]
    options = namespace.options()
    if options is None and any(str(namespace.ML) in part for part in command):
        raise CannotRunError(_NO_NAMESPACE)
    return Spec(
        command=command,
        environment=_environment(record, python, threads, clients),
        run_seconds=max(0.0, runtime_seconds(request) - record.seconds),
        stop_seconds=settings.stop_seconds,
        pause_seconds=settings.pause_seconds,
        idle_seconds=idle_seconds(request, settings),
        metrics=algorithm.get("MetricDefinitions", []),
        toolkit=toolkit,
        namespace=None if options is None else list(options),
        memory_bytes=settings.memory_bytes,
    )


def idle_seconds(request: Mapping[str, Any], settings: TrainingSettings) -> float:
    """How long the job may do nothing: what its own environment says, or the settings."""
    text = request.get("Environment", {}).get(_IDLE, "")
    try:
        return float(text)
    except ValueError:
        return settings.idle_seconds


def _program(request: Mapping[str, Any]) -> str:
    given: str = request.get("Environment", {}).get("SAGEMAKER_PROGRAM", "")
    return hyperparameter(request, "sagemaker_program") or given


def _environment(
    record: Record, python: Path, threads: int, clients: Mapping[str, str]
) -> dict[str, str]:
    """What a SageMaker container finds in its environment, and what programs need here."""
    checkpoints = checkpoint_folder(record.definition)
    return {
        **shared_environment(),
        **dict.fromkeys(_THREADS, str(threads)),
        "OMP_WAIT_POLICY": "PASSIVE",
        **environments.variables(python, os.environ.get("PATH", os.defpath)),
        "PYTHONUNBUFFERED": "1",
        "TRAINING_JOB_NAME": record.name,
        "TRAINING_JOB_ARN": record.arn,
        "SM_CHECKPOINT_DIR": f"{ML_PLACE}/{checkpoints}",
        **clients,
        **record.definition.get("Environment", {}),
    }


def _write_config(record: Record, folder: Path, prepared: Mapping[str, Any]) -> None:
    """The files of /opt/ml/input/config, as SageMaker writes them."""
    request = record.definition
    instance = request["ResourceConfig"].get("InstanceType", "local")
    hyperparameters = dict(request.get("HyperParameters", {}))
    if prepared.get("source"):
        path = f"{ML_PLACE}/input/{prepared['source']}"
        hyperparameters[SUBMIT_DIRECTORY] = json.dumps(path)
    channels = {
        channel["ChannelName"]: {
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
            **({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}),
        }
        for channel in request.get("InputDataConfig", [])
    }
    # The toolkit looks the name up: without hosts of its own, a job must do with this one.
    host = namespace.HOST if namespace.options() is not None else "localhost"
    resources = {
        "current_host": host,
        "current_instance_type": instance,
        "current_group_name": _GROUP,
        "hosts": [host],
        "instance_groups": [
            {"instance_group_name": _GROUP, "instance_type": instance, "hosts": [host]}
        ],
        "network_interface_name": "lo",
    }
    files = {
        ".hyperparameters.json": hyperparameters,
        "inputdataconfig.json": channels,
        "resourceconfig.json": resources,
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
