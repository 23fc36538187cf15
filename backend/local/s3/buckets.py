"""Operations on buckets."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from backend.local.s3.errors import invalid_argument
from backend.local.s3.listing import Page, list_page
from backend.local.s3.requests import Members, count_of
from backend.local.s3.store import Bucket, ObjectInfo, ObjectStore, read_info
from backend.local.s3.uploads import Uploads
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation


class BucketOperations:
    """Buckets and the listings of their objects."""

    def __init__(
        self, store: ObjectStore, uploads: Uploads, *, region: str, account_id: str
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._region = region
        self.owner = owner_of(account_id)
        self._listed: tuple[tuple[int, str, str], list[bytes], dict[bytes, str]] | None = None

    def table(self) -> Mapping[str, Operation]:
        """The operations by S3's names."""
        return {
            "ListBuckets": self.list_buckets,
            "CreateBucket": self.create_bucket,
            "HeadBucket": self.head_bucket,
            "DeleteBucket": self.delete_bucket,
            "GetBucketLocation": self.get_bucket_location,
            "GetBucketVersioning": self.get_bucket_versioning,
            "ListObjects": self.list_objects,
            "ListObjectsV2": self.list_objects_v2,
        }

    async def list_buckets(self, request: Members) -> Members:
        buckets = await asyncio.to_thread(self._store.buckets)
        prefix, after = request.get("Prefix", ""), _from_token(request.get("ContinuationToken"))
        found = [b for b in buckets if b.name.startswith(prefix) and b.name > after.decode()]
        most = request.get("MaxBuckets", 10_000)
        answer: Members = {
            "Buckets": [self._described(bucket) for bucket in found[:most]],
            "Owner": self.owner,
            "Prefix": request.get("Prefix"),
        }
        if len(found) > most:
            answer["ContinuationToken"] = _token(found[most - 1].name.encode())
        return answer

    async def create_bucket(self, request: Members) -> Members:
        constraint = request.get("CreateBucketConfiguration", {}).get("LocationConstraint", "")
        if constraint not in ("", self._region):
            raise AwsError(
                "IllegalLocationConstraintException",
                f"The {constraint} location constraint is incompatible for the region specific "
                "endpoint this request was sent to.",
            )
        # As in us-east-1, to make a bucket again that is one's own changes nothing.
        await asyncio.to_thread(self._store.create_bucket, request["Bucket"])
        return {"Location": f"/{request['Bucket']}"}

    async def head_bucket(self, request: Members) -> Members:
        await asyncio.to_thread(self._store.require_bucket, request["Bucket"])
        return {"BucketRegion": self._region}

    async def delete_bucket(self, request: Members) -> Members:
        await asyncio.to_thread(self._delete, request["Bucket"])
        return {}

    def _delete(self, bucket: str) -> None:
        abandoned = self._uploads.under_way(bucket)
        self._store.delete_bucket(bucket)
        for upload in abandoned:
            self._uploads.abort(upload)

    async def get_bucket_location(self, request: Members) -> Members:
        await asyncio.to_thread(self._store.require_bucket, request["Bucket"])
        return {"LocationConstraint": "" if self._region == "us-east-1" else self._region}

    async def get_bucket_versioning(self, request: Members) -> Members:
        await asyncio.to_thread(self._store.require_bucket, request["Bucket"])
        return {}

    async def list_objects_v2(self, request: Members) -> Members:
        after = _from_token(request.get("ContinuationToken"))
        after = after or request.get("StartAfter", "").encode()
        most = count_of(request, "MaxKeys", "max-keys")
        page, found = await asyncio.to_thread(self._page, request, after, most)
        encode = _encoder(request)
        owner = self.owner if request.get("FetchOwner") else None
        return {
            **self._common(request, page, found, owner),
            "MaxKeys": most,
            "KeyCount": len(page.entries),
            "StartAfter": encode(request.get("StartAfter")),
            "ContinuationToken": request.get("ContinuationToken"),
            "NextContinuationToken": _token(page.last) if page.truncated else None,
        }

    async def list_objects(self, request: Members) -> Members:
        most = count_of(request, "MaxKeys", "max-keys")
        after = request.get("Marker", "").encode()
        page, found = await asyncio.to_thread(self._page, request, after, most)
        encode = _encoder(request)
        goes_on = page.truncated and request.get("Delimiter")
        return {
            **self._common(request, page, found, self.owner),
            "MaxKeys": most,
            "Marker": encode(request.get("Marker", "")),
            "NextMarker": encode(page.last.decode()) if goes_on else None,
        }

    def _page(self, request: Members, after: bytes, most: int) -> tuple[Page, list[ObjectInfo]]:
        prefix = request.get("Prefix", "")
        keys, files = self._keys(request["Bucket"], prefix)
        page = list_page(
            keys,
            prefix=prefix.encode(),
            delimiter=request.get("Delimiter", "").encode(),
            after=after,
            limit=most,
        )
        found = [read_info(files[keys[index]]) for index in page.objects]
        return page, [info for info in found if info is not None]

    def _keys(self, bucket: str, prefix: str) -> tuple[list[bytes], dict[bytes, str]]:
        """The sorted keys and their files; those of the last listing where nothing has changed."""
        self._store.require_bucket(bucket)
        subject = (self._store.version, bucket, prefix)
        known = self._listed
        if known is None or known[0] != subject:
            files = dict(self._store.keys(bucket, prefix))
            known = self._listed = (subject, sorted(files), files)
        return known[1], known[2]

    def _common(
        self, request: Members, page: Page, found: list[ObjectInfo], owner: Members | None
    ) -> Members:
        encode = _encoder(request)
        return {
            "Name": request["Bucket"],
            "Prefix": encode(request.get("Prefix", "")),
            "Delimiter": encode(request.get("Delimiter")),
            "EncodingType": request.get("EncodingType"),
            "IsTruncated": page.truncated,
            "CommonPrefixes": [{"Prefix": encode(name.decode())} for name in page.prefixes],
            "Contents": [
                {
                    "Key": encode(info.key),
                    "LastModified": info.modified,
                    "ETag": f'"{info.etag}"',
                    "Size": info.size,
                    "StorageClass": info.attributes.headers.get("StorageClass", "STANDARD"),
                    "ChecksumAlgorithm": list(info.checksums),
                    "ChecksumType": info.checksum_type if info.checksums else None,
                    "Owner": owner,
                }
                for info in found
            ],
        }

    def _described(self, bucket: Bucket) -> Members:
        return {
            "Name": bucket.name,
            "CreationDate": asdict(bucket)["created"],
            "BucketRegion": self._region,
        }


def owner_of(account_id: str) -> Members:
    """The account as S3 shows it: its canonical user id."""
    return {"ID": hashlib.sha256(account_id.encode()).hexdigest(), "DisplayName": account_id}


def _encoder(request: Members) -> Any:
    """How keys stand in the answer: percent-encoded where the client asks for that."""
    kind = request.get("EncodingType")
    if kind not in (None, "url"):
        raise invalid_argument(
            "Invalid Encoding Method specified in Request", "encoding-type", kind
        )
    return lambda text: quote(text, safe="/") if kind and text is not None else text


def _token(last: bytes) -> str:
    return base64.urlsafe_b64encode(last).decode("ascii")


def _from_token(token: str | None) -> bytes:
    if token is None:
        return b""
    try:
        last = base64.b64decode(token, altchars=b"-_", validate=True)
        last.decode("utf-8")
    except (binascii.Error, ValueError):
        last = b""
    if not last:
        raise invalid_argument(
            "The continuation token provided is incorrect", "continuation-token", token
        )
    return last
