"""Operations on multipart uploads."""

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from backend.local.s3.errors import invalid_argument
from backend.local.s3.requests import (
    Members,
    attributes_of,
    check_read_conditions,
    copied_span,
    count_of,
    source_of,
    write_condition,
)
from backend.local.s3.store import PIECE, ObjectInfo, ObjectStore
from backend.local.s3.transfer import checksum_members, claimed_checksums, received
from backend.local.s3.uploads import MOST_PARTS, Part, PartClaim, Upload, Uploads
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation


class MultipartOperations:
    """Multipart uploads from their start to the object or their abortion."""

    def __init__(self, store: ObjectStore, uploads: Uploads, *, owner: Members) -> None:
        self._store = store
        self._uploads = uploads
        self._owner = owner

    def table(self) -> Mapping[str, Operation]:
        """The operations by S3's names."""
        return {
            "CreateMultipartUpload": self.create_multipart_upload,
            "UploadPart": self.upload_part,
            "UploadPartCopy": self.upload_part_copy,
            "CompleteMultipartUpload": self.complete_multipart_upload,
            "AbortMultipartUpload": self.abort_multipart_upload,
            "ListParts": self.list_parts,
            "ListMultipartUploads": self.list_multipart_uploads,
        }

    async def create_multipart_upload(self, request: Members) -> Members:
        algorithm = request.get("ChecksumAlgorithm", "")
        default = "FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE"
        upload = await asyncio.to_thread(
            self._uploads.start,
            request["Bucket"],
            request["Key"],
            algorithm=algorithm,
            checksum_type=request.get("ChecksumType", default),
            attributes=attributes_of(request),
        )
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.upload_id,
            **_algorithm_members(upload),
        }

    async def upload_part(self, request: Members) -> Members:
        upload, number = await self._named(request), _part_number(request)
        if upload.algorithm:
            request.setdefault("ChecksumAlgorithm", upload.algorithm)
        async with received(self._store, request) as (staged, checksums):
            part = await asyncio.to_thread(
                self._uploads.add_part, upload, number, staged, checksums
            )
        return {"ETag": f'"{part.etag}"', **checksum_members(part.checksums)}

    async def upload_part_copy(self, request: Members) -> Members:
        upload, number = await self._named(request), _part_number(request)
        part = await asyncio.to_thread(self._copy_part, request, upload, number)
        return {
            "CopyPartResult": {
                "ETag": f'"{part.etag}"',
                "LastModified": part.modified,
                **checksum_members(part.checksums),
            }
        }

    def _copy_part(self, request: Members, upload: Upload, number: int) -> Part:
        source = source_of(request["CopySource"])
        info, file = self._store.open_read(source.bucket, source.key)
        with file, self._store.stage([upload.algorithm]) as staged:
            check_read_conditions(request, info, start="CopySourceIf")
            span = copied_span(request.get("CopySourceRange"), info.size)
            start, end = span.start, span.end
            file.seek(start)
            while piece := file.read(min(PIECE, end - start)):
                start += len(piece)
                staged.write(piece)
            return self._uploads.add_part(upload, number, staged, staged.digests.checksums)

    async def complete_multipart_upload(self, request: Members) -> Members:
        try:
            upload = await self._named(request)
        except AwsError:
            # The answer to an earlier request may have been lost: the same again is the same.
            info = await asyncio.to_thread(self._completed, request)
            if info is None:
                raise
            return _joined(request["Bucket"], info)
        parts = request.get("MultipartUpload", {}).get("Parts", [])
        if not parts or not all("ETag" in part and "PartNumber" in part for part in parts):
            raise AwsError("MalformedXML", "You must specify at least one part")
        claims = [
            PartClaim(part["PartNumber"], part["ETag"], claimed_checksums(part)) for part in parts
        ]
        info = await asyncio.to_thread(
            self._uploads.complete,
            upload,
            claims,
            checksums=claimed_checksums(request),
            condition=write_condition(request),
        )
        return _joined(upload.bucket, info)

    def _completed(self, request: Members) -> ObjectInfo | None:
        """The object that the named upload has become, if it is still there."""
        info = self._store.find(request["Bucket"], request["Key"])
        return info if info is not None and info.upload_id == request["UploadId"] else None

    async def abort_multipart_upload(self, request: Members) -> Members:
        upload = await self._named(request)
        await asyncio.to_thread(self._uploads.abort, upload)
        return {}

    async def list_parts(self, request: Members) -> Members:
        upload = await self._named(request)
        after, most = request.get("PartNumberMarker", 0), count_of(request, "MaxParts", "max-parts")
        parts = await asyncio.to_thread(self._uploads.parts, upload)
        left = [part for part in parts if part.number > int(after)]
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.upload_id,
            "PartNumberMarker": after,
            "NextPartNumberMarker": left[:most][-1].number if left[:most] else None,
            "MaxParts": most,
            "IsTruncated": len(left) > most,
            "Parts": [
                {
                    "PartNumber": part.number,
                    "LastModified": part.modified,
                    "ETag": f'"{part.etag}"',
                    "Size": part.size,
                    **checksum_members(part.checksums),
                }
                for part in left[:most]
            ],
            "Initiator": self._owner,
            "Owner": self._owner,
            "StorageClass": "STANDARD",
            **_algorithm_members(upload),
        }

    async def list_multipart_uploads(self, request: Members) -> Members:
        most = count_of(request, "MaxUploads", "max-uploads")
        prefix, marker = request.get("Prefix", ""), request.get("KeyMarker", "")
        uploads = await asyncio.to_thread(self._uploads.under_way, request["Bucket"])
        found = [upload for upload in uploads if upload.key.startswith(prefix)]
        left = _behind(found, marker, request.get("UploadIdMarker", ""))
        entries = list(_rolled(left, prefix, request.get("Delimiter", ""), marker))
        page = entries[:most]
        shown = [entry for entry in page if isinstance(entry, Upload)]
        last = page[-1] if page and len(entries) > most else None
        encoded = request.get("EncodingType") == "url"

        def encode(text: str) -> str:
            return quote(text, safe="/") if encoded else text

        return {
            "Bucket": request["Bucket"],
            "KeyMarker": encode(marker),
            "UploadIdMarker": request.get("UploadIdMarker", ""),
            "NextKeyMarker": encode(_marker(last)) if last else None,
            "NextUploadIdMarker": last.upload_id if isinstance(last, Upload) else None,
            "Prefix": encode(prefix),
            "Delimiter": encode(request["Delimiter"]) if request.get("Delimiter") else None,
            "CommonPrefixes": [
                {"Prefix": encode(entry)} for entry in page if isinstance(entry, str)
            ],
            "EncodingType": request.get("EncodingType"),
            "MaxUploads": most,
            "IsTruncated": len(entries) > most > 0,
            "Uploads": [
                {
                    "UploadId": upload.upload_id,
                    "Key": encode(upload.key),
                    "Initiated": upload.created,
                    "StorageClass": "STANDARD",
                    "Owner": self._owner,
                    "Initiator": self._owner,
                    **_algorithm_members(upload),
                }
                for upload in shown
            ],
        }

    async def _named(self, request: Members) -> Upload:
        return await asyncio.to_thread(
            self._uploads.get, request["Bucket"], request["Key"], request["UploadId"]
        )


