"""Buckets and objects as plain files: nothing here knows of HTTP.

``root/<bucket>/`` holds a bucket's objects (``names`` says under which names), and ``root/.system``
what is under way. An object appears at once or not at all: its bytes and metadata are written to
a folder of ``.system/staging``; renaming that to ``.system/commits`` decides, and the moves into
place that follow are finished at the next start if the machine stops among them.
"""

import errno
import json
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from backend.local.s3 import names
from backend.local.s3.checksums import Digests, matches
from backend.local.s3.errors import (
    damaged_object,
    disk_errors,
    key_too_long,
    no_such_bucket,
    no_such_key,
)
from backend.local.wire.errors import AwsError

PIECE = 1024 * 1024  # bytes read or written at a time
_BUCKET = ".bucket"


@dataclass(frozen=True)
class Attributes:
    """What a client tells of an object besides its bytes."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """By member name of S3's model: ContentType, CacheControl…"""
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectInfo:
    """An object without its bytes; ``etag`` without quotes, ``modified`` in seconds since 1970,
    ``upload_id`` that of the multipart upload that it was.
    """

    key: str
    size: int
    etag: str
    modified: float
    attributes: Attributes = field(default_factory=Attributes)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    part_sizes: tuple[int, ...] = ()
    upload_id: str = ""


Condition = Callable[[ObjectInfo | None], None]
"""Raises AwsError where the object now under a key forbids what is to be done."""


@dataclass(frozen=True)
class Bucket:
    """A bucket's name and when it was made, in seconds since 1970."""

    name: str
    created: float


class Staged:
    """Bytes on their way into the store; leaving the ``with`` block drops what is not committed."""

    def __init__(self, folder: Path, algorithms: Iterable[str]) -> None:
        self.folder = folder
        self.digests = Digests(algorithms)
        with disk_errors():
            folder.mkdir(parents=True)
            self._file = (folder / "data").open("xb")

    def write(self, data: bytes) -> None:
        """Append ``data``; AwsError ``InsufficientStorage`` where the disk is full."""
        with disk_errors():
            self._file.write(data)
        self.digests.update(data)

    def seal(self) -> Path:
        """Bring the bytes safely to the disk; returns the file that holds them."""
        with disk_errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return self.folder / "data"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Drop the bytes, unless they have been committed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self._file.close()
        except OSError:  # a full disk refuses the last bytes again; they are dropped anyway
            return


