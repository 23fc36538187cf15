"""Data of training jobs between S3 (or plain files) and a job's folder."""

import gzip
import json
import os
import shutil
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from backend.local.jobs.training_request import hyperparameter, invalid
from backend.local.s3.store import ObjectInfo, ObjectStore
from backend.local.wire.errors import AwsError

_CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 32 * 1024 * 1024
SUBMIT_DIRECTORY = "sagemaker_submit_directory"


class StorageError(Exception):
    """Raised where data cannot be read or written; the text is one sentence."""


@dataclass(frozen=True)
class Place:
    """An address: a bucket and a key or prefix, or a file or folder (``bucket`` is empty)."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> "Place":
        """The place at an ``s3://`` or ``file://`` URI."""
        if uri.startswith("file://"):
            return cls("", unquote(urlsplit(uri).path))
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return cls(bucket, key)

    def below(self, *names: str) -> "Place":
        """The place ``names`` under this one."""
        key = "/".join([self.key.rstrip("/"), *names])
        return Place(self.bucket, key.lstrip("/") if self.bucket else key)

    @property
    def uri(self) -> str:
        """The place as a URI."""
        return f"s3://{self.bucket}/{self.key}" if self.bucket else Path(self.key).as_uri()


class Storage:
    """Reads and writes for training jobs. Methods block; each may be called from any thread."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def require(self, request: Mapping[str, Any]) -> None:
        """Raise AwsError where the request's data, or the place for its output, are missing."""
        for channel in request.get("InputDataConfig", []):
            source = channel["DataSource"]["S3DataSource"]
            try:
                next(iter(self._listed(source)), None)
            except StorageError as error:
                raise invalid(f"{error} (channel {channel['ChannelName']!r})") from error
        output = Place.of(request["OutputDataConfig"]["S3OutputPath"])
        if output.bucket:
            try:
                self._objects.require_bucket(output.bucket)
            except AwsError as error:
                raise invalid(
                    f'The bucket of the S3OutputPath "{output.uri}" does not exist: create it '
                    "first."
                ) from error

    def fetch_channel(self, channel: Mapping[str, Any], folder: Path) -> None:
        """Copy a channel's data into ``folder``. Raises StorageError."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, place in self._listed(channel["DataSource"]["S3DataSource"]):
            self._copy(place, _inside(folder, name))

    def fetch_source(self, request: Mapping[str, Any], folder: Path) -> Path | None:
        """Copy the source bundle into ``folder``; None where the request names none.

        Raises StorageError.
        """
        uri = hyperparameter(request, SUBMIT_DIRECTORY)
        if not uri.startswith(("s3://", "file://")):
            return None
        place = Place.of(uri)
        target = folder / "sourcedir.tar.gz"
        if not place.bucket and Path(place.key).is_dir():
            shutil.rmtree(folder / "sourcedir", ignore_errors=True)
            shutil.copytree(place.key, folder / "sourcedir")
            return folder / "sourcedir"
        self._copy(place, target)
        return target

    def fetch_folder(self, uri: str, folder: Path) -> None:
        """Copy all that lies under ``uri``, which may be nothing, into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        place = Place.of(uri)
        for name, found in _sorted(self._under(place.below(""))):
            self._copy(found, _inside(folder, name))

    def store_folder(self, folder: Path, place: Place, known: dict[str, tuple[int, int]]) -> None:
        """Copy the files that are new or changed since ``known`` told their time and size."""
        for path in _files(folder):
            status = path.stat()
            name, state = path.relative_to(folder).as_posix(), (status.st_mtime_ns, status.st_size)
            if known.get(name) != state:
                with path.open("rb") as source, self._writing(place.below(name)) as target:
                    shutil.copyfileobj(source, target, _CHUNK)
                known[name] = state

    def store_archive(self, folder: Path, place: Place) -> str:
        """Pack what ``folder`` holds as a tar.gz at ``place``; returns the URI."""
        with (
            self._writing(place) as target,
            gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            for path in sorted(folder.iterdir()) if folder.is_dir() else []:
                archive.add(path, arcname=path.name, filter=_anonymous)
        return place.uri

    def _listed(self, source: Mapping[str, Any]) -> Iterable[tuple[str, Place]]:
        """The names that a channel's data have in its folder, and where each lies."""
        place = Place.of(source["S3Uri"])
        if source["S3DataType"] == "ManifestFile":
            return self._manifest(place)
        found = _sorted(self._under(place))
        if not found:
            raise StorageError(
                f'No S3 objects found under S3 URL "{place.uri}" given in input data source. '
                "Please ensure that the bucket exists and that objects exist under that prefix."
            )
        return found

    def _under(self, place: Place) -> Iterator[tuple[str, Place]]:
        if not place.bucket:
            yield from _local_files(Path(place.key))
            return
        try:
            keys = [key.decode() for key, _ in self._objects.keys(place.bucket, place.key)]
        except AwsError as error:
            if error.code in ("NoSuchBucket", "InvalidBucketName"):
                return
            raise StorageError(f"{place.uri} cannot be read: {error.message}") from error
        for key in keys:
            if not key.endswith("/"):
                yield _relative(key, place.key), Place(place.bucket, key)

    def _manifest(self, place: Place) -> list[tuple[str, Place]]:
        """As AWS describes it: ``[{"prefix": "s3://…"}, "name", …]``."""
        try:
            with self._open(place) as file:
                entries = json.loads(file.read(_LARGEST_MANIFEST))
            prefix, names = str(entries[0]["prefix"]), entries[1:]
        except (ValueError, LookupError, TypeError) as error:
            raise StorageError(
                f'The manifest "{place.uri}" is not valid: it must be a JSON list that begins '
                'with {"prefix": "s3://…"}, followed by names.'
            ) from error
        found = []
        for name in names:
            if not isinstance(name, str):
                raise StorageError(f'The manifest "{place.uri}" lists something that is no name.')
            found.append((name, Place.of(prefix + name)))
        return found

    def _copy(self, place: Place, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open(place) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
        except OSError as error:
            raise StorageError(
                f'"{place.uri}" cannot be stored: {error.strerror or error}'
            ) from error

    def _open(self, place: Place) -> IO[bytes]:
        try:
            if place.bucket:
                return self._objects.open_verified(place.bucket, place.key)[1]
            return Path(place.key).open("rb")
        except (AwsError, OSError) as error:
            reason = error.message if isinstance(error, AwsError) else error.strerror
            raise StorageError(f'"{place.uri}" cannot be read: {reason}') from error

    def _writing(self, place: Place) -> "_Target":
        return _S3Target(self._objects, place) if place.bucket else _FileTarget(Path(place.key))


class _Target:
    """A file that is there as a whole or not at all, once the ``with`` block has ended."""

    def write(self, data: bytes) -> int:
        """Append ``data``."""
        raise NotImplementedError

    def flush(self) -> None:
        """Nothing: the end decides."""

    def __enter__(self) -> IO[bytes]:
        return cast(IO[bytes], self)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.finish(succeeded=kind is None)

    def finish(self, *, succeeded: bool) -> None:
        """Keep what was written, or drop it."""
        raise NotImplementedError


class _S3Target(_Target):
    def __init__(self, objects: ObjectStore, place: Place) -> None:
        self._objects = objects
        self._place = place
        self._staged = objects.stage()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._staged.write(data)
        self._size += len(data)
        return len(data)

    def finish(self, *, succeeded: bool) -> None:
        with self._staged:
            if succeeded:
                info = ObjectInfo(
                    key=self._place.key,
                    size=self._size,
                    etag=self._staged.digests.md5.hex(),
                    modified=time.time(),
                )
                self._objects.commit(self._staged, self._place.bucket, info)


class _FileTarget(_Target):
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._file = self._part.open("wb")

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def finish(self, *, succeeded: bool) -> None:
        self._file.close()
        if succeeded:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


def _relative(key: str, prefix: str) -> str:
    """What an object is called in the channel of a prefix: the key from the prefix's folder on."""
    rest = key[len(prefix) :]
    if rest.startswith("/"):
        return rest[1:]
    return key[prefix.rfind("/") + 1 :]


def _local_files(path: Path) -> Iterator[tuple[str, Place]]:
    if path.is_file():
        yield path.name, Place("", str(path))
    for found in _files(path):
        yield found.relative_to(path).as_posix(), Place("", str(found))


def _files(folder: Path) -> list[Path]:
    """The files under ``folder``, none reached through a link."""
    found = [Path(root, name) for root, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _sorted(found: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    return sorted(found, key=lambda item: item[0])


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or {"..", "/"} & set(parts) or "\0" in name:
        raise StorageError(f"{name!r} is no name for a file: rename the object.")
    return folder.joinpath(*parts)


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def sentence(error: Exception) -> str:
    """What went wrong, for the reader of a FailureReason."""
    if isinstance(error, AwsError):
        return error.message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
