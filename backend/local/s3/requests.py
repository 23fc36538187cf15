"""What S3's operations share in their requests: conditions, ranges, sources, attributes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote

from backend.local.s3.errors import (
    invalid_argument,
    no_such_key,
    not_implemented,
    precondition_failed,
)
from backend.local.s3.store import Attributes, Condition, ObjectInfo
from backend.local.wire.errors import AwsError

Members = dict[str, Any]
HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "StorageClass",
    "WebsiteRedirectLocation",
)
_LARGEST_METADATA = 2048  # bytes, of names and values together
_MOST_TAGS = 10
_LONGEST_TAG_KEY = 128  # characters
_LONGEST_TAG_VALUE = 256


def attributes_of(request: Members) -> Attributes:
    """What a request to store an object tells of it."""
    metadata = dict(request.get("Metadata", {}))
    if sum(len(name) + len(value) for name, value in metadata.items()) > _LARGEST_METADATA:
        raise AwsError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            fields={"MaxSizeAllowed": _LARGEST_METADATA},
        )
    headers = {name: request[name] for name in HEADERS if request.get(name)}
    if isinstance(headers.get("Expires"), datetime):
        headers["Expires"] = headers["Expires"].isoformat()
    encodings = [part.strip() for part in headers.pop("ContentEncoding", "").split(",")]
    if kept := [part for part in encodings if part not in ("", "aws-chunked")]:
        headers["ContentEncoding"] = ",".join(kept)
    headers.setdefault("ContentType", "binary/octet-stream")
    pairs = parse_qsl(request.get("Tagging", ""), keep_blank_values=True)
    return Attributes(headers, metadata, checked_tags(pairs))


def checked_tags(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Tags as S3 allows them: ten, each key once."""
    tags = dict(pairs)
    if len(pairs) > _MOST_TAGS or len(tags) < len(pairs):
        raise AwsError(
            "InvalidTag" if len(tags) < len(pairs) else "BadRequest",
            "Cannot provide multiple Tags with the same key"
            if len(tags) < len(pairs)
            else f"Object tags cannot be greater than {_MOST_TAGS}",
        )
    for key, value in tags.items():
        if not 0 < len(key) <= _LONGEST_TAG_KEY or key.startswith("aws:"):
            raise AwsError("InvalidTag", "The TagKey you have provided is invalid")
        if len(value) > _LONGEST_TAG_VALUE:
            raise AwsError("InvalidTag", "The TagValue you have provided is invalid")
    return tags


def header_members(info: ObjectInfo) -> Members:
    """The members with which an answer gives back an object's headers."""
    headers: Members = dict(info.attributes.headers)
    if "Expires" in headers:
        headers["Expires"] = datetime.fromisoformat(headers["Expires"])
    if headers.get("StorageClass") == "STANDARD":  # S3 names only what is out of the ordinary
        del headers["StorageClass"]
    return headers


def write_condition(request: Members) -> Condition | None:
    """The condition of a conditional write or delete."""
    wanted, unwanted = request.get("IfMatch"), request.get("IfNoneMatch")
    if unwanted is not None and unwanted.strip() != "*":
        raise not_implemented("If-None-Match with an entity tag in writes")
    if wanted is None and unwanted is None:
        return None

    def check(present: ObjectInfo | None) -> None:
        if unwanted is not None and present is not None:
            raise precondition_failed("If-None-Match")
        if wanted is not None and present is None:
            raise no_such_key(request["Key"])
        if wanted is not None and present is not None and not _matches(wanted, present.etag):
            raise precondition_failed("If-Match")

    return check


def entry_condition(entry: Members) -> Condition:
    """The condition under which an entry of DeleteObjects may delete: version and entity tag."""
    if entry.get("VersionId", "null") != "null":
        raise AwsError("NoSuchVersion", "The specified version does not exist.", status=404)

    def check(present: ObjectInfo | None) -> None:
        wanted = entry.get("ETag")
        if wanted is not None and (present is None or not _matches(wanted, present.etag)):
            raise precondition_failed("If-Match")

    return check


