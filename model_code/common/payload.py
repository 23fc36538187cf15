"""Reading requests and writing answers: what every endpoint's input_fn and output_fn share."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

JSON = "application/json"
PLAIN_TEXT = frozenset({"application/x-text", "text/plain"})
LIST_TEXT = "application/list-text"
JSON_LINES = frozenset({"application/jsonlines", "application/x-jsonlines"})


class BadRequestError(ValueError):
    """Raised for a request that the caller has to change; says how. It becomes an HTTP 400."""

    status_code = 400


class UnsupportedTypeError(BadRequestError):
    """Raised for a content type that an endpoint does not read. It becomes an HTTP 415."""

    status_code = 415


def media_type(content_type: str | None) -> str:
    """``content_type`` without its parameters, in lower case; JSON where there is none."""
    return (content_type or JSON).split(";")[0].strip().lower()


def text(body: bytes | str) -> str:
    """The body as text. Raises :class:`BadRequestError` unless it is UTF-8."""
    if isinstance(body, str):
        return body
    try:
        return bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError(
            f"The request is not UTF-8 text (byte {error.start}): convert it to UTF-8 and send it "
            "again."
        ) from error


def parse_json(body: bytes | str) -> Any:
    """The body as JSON. Raises :class:`BadRequestError` where it is not."""
    try:
        return json.loads(text(body))
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadRequestError):
            raise
        raise BadRequestError(f"The request is not valid JSON: {error}.") from error


def parse_object(body: bytes | str, content_type: str | None) -> dict[str, Any]:
    """A JSON object. Raises :class:`BadRequestError` or :class:`UnsupportedTypeError`."""
    if media_type(content_type) != JSON:
        raise UnsupportedTypeError(f"Send {JSON}; this endpoint does not read {content_type!r}.")
    value = parse_json(body)
    if not isinstance(value, dict):
        raise BadRequestError("The request must be a JSON object.")
    return value


def required_text(request: dict[str, Any], key: str) -> str:
    """The text at ``key``. Raises :class:`BadRequestError` where there is none in it."""
    value = request.get(key)
    if not isinstance(value, str):
        raise BadRequestError(f"The request needs {key!r}, a text.")
    return non_empty(value, key)


def non_empty(value: str, key: str = "text") -> str:
    """``value``, unless it is blank or holds half a surrogate pair, which no model can read."""
    if not value.strip():
        raise BadRequestError(f"The {key} is empty: send some text.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRequestError(
            f"The {key} holds half of a surrogate pair at character {error.start}, which is not a "
            "character: remove it."
        ) from error
    return value


def parameters(request: dict[str, Any]) -> dict[str, Any]:
    """The optional ``parameters`` object; anything but an object is refused."""
    value = request.get("parameters") or {}
    if not isinstance(value, dict):
        raise BadRequestError("'parameters' must be a JSON object.")
    return value


def whole_number(
    values: dict[str, Any], key: str, default: int | None, *, lowest: int, highest: int = 10**9
) -> int | None:
    """The integer at ``key``. Raises :class:`BadRequestError` unless it is one, in range."""
    value = values.get(key, default)
    if value is None:
        return default
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequestError(f"{key!r} must be a whole number.") from error
    if isinstance(value, bool) or number != float(value):
        raise BadRequestError(f"{key!r} must be a whole number.")
    if not lowest <= number <= highest:
        raise BadRequestError(f"{key!r} must be between {lowest} and {highest}.")
    return number


def span(values: dict[str, Any], start_key: str, end_key: str, length: int) -> tuple[int, int]:
    """Two offsets into a text of ``length`` characters, 0 <= start < end <= length."""
    start = whole_number(values, start_key, None, lowest=0)
    end = whole_number(values, end_key, None, lowest=0)
    if start is None or end is None:
        raise BadRequestError(
            f"The request needs {start_key!r} and {end_key!r}, character offsets."
        )
    if not start < end <= length:
        raise BadRequestError(
            f"{start_key!r} = {start} and {end_key!r} = {end} are not a span of a text of "
            f"{length} characters."
        )
    return start, end


@dataclass(frozen=True)
class Lines:
    """The requests of a JSON Lines body, or the predictions for them, in order."""

    items: list[Any]


def one_or_lines(read: Callable[..., Any]) -> Callable[..., Any]:
    """An input_fn that reads JSON Lines too: each line as ``read`` reads a JSON body.

    What it then raises names the line. Lines that hold nothing are passed over.
    """

    @wraps(read)
    def input_fn(body: bytes | str, content_type: str) -> Any:
        if media_type(content_type) not in JSON_LINES:
            return read(body, content_type)
        requests = []
        for number, line in enumerate(text(body).split("\n"), start=1):
            if line.strip():
                try:
                    requests.append(read(line, JSON))
                except BadRequestError as error:
                    raise type(error)(f"Line {number}: {error}") from error
        return Lines(requests)

    return input_fn


def one_or_many(predict: Callable[[list[Any], Any], list[Any]]) -> Callable[[Any, Any], Any]:
    """A predict_fn for a request, or for the ``Lines`` of many, from one for a list of them."""

    @wraps(predict)
    def predict_fn(request: Any, model: Any) -> Any:
        if isinstance(request, Lines):
            return Lines(predict(request.items, model))
        return predict([request], model)[0]

    return predict_fn


def answer(prediction: Any) -> str:
    """The prediction as JSON text, those for ``Lines`` as one line each.

    Characters that are no ASCII stay as they are.
    """
    if isinstance(prediction, Lines):
        return "\n".join(answer(item) for item in prediction.items)
    return json.dumps(prediction, ensure_ascii=False, allow_nan=False)