def _algorithm_members(upload: Upload) -> Members:
    if not upload.algorithm:
        return {}
    return {"ChecksumAlgorithm": upload.algorithm, "ChecksumType": upload.checksum_type}


def _joined(bucket: str, info: ObjectInfo) -> Members:
    """The answer to CompleteMultipartUpload."""
    return {
        "Location": f"/{bucket}/{quote(info.key)}",
        "Bucket": bucket,
        "Key": info.key,
        "ETag": f'"{info.etag}"',
        **checksum_members(info.checksums),
        "ChecksumType": info.checksum_type if info.checksums else None,
    }


def _marker(entry: Upload | str) -> str:
    return entry.key if isinstance(entry, Upload) else entry


def _part_number(request: Members) -> int:
    number: int = request["PartNumber"]
    if not 1 <= number <= MOST_PARTS:
        raise invalid_argument(
            f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive",
            "partNumber",
            str(number),
        )
    return number


def _behind(uploads: list[Upload], marker: str, upload_marker: str) -> list[Upload]:
    """The uploads after a page that ended with the given key and upload."""
    if not marker:
        return uploads
    same = [upload for upload in uploads if upload.key == marker] if upload_marker else []
    ids = [upload.upload_id for upload in same]
    rest = same[ids.index(upload_marker) + 1 :] if upload_marker in ids else []
    return rest + [upload for upload in uploads if upload.key.encode() > marker.encode()]


def _rolled(
    uploads: list[Upload], prefix: str, delimiter: str, marker: str
) -> Iterator[Upload | str]:
    """The uploads, those with ``delimiter`` behind ``prefix`` as one common prefix each.

    A page that ended with a common prefix, now the ``marker``, goes on behind what it stands for.
    """
    last = marker if delimiter and marker.endswith(delimiter) else None
    for upload in uploads:
        at = upload.key.find(delimiter, len(prefix)) if delimiter else -1
        common = upload.key[: at + len(delimiter)] if at >= 0 else None
        if common is None:
            yield upload
        elif common != last:
            last = common
            yield common
