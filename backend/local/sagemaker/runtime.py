"""InvokeEndpoint, in the rest-json protocol of SageMaker Runtime; see ``queue`` for the other."""

import asyncio
import uuid
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from backend.local.hosting.errors import (
    AnswerTooLarge,
    HostingError,
    Overloaded,
    TimedOut,
    WorkerDied,
)
from backend.local.hosting.fleet import Fleet
from backend.local.hosting.hooks import Answer
from backend.local.hosting.host import NotServing, UnknownVariant
from backend.local.hosting.launcher import log_group
from backend.local.hosting.worker import CUSTOM_ATTRIBUTES
from backend.local.sagemaker.arns import Account
from backend.local.sagemaker.queue import Queue
from backend.local.store import Endpoint, Store
from backend.local.wire.errors import AwsError
from backend.local.wire.models import service_model

T = TypeVar("T")
_FORWARDED = (
    "content-type",
    "accept",
    CUSTOM_ATTRIBUTES.lower(),
    "x-amzn-sagemaker-inference-id",
)
_UNSUPPORTED = ("Target-Model", "Target-Container-Hostname", "Inference-Component")
_LONGEST_MESSAGE = 4096
_TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the "
    "latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)


class Runtime:
    """Hands requests to the fleet and tells of failures in AWS's words.

    Bodies and answers may be as large as botocore's model of the runtime says (6,291,456 bytes).
    """

    def __init__(self, store: Store, account: Account, fleet: Fleet, queue: Queue) -> None:
        self._store = store
        self._account = account
        self._fleet = fleet
        self._queue = queue
        body = service_model("sagemaker-runtime").shape_for("BodyBlob")
        self._largest = int(body.metadata["max"])

    async def invoke(self, request: Request) -> Response:
        """The answer to ``POST /endpoints/{name}/invocations`` or ``…/async-invocations``.

        Raises AwsError.
        """
        _, _, name, action = request.scope["path"].split("/")
        if action == "async-invocations":
            return await self._invoke_later(name, request)
        if action == "invocations":
            return await self._invoke_now(name, request)
        raise AwsError(
            "NotImplemented",
            "The local service does not stream answers: call InvokeEndpoint.",
            status=501,
        )

    async def _invoke_now(self, name: str, request: Request) -> Response:
        for header in _UNSUPPORTED:
            if request.headers.get(f"X-Amzn-SageMaker-{header}"):
                raise _invalid(f"{header} is not supported by the local service: leave it out.")
        body = await self._body(request)
        if await self._queued(name):
            raise _invalid(f"Endpoint {name} is asynchronous: call InvokeEndpointAsync.")
        asked = self._fleet.invoke(
            name,
            body,
            [pair for pair in request.headers.raw if pair[0].decode("latin-1") in _FORWARDED],
            variant=request.headers.get("X-Amzn-SageMaker-Target-Variant"),
            largest=self._largest,
        )
        try:
            variant, answer = await _unless_gone(request, asked)
        except NotServing:
            raise await self._not_serving(name) from None
        except UnknownVariant as error:
            raise _invalid(f"Variant {error} was not found for endpoint {name}.") from None
        except Overloaded as error:
            raise AwsError("ServiceUnavailable", str(error), status=503) from None
        except HostingError as error:
            status = 0 if isinstance(error, TimedOut) else 500
            raise self._model_error(name, status, _told(error)) from error
        if 200 <= answer.status < 300:
            return _response(variant, answer)
        text = answer.body.decode("utf-8", "replace")
        raise self._model_error(name, answer.status, text)

    async def _invoke_later(self, name: str, request: Request) -> Response:
        config = await self._queued(name)
        if config is None:
            raise _invalid(f"Endpoint {name} is not asynchronous: call InvokeEndpoint.")
        return await self._queue.take(name, config, request)

    async def _queued(self, name: str) -> Mapping[str, Any] | None:
        """The AsyncInferenceConfig of an endpoint that serves, None where it has none."""
        try:
            return self._fleet.queue(name)
        except NotServing:
            raise await self._not_serving(name) from None

    async def _body(self, request: Request) -> bytes:
        length = request.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) <= self._largest:
            body = await request.body()
            if len(body) <= self._largest:
                return body
        raise _invalid(
            "1 validation error detected: Value at 'body' failed to satisfy constraint: "
            f"Member must have length less than or equal to {self._largest}"
        )

    async def _not_serving(self, name: str) -> AwsError:
        endpoint = await self._store.run(lambda session: session.get(Endpoint, name))
        if endpoint is None:
            return _invalid(f"Endpoint {name} of account {self._account.account_id} not found.")
        reason = f" {endpoint.failure_reason}" if endpoint.failure_reason else ""
        return _invalid(
            f"Endpoint {endpoint.name} of account {self._account.account_id} is not InService: "
            f"its status is {endpoint.status}.{reason}"
        )

    def _model_error(self, name: str, status: int, original: str) -> AwsError:
        """AWS's ModelError; a status of 0 means that there was no answer."""
        original = original[:_LONGEST_MESSAGE]
        region, account = self._account.region, self._account.account_id
        group = log_group(name)
        side = "client" if 400 <= status < 500 else "server"
        message = (
            f'Received {side} error ({status}) from primary with message "{original}". See '
            f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
            f"#logEventViewer:group={group} in account {account} for more information."
        )
        code = "CLIENT_ERROR_FROM_MODEL" if side == "client" else "INTERNAL_FAILURE_FROM_MODEL"
        return AwsError(
            "ModelError",
            message,
            status=424,
            fields={
                "ErrorCode": code,
                "OriginalStatusCode": status,
                "OriginalMessage": original,
                "LogStreamArn": f"arn:aws:logs:{region}:{account}:log-group:{group}",
            },
        )


async def _unless_gone(request: Request, work: Awaitable[T]) -> T:
    """What ``work`` gives; it is cancelled when the caller hangs up meanwhile."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, watching = asyncio.ensure_future(work), asyncio.create_task(gone())
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise AwsError("ServiceUnavailable", "The caller has gone.", status=503)
        return working.result()
    finally:
        working.cancel()
        watching.cancel()


def _told(error: HostingError) -> str:
    """What the caller reads of a failure that no model has put into words."""
    if isinstance(error, TimedOut):
        return _TIMED_OUT
    if isinstance(error, WorkerDied):
        return f"The model's process ended while it worked on the request: {error}."
    if isinstance(error, AnswerTooLarge):
        return str(error)
    return f"The endpoint failed: {error}"


def _response(variant: str, answer: Answer) -> Response:
    return Response(
        answer.body,
        headers={
            "Content-Type": answer.content_type,
            "x-Amzn-Invoked-Production-Variant": variant,
            "x-amzn-RequestId": str(uuid.uuid4()),
            **answer.headers,
        },
    )


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
