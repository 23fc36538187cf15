"""Multipart uploads: parts kept in a folder each until they are joined to one object."""

import hashlib
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from backend.local.s3.checksums import composite
from backend.local.s3.errors import disk_errors, no_such_upload
from backend.local.s3.store import (
    PIECE,
    Attributes,
    Condition,
    ObjectInfo,
    ObjectStore,
    Staged,
    read_json,
    write_json,
)
from backend.local.wire.errors import AwsError

SMALLEST_PART = 5 * 1024 * 1024  # bytes; the last part may be smaller
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Upload:
    """A multipart upload under way; ``algorithm`` is that of its checksums, or ""."""

    upload_id: str
    bucket: str
    key: str
    created: float
    algorithm: str = ""
    checksum_type: str = "COMPOSITE"
    attributes: Attributes = field(default_factory=Attributes)


@dataclass(frozen=True)
class Part:
    """One part; ``file`` is the name of the file with its bytes."""

    number: int
    size: int
    etag: str
    modified: float
    file: str
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PartClaim:
    """What the client says of a part when it asks to join them."""

    number: int
    etag: str
    checksums: Mapping[str, str] = field(default_factory=dict)


class Uploads:
    """The multipart uploads into an ``ObjectStore``. Methods block, from any thread."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._root = store.system / "uploads"

    def start(
        self,
        bucket: str,
        key: str,
        *,
        algorithm: str = "",
        checksum_type: str = "COMPOSITE",
        attributes: Attributes | None = None,
    ) -> Upload:
        """Begin an upload of ``key``."""
        self._store.find(bucket, key)  # refuses what can be no object
        upload = Upload(
            upload_id=uuid.uuid4().hex,
            bucket=bucket,
            key=key,
            created=time.time(),
            algorithm=algorithm,
            checksum_type=checksum_type,
            attributes=attributes or Attributes(),
        )
        folder = self._root / upload.upload_id
        with disk_errors():
            folder.mkdir()
            write_json(folder / "upload.json", asdict(upload))
        return upload

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """An upload under way; AwsError ``NoSuchUpload`` or ``NoSuchBucket``."""
        self._store.require_bucket(bucket)
        upload = self._read(upload_id) if upload_id.isalnum() else None
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise no_such_upload(upload_id)
        return upload

    def under_way(self, bucket: str) -> list[Upload]:
        """The bucket's uploads, by key and then by age."""
        self._store.require_bucket(bucket)
        found = [self._read(folder.name) for folder in self._root.iterdir()]
        return sorted(
            (upload for upload in found if upload is not None and upload.bucket == bucket),
            key=lambda upload: (upload.key.encode(), upload.created, upload.upload_id),
        )

    def add_part(
        self, upload: Upload, number: int, staged: Staged, checksums: Mapping[str, str]
    ) -> Part:
        """Keep the staged bytes as part ``number``, in place of any that was there."""
        part = Part(
            number=number,
            size=staged.digests.size,
            etag=staged.digests.md5.hex(),
            modified=time.time(),
            file=f"{number}.{uuid.uuid4().hex}",
            checksums=checksums,
        )
        data = staged.seal()
        folder = self._root / upload.upload_id
        with self._store.lock, disk_errors():
            self.get(upload.bucket, upload.key, upload.upload_id)
            before = self._part(upload, number)
            data.rename(folder / part.file)
            write_json(folder / f"{number}.json", asdict(part))
            if before is not None:
                (folder / before.file).unlink(missing_ok=True)
        return part

    def parts(self, upload: Upload) -> list[Part]:
        """The parts that have arrived, by number."""
        numbers = sorted(
            int(path.stem)
            for path in (self._root / upload.upload_id).glob("*.json")
            if path.stem.isdecimal()
        )
        return [part for number in numbers if (part := self._part(upload, number)) is not None]

    def complete(
        self,
        upload: Upload,
        claims: Sequence[PartClaim],
        *,
        checksums: Mapping[str, str] | None = None,
        condition: Condition | None = None,
    ) -> ObjectInfo:
        """Join the claimed parts to one object, in the order of their numbers.

        ``checksums`` are what the client says of the whole. Raises AwsError.
        """
        parts = self._checked(upload, claims)
        whole = upload.algorithm if upload.checksum_type == "FULL_OBJECT" else ""
        with self._store.stage([whole]) as staged:
            for piece in self._bytes(upload, parts):
                staged.write(piece)
            found = staged.digests.checksums
            if upload.algorithm and not whole:
                joined = composite(
                    upload.algorithm, [part.checksums.get(upload.algorithm, "") for part in parts]
                )
                found = {upload.algorithm: joined} if joined else {}
            _check_whole(checksums or {}, found)
            info = ObjectInfo(
                key=upload.key,
                size=staged.digests.size,
                etag=_joined_etag(parts),
                modified=time.time(),
                attributes=upload.attributes,
                checksums=found,
                checksum_type=upload.checksum_type,
                part_sizes=tuple(part.size for part in parts),
                upload_id=upload.upload_id,
            )
            self._store.commit(staged, upload.bucket, info, condition=condition)
        self.abort(upload)
        return info

    def abort(self, upload: Upload) -> None:
        """Forget the upload and its parts."""
        with self._store.lock:
            (self._root / upload.upload_id / "upload.json").unlink(missing_ok=True)
        shutil.rmtree(self._root / upload.upload_id, ignore_errors=True)

    def _checked(self, upload: Upload, claims: Sequence[PartClaim]) -> list[Part]:
        numbers = [claim.number for claim in claims]
        if numbers != sorted(set(numbers)):
            raise AwsError(
                "InvalidPartOrder",
                "The list of parts was not in ascending order. The parts list must be specified "
                "in order by part number.",
            )
        parts = [self._claimed(upload, claim) for claim in claims]
        for part in parts[:-1]:
            if part.size < SMALLEST_PART:
                raise AwsError(
                    "EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed size",
                    fields={
                        "PartNumber": part.number,
                        "ProposedSize": part.size,
                        "MinSizeAllowed": SMALLEST_PART,
                        "ETag": part.etag,
                    },
                )
        return parts

    def _claimed(self, upload: Upload, claim: PartClaim) -> Part:
        part = self._part(upload, claim.number)
        same = part is not None and part.etag == claim.etag.strip('"')
        if part is None or not same or not claim.checksums.items() <= part.checksums.items():
            raise AwsError(
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have "
                "been uploaded, or the specified entity tag may not match the part's entity tag.",
                fields={"UploadId": upload.upload_id, "PartNumber": claim.number},
            )
        return part

    def _bytes(self, upload: Upload, parts: Sequence[Part]) -> Iterator[bytes]:
        for part in parts:
            try:
                file = (self._root / upload.upload_id / part.file).open("rb")
            except FileNotFoundError as error:  # aborted or replaced while being joined
                raise no_such_upload(upload.upload_id) from error
            with file:
                while piece := file.read(PIECE):
                    yield piece

    def _part(self, upload: Upload, number: int) -> Part | None:
        path: Path = self._root / upload.upload_id / f"{number}.json"
        try:
            return Part(**read_json(path))
        except FileNotFoundError:
            return None

    def _read(self, upload_id: str) -> Upload | None:
        try:
            record = read_json(self._root / upload_id / "upload.json")
        except FileNotFoundError:
            return None
        return Upload(**{**record, "attributes": Attributes(**record["attributes"])})


def _check_whole(claimed: Mapping[str, str], found: Mapping[str, str]) -> None:
    for algorithm, value in claimed.items():
        known = found.get(algorithm, value)
        # Clients may leave the number of parts away.
        if value not in (known, known.partition("-")[0]):
            raise AwsError(
                "BadDigest",
                f"The {algorithm} you specified did not match the calculated checksum.",
            )


def _joined_etag(parts: Sequence[Part]) -> str:
    """S3's entity tag of an object in parts: the MD5 of the parts' MD5s, and their number."""
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(bytes.fromhex(part.etag))
    return f"{digest.hexdigest()}-{len(parts)}"
