"""All services behind one address: who is asked is in the signature's scope and the path."""

import hashlib
import hmac
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from backend.local import log_operations, price_list, quotas, sagemaker
from backend.local.config import ServiceConfig
from backend.local.hosting.settings import HostingSettings
from backend.local.identity import Identity
from backend.local.jobs.training_settings import TrainingSettings
from backend.local.logs import LogStore
from backend.local.metrics import Metrics
from backend.local.s3.service import S3Service
from backend.local.s3.service import error_response as s3_error_response
from backend.local.s3.store import ObjectStore
from backend.local.wire import json11, query, rest_json, signature_v2
from backend.local.wire.errors import AwsError, internal_failure
from backend.local.wire.json11 import JsonService
from backend.local.wire.query import QueryService
from backend.local.wire.request_body import RequestBody
from backend.local.wire.signature import UNSIGNED, Claim, Signer, query_of, refusal

LARGEST_JSON = 4 * 1024 * 1024  # bytes of a request in JSON
LARGEST_INVOCATION = 32 * 1024 * 1024  # bytes read; the runtime's own limit is lower
_INVOCATION = re.compile(r"/endpoints/[^/]+/(async-invocations|invocations(-response-stream)?)")

logger = logging.getLogger(__name__)


class Runtime(Protocol):
    """What the app needs of hosting: the runtime and its life."""

    def invoke(self, request: Request, /) -> Awaitable[Response]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Gateway:
    """Checks who asks and hands the request to the service that is asked for."""

    def __init__(
        self,
        config: ServiceConfig,
        *,
        s3: S3Service,
        json_services: Mapping[str, JsonService],
        query_services: Mapping[str, QueryService],
        runtime: Runtime,
    ) -> None:
        self._config = config
        self._s3 = s3
        self._json = json_services
        self._query = query_services
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application, because no pattern of paths fits S3's keys."""
        body = RequestBody(scope, receive)
        response = await self.answer(Request(scope, body))
        if not await body.settle():
            response.headers["connection"] = "close"
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The response to any request; a ``GET /ping`` needs no signature."""
        if request.scope["path"] == "/ping" and "authorization" not in request.headers:
            return PlainTextResponse("ok")
        likely = _likely_service(request)
        address = query_of(request)
        try:
            if likely == "s3" and signature_v2.is_signed_so(address):
                keys = self._config.access_key, self._config.secret_key
                signature_v2.check(request, address, access_key=keys[0], secret_key=keys[1])
                return await self._s3.answer(request, None, UNSIGNED)
            claim = Claim.read(request, likely_service=likely)
            if claim.service == "s3":
                declared = _declared(request, claim)
                signer = self._check(request, claim, declared)
                return await self._s3.answer(request, signer, declared)
            return await self._answer_json(request, claim)
        except AwsError as error:
            return _error_response(request, likely, error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it

    async def _answer_json(self, request: Request, claim: Claim) -> Response:
        invocation = _is_invocation(request)
        body = await _read(request, LARGEST_INVOCATION if invocation else LARGEST_JSON)
        payload_hash = hashlib.sha256(body).hexdigest()
        declared = request.headers.get("x-amz-content-sha256", payload_hash)
        if not hmac.compare_digest(declared.encode(), payload_hash.encode()):
            raise refusal(claim.service, "signature")
        self._check(request, claim, payload_hash)
        if claim.service == "sagemaker" and invocation:
            return await self._invoke(_replayed(request, body))
        if _is_form(request) and claim.service in self._query:
            return await self._query[claim.service].answer(body)
        service = self._json.get(claim.service)
        if service is None:
            raise AwsError(
                "UnknownOperationException",
                f"The local service does not offer {claim.service}.",
            )
        return await service.answer(request.headers.get("x-amz-target", ""), body)

    async def _invoke(self, request: Request) -> Response:
        try:
            return await self._runtime.invoke(request)
        except AwsError as error:
            return rest_json.error_response(error)
        except Exception:  # the boundary: whatever fails in hosting must become an answer
            logger.exception("%s failed", request.scope["path"])
            return rest_json.error_response(internal_failure())

    def _check(self, request: Request, claim: Claim, payload_hash: str) -> Signer:
        config = self._config
        return claim.check(
            request,
            access_key=config.access_key,
            secret_key=config.secret_key,
            payload_hash=payload_hash,
        )


def create_app(
    config: ServiceConfig,
    *,
    settings: HostingSettings | None = None,
    training: TrainingSettings | None = None,
) -> Starlette:
    """The local service over the data in ``config.home``.

    ``settings`` are those of hosting, ``training`` those of training jobs.
    """
    objects = ObjectStore(config.home / "s3")
    logs = LogStore(config.home / "logs")
    hosting = sagemaker.build(config, objects, logs, settings=settings, training_settings=training)
    identity = Identity(config)
    gateway = Gateway(
        config,
        s3=S3Service(objects, region=config.region, account_id=config.account_id),
        json_services={
            "sagemaker": JsonService("sagemaker", hosting.operations),
            "logs": JsonService("logs", log_operations.table(logs, config)),
            "monitoring": JsonService("cloudwatch", Metrics(hosting.usage).operations),
            "servicequotas": JsonService("service-quotas", quotas.table()),
            "pricing": JsonService("pricing", price_list.table()),
        },
        query_services={
            "sts": QueryService("sts", identity.sts),
            "iam": QueryService("iam", identity.iam),
        },
        runtime=hosting,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await hosting.start()
        try:
            yield
        finally:
            await hosting.stop()

    app = Starlette(lifespan=lifespan)
    app.router.default = gateway
    return app


def _likely_service(request: Request) -> str:
    """In whose words to answer before the signature says which service is asked for."""
    if _is_form(request):
        return "query"
    return "sagemaker" if "x-amz-target" in request.headers or _is_invocation(request) else "s3"


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return request.scope["path"] == "/" and kind.startswith(query.FORM)


def _is_invocation(request: Request) -> bool:
    return _INVOCATION.fullmatch(request.scope["path"]) is not None


def _declared(request: Request, claim: Claim) -> str:
    """What a request to S3 says of its body: a hash, or how else the body comes."""
    declared = request.headers.get("x-amz-content-sha256")
    if declared is None and claim.expires is None:
        raise AwsError(
            "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"
        )
    declared = declared or UNSIGNED
    if not re.fullmatch(
        r"[0-9a-fA-F]{64}|UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        r"|STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?",
        declared,
    ):
        raise AwsError(
            "InvalidArgument",
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
        )
    return declared


def _error_response(request: Request, likely: str, error: AwsError) -> Response:
    if likely == "s3":
        return s3_error_response(request, error)
    if likely == "query":
        return query.error_response(error)
    if _is_invocation(request):
        return rest_json.error_response(error)
    return json11.error_response(error)


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise AwsError(
                "RequestEntityTooLargeException",
                f"The request is larger than {limit} bytes, the most that is read.",
                status=413,
            )
    return bytes(body)


def _replayed(request: Request, body: bytes) -> Request:
    """The request as it was before its body was read."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return await request.receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)
