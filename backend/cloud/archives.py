"""Archives of code and models: what goes in, packed so that the same contents give the same bytes,
and uploaded once under their hash.
"""

import gzip
import hashlib
import io
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import NotFound

SERVING_ENVIRONMENT: Final = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}
"""How a container finds the code that serves a model: in ``code/`` of its model.tar.gz."""

_LARGEST_NOTE: Final = 16 << 20


def source_files(task: str, source: Path) -> dict[str, Path]:
    """The source bundle of ``task`` by path inside it: ``source`` (model_code) less other tasks."""
    own = [*source.glob("*.py"), *source.glob("requirements.txt")]
    files = [*own, *_python(source / "common"), *_python(source / task)]
    return dict(sorted((str(file.relative_to(source)), file) for file in files))


def _python(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.py")


def digest(files: Mapping[str, Path]) -> str:
    """A hash of names and contents."""
    total = hashlib.sha256()
    for name, path in files.items():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()[:16]


def pack(files: Mapping[str, Path], target: IO[bytes]) -> None:
    """Write a gzipped tar of ``files`` to ``target``: the same bytes for the same contents."""
    with (
        # Adapters hardly compress: the lowest level is three times as fast.
        gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=1, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, path in files.items():
            content = path.read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))


def s3_key(connections: Connections, *parts: str) -> str:
    """The key of ``parts`` under the cloud's prefix."""
    return "/".join(part for part in (connections.cloud.prefix, *parts) if part)


def s3_uri(connections: Connections, *parts: str) -> str:
    """The URI of ``parts`` in the cloud's bucket, under its prefix."""
    return f"s3://{connections.cloud.bucket}/{s3_key(connections, *parts)}"


def s3_place(uri: str) -> tuple[str, str]:
    """The bucket and the key, or prefix, of an ``s3://`` URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def member(connections: Connections, uri: str, name: str) -> bytes | None:
    """The file ``name`` at the top of the tar.gz at ``uri``; None where there is none, or it is
    longer than a note beside the weights. Raises ``NotFound`` where there is no archive.
    """
    if not uri.startswith("s3://") or uri.endswith("/"):
        return None
    bucket, key = s3_place(uri)
    with translated(), suppress(tarfile.TarError, OSError, EOFError, zlib.error):
        body = connections.s3.get_object(Bucket=bucket, Key=key)["Body"]
        with closing(body), tarfile.open(fileobj=body, mode="r|gz") as archive:
            for entry in archive:
                if entry.name.removeprefix("./") == name and entry.isfile():
                    file = archive.extractfile(entry) if entry.size <= _LARGEST_NOTE else None
                    return file.read() if file else None
    return None


def ensure_bucket(connections: Connections) -> None:
    """Make the cloud's bucket where it is not there yet."""
    bucket = connections.cloud.bucket
    try:
        with translated():
            connections.s3.head_bucket(Bucket=bucket)
    except NotFound:
        with translated():
            connections.s3.create_bucket(Bucket=bucket)


def write(connections: Connections, work: Callable[[], object]) -> None:
    """Have ``work`` write an object; where the cloud's bucket is not there yet, make it first.

    Raises ``CloudError``.
    """
    try:
        with translated():
            work()
    except NotFound:
        ensure_bucket(connections)
        with translated():
            work()


def upload(connections: Connections, key: str, files: Mapping[str, Path]) -> None:
    """Pack ``files`` into the object ``key`` unless it is there: the key holds their hash."""
    bucket, s3 = connections.cloud.bucket, connections.s3
    try:
        with translated():
            s3.head_object(Bucket=bucket, Key=key)
    except NotFound:
        with tempfile.TemporaryFile() as file, translated():
            pack(files, file)
            file.seek(0)
            s3.upload_fileobj(file, bucket, key)