class ObjectStore:
    """Objects in buckets under ``root``. Methods block; each may be called from any thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.system = root / ".system"
        self.lock = threading.RLock()
        self.version = 0
        """Grows with each change of what keys there are."""
        for name in ("commits", "uploads"):
            (self.system / name).mkdir(parents=True, exist_ok=True)
        for folder in (self.system / "commits").iterdir():
            self._settle(folder)
        for name in ("staging", "trash"):
            shutil.rmtree(self.system / name, ignore_errors=True)

    def create_bucket(self, bucket: str) -> bool:
        """Make a bucket; False where it is there already. AwsError for a name that S3 forbids."""
        check_bucket_name(bucket)
        with self.lock, disk_errors():
            if self._has(bucket):
                return False
            self._folder(bucket).mkdir(exist_ok=True)
            write_json(self._folder(bucket) / _BUCKET, {"created": time.time()})
            return True

    def buckets(self) -> list[Bucket]:
        """All buckets, by name."""
        return [
            Bucket(path.parent.name, float(read_json(path)["created"]))
            for path in sorted(self._root.glob(f"*/{_BUCKET}"))
        ]

    def require_bucket(self, bucket: str) -> None:
        """Raise AwsError ``NoSuchBucket`` where it is missing."""
        if not self._has(bucket):
            raise no_such_bucket(bucket)

    def delete_bucket(self, bucket: str) -> None:
        """Remove an empty bucket; AwsError ``BucketNotEmpty`` where it holds an object."""
        with self.lock:
            self.require_bucket(bucket)
            if next(self.keys(bucket), None) is not None:
                raise AwsError(
                    "BucketNotEmpty",
                    "The bucket you tried to delete is not empty",
                    status=409,
                    fields={"BucketName": bucket},
                )
            trash = self.system / "trash" / uuid.uuid4().hex
            trash.parent.mkdir(exist_ok=True)
            self._folder(bucket).rename(trash)
        shutil.rmtree(trash, ignore_errors=True)

    def stage(self, algorithms: Iterable[str] = ()) -> Staged:
        """A place for the bytes of an object or part, digested by ``algorithms`` as they come."""
        return Staged(self.system / "staging" / uuid.uuid4().hex, algorithms)

    def commit(
        self, staged: Staged, bucket: str, info: ObjectInfo, *, condition: Condition | None = None
    ) -> None:
        """Make the staged bytes the object ``info.key``, in place of any that was there."""
        path = self._path(bucket, info.key)
        staged.seal()
        with disk_errors():
            write_json(staged.folder / "info.json", {"bucket": bucket, **asdict(info)})
            with self._changing(bucket, info.key, condition):
                path.parent.mkdir(parents=True, exist_ok=True)
                commit = self.system / "commits" / staged.folder.name
                staged.folder.rename(commit)
                self._settle(commit)

    def put(
        self, bucket: str, key: str, data: bytes, attributes: Attributes | None = None
    ) -> ObjectInfo:
        """Store ``data`` as an object."""
        with self.stage() as staged:
            staged.write(data)
            info = ObjectInfo(
                key=key,
                size=len(data),
                etag=staged.digests.md5.hex(),
                modified=time.time(),
                attributes=attributes or Attributes(),
            )
            self.commit(staged, bucket, info)
        return info

    def head(self, bucket: str, key: str) -> ObjectInfo:
        """What is known of an object; AwsError ``NoSuchKey`` or ``NoSuchBucket``."""
        info = self.find(bucket, key)
        if info is None:
            raise no_such_key(key)
        return info

    def find(self, bucket: str, key: str) -> ObjectInfo | None:
        """As ``head``, None where the object is missing."""
        self.require_bucket(bucket)
        return read_info(names.metadata_of(self._path(bucket, key)))

    def open_read(self, bucket: str, key: str) -> tuple[ObjectInfo, BinaryIO]:
        """An object and its bytes; the file stays what it is when the object is replaced.

        Raises AwsError ``InternalError`` where bytes are missing on the disk.
        """
        with self.lock:
            info = self.head(bucket, key)
            try:
                file = self._path(bucket, key).open("rb")
            except FileNotFoundError:
                raise damaged_object(bucket, key) from None
        if os.fstat(file.fileno()).st_size != info.size:
            file.close()
            raise damaged_object(bucket, key)
        return info, file

    def open_verified(self, bucket: str, key: str) -> tuple[ObjectInfo, BinaryIO]:
        """As ``open_read``, after all its bytes were compared with the MD5 that is on file."""
        info, file = self.open_read(bucket, key)
        try:
            if not matches(file, info.etag, info.part_sizes):
                raise damaged_object(bucket, key)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return info, file

    def update(self, bucket: str, info: ObjectInfo) -> None:
        """Replace what is known of an object that is there; its bytes stay."""
        with self.lock, disk_errors():
            self.head(bucket, info.key)
            write_json(names.metadata_of(self._path(bucket, info.key)), asdict(info))

    def delete(self, bucket: str, key: str, *, condition: Condition | None = None) -> None:
        """Remove an object, if there is one."""
        path = self._path(bucket, key)
        with self._changing(bucket, key, condition):
            names.metadata_of(path).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            for folder in path.relative_to(self._folder(bucket)).parents[:-1]:
                try:
                    (self._folder(bucket) / folder).rmdir()
                except OSError:  # it holds something else, or never was
                    break

    def keys(self, bucket: str, prefix: str = "") -> Iterator[tuple[bytes, str]]:
        """(key in UTF-8, its metadata file) of all objects with ``prefix``, in no order."""
        self.require_bucket(bucket)
        wanted = prefix.encode("utf-8")
        folder, start = names.folder_of(self._folder(bucket), prefix)
        waiting = [(str(folder), start)]
        while waiting:
            path, start = waiting.pop()
            for entry in _entries(path):
                if entry.name[0] != ".":
                    if entry.name[-1] in "@+" and entry.is_dir(follow_symlinks=False):
                        inner = start + names.folder_part(entry.name)
                        if inner.startswith(wanted) or wanted.startswith(inner):
                            waiting.append((entry.path, inner))
                elif (part := names.object_part(entry.name)) is not None:
                    key = start + part
                    if key.startswith(wanted):
                        yield key, entry.path

    @contextmanager
    def _changing(self, bucket: str, key: str, condition: Condition | None) -> Iterator[None]:
        with self.lock:
            self.require_bucket(bucket)
            if condition is not None:
                condition(self.find(bucket, key))
            self.version += 1
            yield

    def _settle(self, commit: Path) -> None:
        """Move a committed object's files into place; harmless where that was done in part."""
        info = commit / "info.json"
        if info.exists():
            record = read_json(info)
            path = self._path(record["bucket"], record["key"])
            path.parent.mkdir(parents=True, exist_ok=True)
            if (commit / "data").exists():
                (commit / "data").replace(path)
            info.replace(names.metadata_of(path))
        shutil.rmtree(commit, ignore_errors=True)

    def _has(self, bucket: str) -> bool:
        return _is_bucket_name(bucket) and (self._folder(bucket) / _BUCKET).exists()

    def _folder(self, bucket: str) -> Path:
        check_bucket_name(bucket)
        return self._root / bucket

    def _path(self, bucket: str, key: str) -> Path:
        size = len(key.encode("utf-8"))
        if size > names.LONGEST_KEY:
            raise key_too_long(size, names.LONGEST_KEY)
        return names.path_of(self._folder(bucket), key)


def check_bucket_name(bucket: str) -> None:
    """Raise AwsError ``InvalidBucketName`` unless ``bucket`` keeps S3's rules for names."""
    if not _is_bucket_name(bucket):
        raise AwsError(
            "InvalidBucketName", "The specified bucket is not valid.", fields={"BucketName": bucket}
        )


def _is_bucket_name(bucket: str) -> bool:
    """S3's "General purpose bucket naming rules"."""
    return (
        re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket) is not None
        and ".." not in bucket
        and re.fullmatch(r"\d+\.\d+\.\d+\.\d+", bucket) is None
        and not bucket.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        and not bucket.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
    )


def read_info(path: Path | str) -> ObjectInfo | None:
    """The object whose metadata lie in the file ``path``; None where it is gone."""
    try:
        record = read_json(path)
    except FileNotFoundError:
        return None
    record.pop("bucket", None)
    attributes = Attributes(**record.pop("attributes"))
    sizes = tuple(record.pop("part_sizes"))
    return ObjectInfo(**record, attributes=attributes, part_sizes=sizes)


def read_json(path: Path | str) -> dict[str, Any]:
    """The JSON object in a file."""
    record: dict[str, Any] = json.loads(Path(path).read_bytes())
    return record


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a file at once or not at all."""
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            json.dump(dict(record), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        # No object lies there, or the last one was just deleted, or none could (ENAMETOOLONG).
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise
        return []
