"""Where a job finds its code and leaves its model."""

from backend.bundle import digest, ensure_bucket, s3_key, s3_uri, source_files, upload
from backend.connections import Connections
from backend.errors import InputError
from backend.jobs.requests import Addresses
from backend.settings import ROOT


def addresses(connections: Connections, task: str, name: str) -> Addresses:
    """The addresses of the job ``name``; its source bundle is there when this returns.

    Raises ``InputError`` where there is no training code for ``task``.
    """
    cloud = connections.cloud
    return Addresses(
        source_uri=_source(connections, task),
        output_uri=s3_uri(connections, "jobs"),
        checkpoint_uri=s3_uri(connections, "jobs", name, "checkpoints"),
        role_arn=cloud.role_arn,
        image=cloud.training_image or cloud.image,
        instance_type=cloud.training_instance_type,
    )


def _source(connections: Connections, task: str) -> str:
    files = source_files(task, ROOT / "model_code")
    if f"{task}/train.py" not in files:
        raise InputError(f"There is no training code for “{task}”: choose another task.")
    parts = ("source", digest(files), "sourcedir.tar.gz")
    ensure_bucket(connections)
    upload(connections, s3_key(connections, *parts), files)
    return s3_uri(connections, *parts)
