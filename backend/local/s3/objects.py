"""Operations on single objects."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

from backend.local.s3.requests import (
    Members,
    attributes_of,
    check_read_conditions,
    checked_tags,
    entry_condition,
    header_members,
    part_range,
    source_of,
    span_of,
    write_condition,
)
from backend.local.s3.store import PIECE, Attributes, ObjectInfo, ObjectStore
from backend.local.s3.transfer import FileRange, checksum_members, received
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

_OVERRIDES = {
    "ResponseCacheControl": "CacheControl",
    "ResponseContentDisposition": "ContentDisposition",
    "ResponseContentEncoding": "ContentEncoding",
    "ResponseContentLanguage": "ContentLanguage",
    "ResponseContentType": "ContentType",
    "ResponseExpires": "Expires",
}


class ObjectOperations:
    """Objects: their bytes, what is known of them, their tags."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def table(self) -> Mapping[str, Operation]:
        """The operations by S3's names."""
        return {
            "PutObject": self.put_object,
            "GetObject": self.get_object,
            "HeadObject": self.head_object,
            "DeleteObject": self.delete_object,
            "DeleteObjects": self.delete_objects,
            "CopyObject": self.copy_object,
            "GetObjectAttributes": self.get_object_attributes,
            "GetObjectTagging": self.get_object_tagging,
            "PutObjectTagging": self.put_object_tagging,
            "DeleteObjectTagging": self.delete_object_tagging,
        }

    async def put_object(self, request: Members) -> Members:
        bucket, key = request["Bucket"], request["Key"]
        attributes = attributes_of(request)
        # Refuse before the body has travelled; the condition itself is checked again at the end.
        await asyncio.to_thread(self._store.find, bucket, key)
        async with received(self._store, request) as (staged, checksums):
            info = ObjectInfo(
                key=key,
                size=staged.digests.size,
                etag=staged.digests.md5.hex(),
                modified=time.time(),
                attributes=attributes,
                checksums=checksums,
            )
            condition = write_condition(request)
            await asyncio.to_thread(self._store.commit, staged, bucket, info, condition=condition)
        return {"ETag": f'"{info.etag}"', **_checksums(info), "Size": None}

    async def get_object(self, request: Members) -> Members:
        # A part alone cannot be compared with the checksum of the whole.
        opened = self._store.open_read if request.get("Range") else self._store.open_verified
        info, file = await asyncio.to_thread(opened, request["Bucket"], request["Key"])
        try:
            answer = self._read_members(request, info)
        except AwsError:
            file.close()
            raise
        told: str = answer.get("ContentRange", "bytes 0-")
        start = int(told.removeprefix("bytes ").partition("-")[0])
        return {**answer, "Body": FileRange(file, start, answer["ContentLength"])}

    async def head_object(self, request: Members) -> Members:
        info = await asyncio.to_thread(self._store.head, request["Bucket"], request["Key"])
        return self._read_members(request, info)

    def _read_members(self, request: Members, info: ObjectInfo) -> Members:
        check_read_conditions(request, info)
        if "PartNumber" in request:
            request = {**request, "Range": part_range(request, info)}
        answer: Members = {
            "AcceptRanges": "bytes",
            "LastModified": info.modified,
            "ContentLength": info.size,
            "ETag": f'"{info.etag}"',
            "Metadata": info.attributes.metadata,
            "TagCount": len(info.attributes.tags) or None,
            "PartsCount": len(info.part_sizes) or None if "PartNumber" in request else None,
            **header_members(info),
        }
        answer |= {
            member: request[override]
            for override, member in _OVERRIDES.items()
            if override in request
        }
        span = span_of(request.get("Range"), info.size)
        if span is not None:
            answer["ContentLength"] = span.end - span.start
            answer["ContentRange"] = f"bytes {span.start}-{span.end - 1}/{info.size}"
        elif request.get("ChecksumMode") == "ENABLED":
            answer |= _checksums(info)
        return answer

    async def delete_object(self, request: Members) -> Members:
        condition = write_condition(request)
        await asyncio.to_thread(
            self._store.delete, request["Bucket"], request["Key"], condition=condition
        )
        return {}

    async def delete_objects(self, request: Members) -> Members:
        await asyncio.to_thread(self._store.require_bucket, request["Bucket"])
        entries = request["Delete"]["Objects"]
        if not 0 < len(entries) <= 1000:
            raise AwsError(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our "
                "published schema",
            )
        deleted: list[Members] = []
        errors: list[Members] = []
        for entry in entries:
            try:
                await asyncio.to_thread(
                    self._store.delete,
                    request["Bucket"],
                    entry["Key"],
                    condition=entry_condition(entry),
                )
                deleted.append({"Key": entry["Key"]})
            except AwsError as error:
                errors.append({"Key": entry["Key"], "Code": error.code, "Message": error.message})
        return {"Deleted": [] if request["Delete"].get("Quiet") else deleted, "Errors": errors}

    async def copy_object(self, request: Members) -> Members:
        info = await asyncio.to_thread(self._copy, request)
        return {
            "CopyObjectResult": {
                "ETag": f'"{info.etag}"',
                "LastModified": info.modified,
                **_checksums(info),
            }
        }

    def _copy(self, request: Members) -> ObjectInfo:
        source = source_of(request["CopySource"])
        self._store.require_bucket(request["Bucket"])  # the request is addressed to it
        before, file = self._store.open_verified(source.bucket, source.key)
        with file:
            check_read_conditions(request, before, start="CopySourceIf")
            same = (source.bucket, source.key) == (request["Bucket"], request["Key"])
            replaces = request.get("MetadataDirective") == "REPLACE"
            if same and not replaces and "StorageClass" not in request:
                raise AwsError(
                    "InvalidRequest",
                    "This copy request is illegal because it is trying to copy an object to "
                    "itself without changing the object's metadata, storage class, website "
                    "redirect location or encryption attributes.",
                )
            algorithm = request.get("ChecksumAlgorithm")
            with self._store.stage([algorithm] if algorithm else before.checksums) as staged:
                while piece := file.read(PIECE):
                    staged.write(piece)
                info = ObjectInfo(
                    key=request["Key"],
                    size=staged.digests.size,
                    etag=staged.digests.md5.hex(),
                    modified=time.time(),
                    attributes=_copied_attributes(request, before),
                    checksums=staged.digests.checksums,
                )
                self._store.commit(
                    staged, request["Bucket"], info, condition=write_condition(request)
                )
        return info

    async def get_object_attributes(self, request: Members) -> Members:
        info = await asyncio.to_thread(self._store.head, request["Bucket"], request["Key"])
        parts = {"TotalPartsCount": len(info.part_sizes)} if info.part_sizes else None
        known: Members = {
            "ETag": info.etag,
            "Checksum": _checksums(info) or None,
            "ObjectParts": parts,
            "StorageClass": info.attributes.headers.get("StorageClass", "STANDARD"),
            "ObjectSize": info.size,
        }
        wanted = request["ObjectAttributes"]
        answer = {name: value for name, value in known.items() if name in wanted}
        return {"LastModified": info.modified, **answer}

    async def get_object_tagging(self, request: Members) -> Members:
        info = await asyncio.to_thread(self._store.head, request["Bucket"], request["Key"])
        tags = info.attributes.tags.items()
        return {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}

    async def put_object_tagging(self, request: Members) -> Members:
        pairs = [(tag["Key"], tag["Value"]) for tag in request["Tagging"]["TagSet"]]
        await asyncio.to_thread(self._retag, request, checked_tags(pairs))
        return {}

    async def delete_object_tagging(self, request: Members) -> Members:
        await asyncio.to_thread(self._retag, request, {})
        return {}

    def _retag(self, request: Members, tags: Mapping[str, str]) -> None:
        with self._store.lock:
            info = self._store.head(request["Bucket"], request["Key"])
            attributes = replace(info.attributes, tags=tags)
            self._store.update(request["Bucket"], replace(info, attributes=attributes))


def _copied_attributes(request: Members, before: ObjectInfo) -> Attributes:
    told = attributes_of(request)
    replaces = request.get("MetadataDirective") == "REPLACE"
    headers = dict(told.headers if replaces else before.attributes.headers)
    headers["StorageClass"] = request.get("StorageClass", "STANDARD")
    retags = request.get("TaggingDirective") == "REPLACE"
    return Attributes(
        headers,
        told.metadata if replaces else before.attributes.metadata,
        told.tags if retags else before.attributes.tags,
    )


def _checksums(info: ObjectInfo) -> Members:
    if not info.checksums:
        return {}
    return {**checksum_members(info.checksums), "ChecksumType": info.checksum_type}
