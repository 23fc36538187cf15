"""JSON values from and to the shapes of botocore's service models."""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from backend.local.wire.errors import AwsError

Value = Any
_Step = Callable[[Any, Any], Any]
_NAMES = {bool: "BOOLEAN_VALUE", str: "STRING_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}
_NUMBERS = {"integer": "Integer", "long": "Long", "float": "Float", "double": "Double"}


def parse(shape: Any, value: Value) -> Value:
    """What an operation gets for the JSON ``value``: timestamps as aware datetimes, blobs as bytes.

    Nulls and members that the shape does not know are dropped, as AWS drops them. Raises AwsError
    ``SerializationException`` where a value has another type than its shape.
    """
    step: _Step = _PARSERS.get(shape.type_name, _parse_number)
    return step(shape, value)


def render(shape: Any, value: Value) -> Value:
    """The JSON value that answers with ``value``: nulls and unknown members dropped."""
    step: _Step = _RENDERERS.get(shape.type_name, _render_scalar)
    return step(shape, value)


def _mismatch(value: Value, wanted: str) -> AwsError:
    found = _NAMES.get(type(value), "START_OBJECT" if isinstance(value, dict) else "START_ARRAY")
    return AwsError("SerializationException", f"{found} can not be converted to {wanted}")


def _parse_structure(shape: Any, value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise _mismatch(value, "a Structure")
    members = ((name, member, value.get(name)) for name, member in shape.members.items())
    return {name: parse(member, item) for name, member, item in members if item is not None}


def _parse_list(shape: Any, value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise _mismatch(value, "a List")
    return [parse(shape.member, item) for item in value if item is not None]


def _parse_map(shape: Any, value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise _mismatch(value, "a Map")
    return {
        _whole(key): parse(shape.value, item) for key, item in value.items() if item is not None
    }


def _whole(text: str) -> str:
    """``text`` with a question mark for each half of a character, which no file could hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _parse_string(_shape: Any, value: Value) -> str:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, int | float):  # AWS reads a number or a truth value where a text belongs
        return str(value).lower() if isinstance(value, bool) else str(value)
    raise _mismatch(value, "a String")


def _parse_boolean(_shape: Any, value: Value) -> bool:
    if isinstance(value, bool):
        return value
    raise _mismatch(value, "a Boolean")


def _parse_number(shape: Any, value: Value) -> int | float:
    wanted = _NUMBERS.get(shape.type_name, "Number")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _mismatch(value, f"an {wanted}" if wanted == "Integer" else f"a {wanted}")
    if shape.type_name not in ("integer", "long"):
        return float(value)
    bits = 31 if shape.type_name == "integer" else 63
    if value != int(value) or not -(2**bits) <= value < 2**bits:
        raise _mismatch(value, f"an {wanted}" if wanted == "Integer" else f"a {wanted}")
    return int(value)


def _parse_timestamp(_shape: Any, value: Value) -> datetime:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise _mismatch(value, "a Timestamp")


def _parse_blob(_shape: Any, value: Value) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise _mismatch(value, "a Blob") from error


_PARSERS: Mapping[str, _Step] = {
    "structure": _parse_structure,
    "list": _parse_list,
    "map": _parse_map,
    "string": _parse_string,
    "boolean": _parse_boolean,
    "timestamp": _parse_timestamp,
    "blob": _parse_blob,
}


def _render_structure(shape: Any, value: Mapping[str, Value]) -> dict[str, Value]:
    members = ((name, member, value.get(name)) for name, member in shape.members.items())
    return {name: render(member, item) for name, member, item in members if item is not None}


def _render_list(shape: Any, value: Value) -> list[Value]:
    return [render(shape.member, item) for item in value]


def _render_map(shape: Any, value: Mapping[str, Value]) -> dict[str, Value]:
    return {key: render(shape.value, item) for key, item in value.items() if item is not None}


def _render_timestamp(_shape: Any, value: Value) -> float:
    if isinstance(value, datetime):
        return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp(), 3)
    return float(value)


def _render_blob(_shape: Any, value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _render_scalar(_shape: Any, value: Value) -> Value:
    return float(value) if isinstance(value, Decimal) else value


_RENDERERS: Mapping[str, _Step] = {
    "structure": _render_structure,
    "list": _render_list,
    "map": _render_map,
    "timestamp": _render_timestamp,
    "blob": _render_blob,
}
