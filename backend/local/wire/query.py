"""AWS's query protocol, which STS and IAM speak: a form in, XML out.

Members of lists and structures are written out in the names: ``ActionNames.member.1=…``. Source:
"AWS query protocol" in the documentation of Smithy.
"""

import logging
import math
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from backend.local.wire.errors import AwsError, internal_failure
from backend.local.wire.json11 import Operation
from backend.local.wire.models import service_model
from backend.local.wire.rest_xml import new_request_id, xml_text
from backend.local.wire.validation import validate

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 10_000
Form = Mapping[str, str]
logger = logging.getLogger(__name__)


class QueryService:
    """Serves ``operations`` (by AWS's names, "GetRole") of one service of botocore's models."""

    def __init__(self, service_model_name: str, operations: Mapping[str, Operation]) -> None:
        self._model = service_model(service_model_name)
        self._operations = dict(operations)

    async def answer(self, body: bytes) -> Response:
        """The response to a request with the form ``body``; never raises."""
        try:
            return await self._call(_form(body))
        except AwsError as error:
            return error_response(error)
        except Exception:  # the boundary: whatever fails in an operation must become an answer
            logger.exception("A request to %s failed", self._model.service_name)
            return error_response(internal_failure())

    async def _call(self, form: Form) -> Response:
        name = form.get("Action", "")
        if name not in self._model.operation_names:
            raise AwsError("InvalidAction", f"Could not find operation {name}.")
        if name not in self._operations:
            message = f"The local service does not offer {name}."
            raise AwsError("NotImplemented", message, status=501)
        model = self._model.operation_model(name)
        request: dict[str, Any] = {}
        if model.input_shape is not None:
            request = _parse_structure(model.input_shape, form, "")
            validate(model.input_shape, request)
        answer = await self._operations[name](request)
        inner = ""
        if model.output_shape is not None:
            wrapper = model.output_shape.serialization.get("resultWrapper", f"{name}Result")
            inner = f"<{wrapper}>{''.join(_members(model.output_shape, answer))}</{wrapper}>"
        inner += f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        namespace = self._model.metadata["xmlNamespace"]
        return _response(f'<{name}Response xmlns="{namespace}">{inner}</{name}Response>', 200)


def error_response(error: AwsError) -> Response:
    """``error`` in the words of the query protocol."""
    kind = "Sender" if error.status < 500 else "Receiver"
    content = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{xml_text(error.code)}</Code>"
        f"<Message>{xml_text(error.message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return _response(content, error.status)


def _response(document: str, status: int) -> Response:
    return Response(
        document.encode("utf-8", "replace"),
        status_code=status,
        media_type="text/xml",
        headers={"x-amzn-RequestId": new_request_id()},
    )


def _form(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise AwsError("MalformedQueryString", "The request's form cannot be read.") from error
    return dict(pairs)


def _parse(shape: Any, form: Form, name: str) -> Any:
    """The value at ``name`` in the form, None where there is none."""
    match shape.type_name:
        case "structure":
            return _parse_structure(shape, form, f"{name}.") or None
        case "list":
            flat = shape.serialization.get("flattened")
            start = name if flat else f"{name}.{shape.member.serialization.get('name', 'member')}"
            return list(_parse_items(shape.member, form, start)) or None
        case "map":  # no operation that is offered needs one
            return None
    return None if name not in form else _parse_scalar(shape, form[name], name)


def _parse_structure(shape: Any, form: Form, prefix: str) -> dict[str, Any]:
    if prefix and not any(name.startswith(prefix) for name in form):
        return {}
    found = (
        (name, _parse(member, form, prefix + member.serialization.get("name", name)))
        for name, member in shape.members.items()
    )
    return {name: value for name, value in found if value is not None}


def _parse_items(shape: Any, form: Form, start: str) -> Iterator[Any]:
    for number in range(1, len(form) + 1):
        value = _parse(shape, form, f"{start}.{number}")
        if value is None:
            return
        yield value


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "timestamp": datetime.fromisoformat,
}


def _parse_scalar(shape: Any, text: str, name: str) -> Any:
    try:
        return _SCALARS.get(shape.type_name, str)(text)
    except (ValueError, KeyError) as error:
        raise AwsError("MalformedInput", f"{name} is no {shape.type_name}.") from error


def _members(shape: Any, value: Mapping[str, Any]) -> Iterator[str]:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield _element(member, member.serialization.get("name", name), value[name])


def _element(shape: Any, tag: str, value: Any) -> str:
    if shape.type_name == "structure":
        inner = "".join(_members(shape, value))
    elif shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        inner = "".join(_element(shape.member, name, item) for item in value)
    else:
        inner = xml_text(_text(value))
    return f"<{tag}>{inner}</{tag}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        seconds = datetime.fromtimestamp(math.floor(value.timestamp()), UTC)
        return seconds.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
