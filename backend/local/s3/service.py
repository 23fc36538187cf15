"""S3's side of HTTP: which operation is asked for, its members, and the answer."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from backend.local.s3.buckets import BucketOperations
from backend.local.s3.checksums import Digests
from backend.local.s3.errors import disk_errors, not_implemented
from backend.local.s3.multipart import MultipartOperations
from backend.local.s3.objects import ObjectOperations
from backend.local.s3.requests import Members
from backend.local.s3.router import Target, operation_of, target_of
from backend.local.s3.store import ObjectStore
from backend.local.s3.transfer import check_digests, claimed_checksums
from backend.local.s3.uploads import Uploads
from backend.local.wire import rest_xml
from backend.local.wire.errors import AwsError, internal_failure
from backend.local.wire.models import service_model
from backend.local.wire.payload import Payload
from backend.local.wire.signature import Signer, query_of
from backend.local.wire.virtual_host import resource_path

LARGEST_XML = 8 * 1024 * 1024  # bytes; the longest list of parts takes four

# What an answer's XML document is called, where the model does not say.
_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListParts": "ListPartsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketLocation": "LocationConstraint",
    "GetObjectTagging": "Tagging",
    "GetObjectAttributes": "GetObjectAttributesResponse",
}
# What would change what is stored or given, and so must not be passed over in silence.
_UNSUPPORTED = {
    "SSECustomerAlgorithm": "encryption with keys of the client's",
    "CopySourceSSECustomerAlgorithm": "encryption with keys of the client's",
    "ObjectLockMode": "object lock",
    "ObjectLockEnabledForBucket": "object lock",
    "WriteOffsetBytes": "appending to objects",
}

logger = logging.getLogger(__name__)


class S3Service:
    """Answers requests whose signature has been checked."""

    def __init__(self, store: ObjectStore, *, region: str, account_id: str) -> None:
        uploads = Uploads(store)
        buckets = BucketOperations(store, uploads, region=region, account_id=account_id)
        self._operations = {
            **buckets.table(),
            **ObjectOperations(store).table(),
            **MultipartOperations(store, uploads, owner=buckets.owner).table(),
        }
        self._account_id = account_id

    async def answer(self, request: Request, signer: Signer | None, declared: str) -> Response:
        """The response to ``request``; ``declared`` is what its signature says of the body.

        ``signer`` signs the chunks of a body in signed chunks.
        """
        payload = _payload(request, signer, declared)
        try:
            return await self._call(request, target_of(resource_path(request)), payload)
        except AwsError as error:
            return error_response(request, error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except Exception:  # the boundary: whatever fails in an operation must become an answer
            logger.exception("%s %s failed", request.method, request.scope["path"])
            return error_response(request, internal_failure())

    async def _call(self, request: Request, target: Target, payload: Payload) -> Response:
        query = query_of(request)
        name = operation_of(request.method, target, query, request.headers)
        if name not in self._operations:
            raise not_implemented(name)
        operation = service_model("s3").operation_model(name)
        parts = rest_xml.Parts(
            {"Bucket": target.bucket, "Key": target.key},
            query,
            _hoisted(query) | dict(request.headers),
        )
        streams = "Body" in operation.input_shape.members
        body = b"" if streams else await self._read(operation, request, payload)
        members = rest_xml.parse(operation.input_shape, parts, body)
        self._check(members)
        if streams:
            if payload.length is None:
                raise AwsError(
                    "MissingContentLength",
                    "You must provide the Content-Length HTTP header.",
                    status=411,
                )
            members["Body"] = payload
        with disk_errors():
            answer = await self._operations[name](members)
        return _response(operation, answer, head=request.method == "HEAD")

    def _check(self, members: Members) -> None:
        for name, what in _UNSUPPORTED.items():
            if members.get(name):
                raise not_implemented(what)
        if members.get("VersionId", "null") != "null":
            raise AwsError("NoSuchVersion", "The specified version does not exist.", status=404)
        owners = [
            members.get(name) for name in ("ExpectedBucketOwner", "ExpectedSourceBucketOwner")
        ]
        if any(owner not in (None, self._account_id) for owner in owners):
            raise AwsError("AccessDenied", "Access Denied", status=403)

    async def _read(self, operation: Any, request: Request, payload: Payload) -> bytes:
        body = await payload.read(LARGEST_XML)
        headers = request.headers
        claimed = {
            name: value
            for name, value in headers.items()
            if name.startswith("x-amz-checksum-") and name != "x-amz-checksum-type"
        } | payload.trailers
        md5 = headers.get("content-md5")
        if operation.http_checksum.get("requestChecksumRequired") and not (claimed or md5):
            raise AwsError(
                "InvalidRequest",
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
            )
        if operation.input_shape.serialization.get("payload") != "MultipartUpload":
            members = {
                f"Checksum{name.removeprefix('x-amz-checksum-').upper()}": value
                for name, value in claimed.items()
            }
            checksums = claimed_checksums(members)
            digests = Digests(checksums)
            digests.update(body)
            check_digests(checksums, md5, digests)
        return body


def error_response(request: Request, error: AwsError) -> Response:
    """``error`` in the words of S3."""
    resource = request.scope["raw_path"].decode("latin-1")
    return rest_xml.error_response(error, resource=resource, with_body=request.method != "HEAD")


def _hoisted(query: Mapping[str, str]) -> dict[str, str]:
    """Headers that a presigned address carries in its query."""
    lowered = {name.lower(): value for name, value in query.items()}
    return {
        name: value
        for name, value in lowered.items()
        if name.startswith("x-amz-") or name == "content-type"
    }


def _payload(request: Request, signer: Signer | None, declared: str) -> Payload:
    decoded = request.headers.get("x-amz-decoded-content-length")
    length = decoded if declared.startswith("STREAMING-") else None
    length = length or request.headers.get("content-length", "")
    return Payload(
        request.stream(),
        declared=declared,
        length=int(length) if length.isdecimal() else None,
        announced=request.headers.get("x-amz-trailer", ""),
        signer=signer,
    )


def _response(operation: Any, answer: Mapping[str, Any], *, head: bool) -> Response:
    request_id = rest_xml.new_request_id()
    headers = {"x-amz-request-id": request_id, "x-amz-id-2": request_id}
    shape = operation.output_shape
    status = operation.http.get("responseCode", 200)
    if shape is None:
        return Response(status_code=status, headers=headers)
    headers |= rest_xml.render_headers(shape, answer)
    if "ContentRange" in answer:
        status = 206
    if "Body" in answer:
        body: AsyncIterator[bytes] = answer["Body"].__aiter__()
        return StreamingResponse(body, status_code=status, headers=headers)
    if head or status == 204:
        return Response(status_code=status, headers=headers)
    if operation.name == "GetBucketLocation":  # the root of its document is its only member
        content = rest_xml.text_document("LocationConstraint", answer["LocationConstraint"])
    else:
        root = _ROOTS.get(operation.name, operation.name)
        content = rest_xml.render_body(shape, answer, root=root)
    media_type = "application/xml" if content else None
    return Response(content, status_code=status, headers=headers, media_type=media_type)
