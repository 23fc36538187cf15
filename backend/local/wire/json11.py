"""AWS's JSON 1.1 protocol: an operation's name in a header, a JSON object in, a JSON object out."""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.exc import DatabaseError
from starlette.responses import Response

from backend.local.wire import shapes
from backend.local.wire.errors import AwsError, disk_full, internal_failure
from backend.local.wire.models import service_model
from backend.local.wire.validation import validate

Operation = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""One AWS operation: parsed and validated request members in, members of the answer out."""

logger = logging.getLogger(__name__)


class JsonService:
    """Serves ``operations`` (by AWS's names, "CreateModel") of one service of botocore's models."""

    def __init__(self, service_model_name: str, operations: Mapping[str, Operation]) -> None:
        self._model = service_model(service_model_name)
        self._operations = dict(operations)
        unknown = set(operations) - set(self._model.operation_names)
        if unknown:
            raise ValueError(f"{service_model_name} has no operations {sorted(unknown)}")

    async def answer(self, target: str, body: bytes) -> Response:
        """The response to a request with the header ``X-Amz-Target: target``; never raises."""
        try:
            return _response(await self._call(target, body))
        except AwsError as error:
            return error_response(error)
        except DatabaseError as error:
            logger.exception("%s failed", target)
            full = "disk is full" in str(error.orig)
            return error_response(disk_full() if full else internal_failure())
        except Exception:  # the boundary: whatever fails in an operation must become an answer
            logger.exception("%s failed", target)
            return error_response(internal_failure())

    async def _call(self, target: str, body: bytes) -> dict[str, Any]:
        prefix, _, name = target.rpartition(".")
        if prefix != self._model.metadata["targetPrefix"]:
            name = ""
        if name not in self._model.operation_names:
            raise AwsError("UnknownOperationException", f"The operation {target!r} is not known.")
        if name not in self._operations:
            raise AwsError(
                "NotImplemented", f"The local service does not offer {name}.", status=501
            )
        model = self._model.operation_model(name)
        request: dict[str, Any] = {}
        if model.input_shape is not None:
            request = shapes.parse(model.input_shape, _load(body))
            validate(model.input_shape, request)
        answer = await self._operations[name](request)
        if model.output_shape is None:
            return {}
        members: dict[str, Any] = shapes.render(model.output_shape, answer)
        return members


def error_response(error: AwsError) -> Response:
    """``error`` in the words of JSON 1.1."""
    return _response(
        {**error.fields, "__type": error.code, "message": error.message}, status=error.status
    )


def _response(content: Mapping[str, Any], *, status: int = 200) -> Response:
    return Response(
        json.dumps(content, separators=(",", ":")).encode(),
        status_code=status,
        media_type="application/x-amz-json-1.1",
        headers={"x-amzn-RequestId": str(uuid.uuid4())},
    )


def _load(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise AwsError("SerializationException", "The request body is not valid JSON.") from error
