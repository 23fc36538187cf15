"""What the five tasks share: spans, payloads, and the ``Task`` that ties a codec together."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from backend.errors import InputError, ModelError, PayloadTooLarge

JSON: Final = "application/json"
MAX_PAYLOAD_BYTES: Final = 6_291_456
"""The largest body that InvokeEndpoint accepts (``BodyBlob`` in AWS's service model)."""

Req = TypeVar("Req")
Res = TypeVar("Res")
Req_contra = TypeVar("Req_contra", contravariant=True)


@dataclass(frozen=True)
class Span:
    """A stretch of a document: ``document[start:end] == text``, in Unicode code points.

    ``label`` and ``score`` (a probability in 0..1, or None where the model gives none) say what
    a model thinks of it.
    """

    start: int
    end: int
    text: str
    label: str = ""
    score: float | None = None


@dataclass(frozen=True)
class Payload:
    """The body of one InvokeEndpoint request with its headers."""

    body: bytes
    content_type: str = JSON
    accept: str = JSON

    def __post_init__(self) -> None:
        if len(self.body) > MAX_PAYLOAD_BYTES:
            raise PayloadTooLarge

    @property
    def text(self) -> str:
        """The body as text: every task sends UTF-8."""
        return self.body.decode()


@dataclass(frozen=True)
class Part(Generic[Req]):
    """The request for one part of a document, and where in the document its text begins.

    The results of all parts are joined from ``(offset, result)`` pairs in document order, perhaps
    not all of them; the offsets in the joined result are those of the whole document.
    """

    offset: int
    request: Req


def _whole(request: Req) -> tuple[Part[Req], ...]:
    """A request that is never cut."""
    return (Part(0, request),)


def _only(_: Any, results: Sequence[tuple[int, Res]]) -> Res:
    """The result of a request that was not cut."""
    return results[0][1]


@dataclass(frozen=True)
class Task(Generic[Req, Res]):
    """One NLP task: what it is called and how its request and answer look on the wire.

    ``encode`` raises ``InputError`` for a request that cannot be sent; ``decode(body, request)``
    raises ``ModelError`` for an answer that breaks the contract. ``parts(request)`` is the
    request in parts where its document is long, ``join(request, results)`` their results put
    together: see ``Part``.
    """

    slug: str
    title: str
    description: str
    encode: Callable[[Req], Payload]
    decode: Callable[[bytes, Req], Res]
    parts: Callable[[Req], Sequence[Part[Req]]] = _whole
    join: Callable[[Req, Sequence[tuple[int, Res]]], Res] = _only
    standard: str = ""
    """The embedded endpoint that pages ask first, where it is not the article's own."""

    @property
    def article_endpoint(self) -> str:
        """The embedded endpoint of the original solution's model for this task."""
        return f"pretrained-{self.slug.replace('_', '-')}"

    @property
    def default_endpoint(self) -> str:
        """The embedded endpoint that pages ask first."""
        return self.standard or self.article_endpoint


def require_text(text: str, what: str = "text") -> str:
    """``text`` itself; raises ``InputError`` where it is empty or not encodable as UTF-8."""
    if not text.strip():
        raise InputError(f"The {what} is empty: type or paste some text, or choose a sample.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"The {what} holds characters that are not valid Unicode: save it as UTF-8."
        ) from None
    return text


def require_span(text: str, span: Span, what: str) -> Span:
    """``span`` itself; raises ``InputError`` where it does not lie in ``text``."""
    if not 0 <= span.start < span.end <= len(text):
        raise InputError(
            f"The {what} ({span.start} to {span.end}) lies outside the text of {len(text)} "
            "characters: select it again."
        )
    return span


def json_payload(content: Mapping[str, Any]) -> Payload:
    """``content`` as a JSON body, UTF-8 and unescaped so that people can read it."""
    return Payload(json.dumps(content, ensure_ascii=False).encode())


def parse(body: bytes) -> Any:
    """The JSON in ``body``; raises ``ModelError`` where there is none."""
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ModelError("The model's answer is not JSON: is it a model for this task?") from None


def _refuse(constant: str) -> None:
    """NaN and Infinity are Python's extension of JSON, and no score."""
    raise ValueError(constant)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body`` (or the only one in a list, as some containers answer)."""
    answer = parse(body)
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    if not isinstance(answer, dict):
        raise unexpected("a JSON object")
    return answer


def unexpected(wanted: str) -> ModelError:
    """The error for an answer that lacks ``wanted``."""
    return ModelError(f"The model's answer lacks {wanted}: is it a model for this task?")


def take(
    source: Mapping[str, Any], key: str, kinds: type | tuple[type, ...], default: Any = None
) -> Any:
    """``source[key]`` checked to be of ``kinds``; ``default`` where it is absent or null.

    Raises ``ModelError`` for any other kind, and for an absent key without a default.
    """
    value = source.get(key)
    if value is None:
        if default is None:
            raise unexpected(f"“{key}”")
        return default
    wants_bool = bool in (kinds if isinstance(kinds, tuple) else (kinds,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and not wants_bool):
        raise unexpected(f"a usable “{key}”")
    return value


def number(source: Mapping[str, Any], key: str) -> float | None:
    """The number under ``key``, None where it is absent."""
    return None if source.get(key) is None else float(take(source, key, (int, float)))


def whole(source: Mapping[str, Any], key: str) -> int | None:
    """The integer under ``key``, None where it is absent."""
    return None if source.get(key) is None else int(take(source, key, int))


def items(source: Mapping[str, Any], key: str) -> Sequence[dict[str, Any]]:
    """The list of objects under ``key``, empty where it is absent."""
    found = take(source, key, list, [])
    if not all(isinstance(item, dict) for item in found):
        raise unexpected(f"a usable “{key}”")
    return tuple(found)


def read_span(
    source: Mapping[str, Any],
    text: str,
    *,
    start: str = "start",
    end: str = "end",
    words: str = "text",
    label: str = "label",
) -> Span:
    """The span in ``source``, whose keys are named by the options.

    Raises ``ModelError`` unless it lies in ``text`` and, where ``source`` quotes it, is the same
    there.
    """
    first, last = take(source, start, int), take(source, end, int)
    quoted = take(source, words, str, text[max(first, 0) : max(last, 0)])
    if not 0 <= first <= last <= len(text) or text[first:last] != quoted:
        raise ModelError(
            f"The model's answer points to a place ({first} to {last}) where the text reads "
            "otherwise: see the model's log."
        )
    name = source.get(label)
    return Span(first, last, quoted, "" if name is None else str(name), number(source, "score"))
