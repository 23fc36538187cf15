"""Where a job finds its code and leaves its model."""

from backend.catalog.training import program_for
from backend.cloud.archives import digest, ensure_bucket, s3_key, s3_uri, source_files, upload
from backend.cloud.connections import Connections
from backend.errors import InputError
from backend.jobs.requests import Addresses, TrainingRequest
from backend.settings import ROOT


def addresses(connections: Connections, request: TrainingRequest, name: str) -> Addresses:
    """The addresses of the job ``name``; its source bundle is there when this returns.

    Raises ``InputError`` where there is no training code for its task, ``CloudError`` where its
    program is JumpStart's and not to be had.
    """
    if request.program:
        return _from_jumpstart(connections, request)
    cloud = connections.cloud
    return Addresses(
        source_uri=_source(connections, request.task),
        output_uri=s3_uri(connections, "jobs"),
        checkpoint_uri=s3_uri(connections, "jobs", name, "checkpoints"),
        role_arn=cloud.role_arn,
        image=cloud.training_image or cloud.image,
        instance_type=cloud.training_instance_type,
    )


def _from_jumpstart(connections: Connections, request: TrainingRequest) -> Addresses:
    program = program_for(
        connections,
        request.task,
        request.program,
        train_uri=request.channels["train"].uri,
        sha256=request.dataset_sha256,
    )
    return Addresses(
        source_uri=program.source_uri,
        output_uri=s3_uri(connections, "jobs"),
        checkpoint_uri="",
        role_arn=connections.cloud.role_arn,
        image=program.image,
        instance_type=connections.cloud.training_instance_type,
        entry=program.entry,
        channels=program.channels,
        hyperparameters=program.hyperparameters,
    )


def _source(connections: Connections, task: str) -> str:
    files = source_files(task, ROOT / "model_code")
    if f"{task}/train.py" not in files:
        raise InputError(f"There is no training code for “{task}”: choose another task.")
    parts = ("source", digest(files), "sourcedir.tar.gz")
    ensure_bucket(connections)
    upload(connections, s3_key(connections, *parts), files)
    return s3_uri(connections, *parts)
