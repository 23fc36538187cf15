"""A transform job's files: which ones they are, their bytes, and where their results go."""

import gzip
import json
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from backend.local.jobs.transform_plan import Plan
from backend.local.s3.store import PIECE, ObjectInfo, ObjectStore
from backend.local.wire.errors import AwsError

_LARGEST_MANIFEST = 100 * 1024 * 1024


class InputError(Exception):
    """Raised where the data of a job cannot be read or its results not be written."""


@dataclass(frozen=True)
class InputFile:
    """A file to transform: ``name`` is its place below S3OutputPath, without the suffix."""

    uri: str
    name: str


class Files:
    """The files of jobs, in the service's own S3 or on this machine. Methods block."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def inputs(self, plan: Plan) -> list[InputFile]:
        """The job's files in the order of their keys, or of the manifest. Raises InputError."""
        if plan.manifest:
            return self._listed(plan.uri)
        uris = sorted(self._under(plan.uri))
        if not uris:
            raise InputError(missing(plan.uri))
        # A folder may be named without its slash; else the last part is the start of names.
        folder = plan.uri if plan.uri.endswith("/") else f"{plan.uri}/"
        if not all(uri.startswith(folder) for uri in uris):
            folder = plan.uri[: plan.uri.rfind("/") + 1]
        return [InputFile(uri, _checked(uri[len(folder) :])) for uri in uris]

    def exists(self, uri: str) -> bool:
        """Whether there is any file at or under ``uri``."""
        return next(self._under(uri), None) is not None

    def version(self, uri: str) -> str:
        """What changes when the file does. Raises InputError where it is gone."""
        scheme, bucket, key = _split(uri)
        try:
            if scheme == "s3":
                return self._objects.head(bucket, key).etag
            found = Path(key).stat()
            return f"{found.st_mtime_ns}-{found.st_size}"
        except (AwsError, OSError) as error:
            raise InputError(missing(uri)) from error

    @contextmanager
    def opened(self, uri: str, *, compressed: bool = False) -> Iterator[BinaryIO]:
        """The file's bytes, unpacked where it is ``compressed``. Raises InputError."""
        with self._open(uri) as file:
            if not compressed:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast(BinaryIO, unpacked)

    def _open(self, uri: str) -> BinaryIO:
        scheme, bucket, key = _split(uri)
        try:
            if scheme == "s3":
                return self._objects.open_verified(bucket, key)[1]
            return Path(key).open("rb")
        except AwsError as error:
            told = error.message if error.code == "InternalError" else missing(uri)
            raise InputError(told) from error
        except OSError as error:
            raise InputError(missing(uri)) from error

    def require_output(self, uri: str) -> None:
        """Raise InputError where nothing can be written below ``uri``."""
        scheme, bucket, _ = _split(uri)
        if scheme == "s3":
            try:
                self._objects.require_bucket(bucket)
            except AwsError as error:
                raise InputError(
                    f'The bucket of S3OutputPath "{uri}" does not exist: create it first.'
                ) from error

    def store(self, path: Path, uri: str) -> None:
        """Make the content of ``path`` the file at ``uri``, at once. Raises InputError."""
        scheme, bucket, key = _split(uri)
        try:
            if scheme == "s3":
                self._put(path, bucket, key)
            else:
                _copy(path, Path(key))
        except (AwsError, OSError) as error:
            reason = error.message if isinstance(error, AwsError) else error.strerror or str(error)
            raise InputError(f'The results cannot be stored at "{uri}": {reason}') from error

    def _put(self, path: Path, bucket: str, key: str) -> None:
        with path.open("rb") as source, self._objects.stage() as staged:
            size = 0
            while piece := source.read(PIECE):
                staged.write(piece)
                size += len(piece)
            etag = staged.digests.md5.hex()
            info = ObjectInfo(key=key, size=size, etag=etag, modified=time.time())
            self._objects.commit(staged, bucket, info)

    def _under(self, uri: str) -> Iterator[str]:
        scheme, bucket, key = _split(uri)
        if scheme != "s3":
            yield from _local_files(Path(key))
            return
        try:
            for name, _ in self._objects.keys(bucket, key):
                if not name.endswith(b"/"):
                    yield f"s3://{bucket}/{name.decode()}"
        except AwsError:
            return

    def _listed(self, uri: str) -> list[InputFile]:
        """What a manifest lists: ``[{"prefix": "s3://…/"}, "relative path", …]``."""
        with self.opened(uri) as file:
            text = file.read(_LARGEST_MANIFEST + 1)
        try:
            content = json.loads(text)
            prefix = str(content[0]["prefix"])
            names = content[1:]
            if not names or not all(isinstance(name, str) for name in names):
                raise ValueError(uri)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise InputError(
                f'"{uri}" is no manifest: write [{{"prefix": "s3://bucket/folder/"}}, "file", …].'
            ) from error
        return [InputFile(prefix + name, _checked(name)) for name in dict.fromkeys(names)]


def missing(uri: str) -> str:
    """AWS's sentence for data that are not there."""
    bucket = _split(uri)[1]
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that '
        f'the bucket "{bucket}" exists and that objects exist under that S3 prefix.'
    )


def _split(uri: str) -> tuple[str, str, str]:
    """Scheme, bucket and key; for a file its path in place of the key."""
    scheme, _, rest = uri.partition("://")
    if scheme == "file":
        return scheme, "", unquote(urlsplit(uri).path)
    bucket, _, key = rest.partition("/")
    return "s3", bucket, key


def _local_files(path: Path) -> Sequence[str]:
    if path.is_file():
        return [path.as_uri()]
    return [found.as_uri() for found in path.rglob("*") if found.is_file()]


def _checked(name: str) -> str:
    name = name.lstrip("/")
    if not name or {".", ".."} & set(PurePosixPath(name).parts):
        raise InputError(f"{name!r} cannot name a result: rename the input file.")
    return name


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        shutil.copyfile(source, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