def part_range(request: Members, info: ObjectInfo) -> str | None:
    """The bytes of the part that a read asks for, as a Range header; None for an empty object.

    An object that was not uploaded in parts is its own first part. Raises AwsError.
    """
    number, sizes = request["PartNumber"], info.part_sizes or (info.size,)
    if "Range" in request:
        raise AwsError("InvalidRequest", "Cannot specify both Range header and partNumber")
    if not 1 <= number <= len(sizes):
        raise AwsError(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            status=416,
            fields={"PartNumberRequested": number, "ActualPartCount": len(sizes)},
        )
    start = sum(sizes[: number - 1])
    return f"bytes={start}-{start + sizes[number - 1] - 1}" if info.size else None


def check_read_conditions(request: Members, info: ObjectInfo, *, start: str = "If") -> None:
    """Raise AwsError 304 or 412 where a condition of a read forbids it (RFC 9110, 13.2.2).

    ``start`` is "CopySourceIf" for the conditions on the source of a copy.
    """
    modified = int(info.modified)
    match, since = request.get(f"{start}Match"), request.get(f"{start}UnmodifiedSince")
    if match is not None and not _matches(match, info.etag):
        raise precondition_failed("If-Match")
    if match is None and since is not None and modified > since.timestamp():
        raise precondition_failed("If-Unmodified-Since")
    none_match, since = request.get(f"{start}NoneMatch"), request.get(f"{start}ModifiedSince")
    unchanged = none_match is not None and _matches(none_match, info.etag)
    if none_match is None and since is not None:
        unchanged = modified <= since.timestamp()
    if unchanged and start == "If":
        raise AwsError(
            "NotModified",
            "Not Modified",
            status=304,
            headers={
                "ETag": f'"{info.etag}"',
                "Last-Modified": formatdate(info.modified, usegmt=True),
            },
        )
    if unchanged:
        raise precondition_failed("If-None-Match" if none_match else "If-Modified-Since")


def _matches(wanted: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in wanted.split(",")]
    return "*" in tags or etag in tags


@dataclass(frozen=True)
class Span:
    """Bytes ``start`` to ``end``, the latter not included."""

    start: int
    end: int


def span_of(text: str | None, size: int) -> Span | None:
    """The bytes that a Range header asks for of ``size``; None where it asks for all of them.

    Ranges that S3 does not understand (several at once, other units) are no ranges, as in
    RFC 9110, 14.2. Raises AwsError ``InvalidRange`` where there is nothing in the range.
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", (text or "").replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    if match[1]:
        start, end = int(match[1]), int(match[2]) + 1 if match[2] else size
        if match[2] and end <= start:
            return None
    else:
        start, end = size - min(int(match[2]), size), size
    if start >= size:
        raise AwsError(
            "InvalidRange",
            "The requested range is not satisfiable",
            status=416,
            fields={"RangeRequested": text or "", "ActualObjectSize": size},
        )
    return Span(start, min(end, size))


def copied_span(text: str | None, size: int) -> Span:
    """The bytes of its source that UploadPartCopy takes: all, or exactly ``bytes=first-last``."""
    if text is None:
        return Span(0, size)
    match = re.fullmatch(r"bytes=(\d+)-(\d+)", text)
    if match is None or int(match[2]) < int(match[1]):
        raise invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first "
            "and last are the zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range",
            text,
        )
    if int(match[2]) >= size:
        raise invalid_argument(
            f"Range specified is not valid for source object of size: {size}",
            "x-amz-copy-source-range",
            text,
        )
    return Span(int(match[1]), int(match[2]) + 1)


@dataclass(frozen=True)
class Source:
    """The object that a copy reads."""

    bucket: str
    key: str


def source_of(text: str) -> Source:
    """The object that ``x-amz-copy-source`` names: ``bucket/key`` or ``/bucket/key``, quoted."""
    path, _, version = text.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key or version not in ("", "null"):
        raise invalid_argument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            "x-amz-copy-source",
            text,
        )
    return Source(bucket, key)


def count_of(request: Mapping[str, Any], name: str, wire_name: str, most: int = 1000) -> int:
    """How many entries a listing may give at most."""
    count = request.get(name, most)
    if not 0 <= count < 2**31:
        raise invalid_argument(
            f"Argument {wire_name} must be an integer between 0 and 2147483647",
            wire_name,
            str(count),
        )
    return min(int(count), most)
