"""AWS's rest-xml protocol, driven by botocore's model of S3: requests in, responses out.

What an operation gets and gives are members by the model's names. Where each stands on the wire
(path, query, header, XML, bare body) and how it is written is in the shapes' ``serialization``.
"""

import math
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

from starlette.responses import Response

from backend.local.wire.errors import AwsError

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
# Control characters stand as S3 writes them, though XML 1.0 knows most of them not even so.
_ESCAPES = {code: f"&#x{code:x};" for code in range(32) if chr(code) not in "\t\n"} | {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}


@dataclass(frozen=True)
class Parts:
    """A request taken apart, everything decoded; header names in lower case."""

    uri: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]


def parse(shape: Any, parts: Parts, body: bytes) -> dict[str, Any]:
    """The members of a request that its shape knows. A streamed body is none of them.

    Raises AwsError ``InvalidArgument``, ``MalformedXML`` or ``InvalidRequest``.
    """
    members: dict[str, Any] = {}
    payload = shape.serialization.get("payload")
    for name, member in shape.members.items():
        if name == payload and member.type_name == "structure":
            value = parse_xml(member, body) if body.strip() else None
        elif name == payload:
            value = None
        else:
            value = _parse_placed(name, member, parts)
        if value is not None:
            members[name] = value
        elif name in shape.required_members and name != payload:
            raise AwsError("InvalidRequest", f"Missing required parameter for this request: {name}")
    if payload in shape.required_members and payload not in members:
        raise _malformed()
    return members


def _parse_placed(name: str, shape: Any, parts: Parts) -> Any:
    where = shape.serialization.get("location")
    wire_name = shape.serialization.get("name", name)
    match where:
        case "uri":
            return parts.uri.get(wire_name)
        case "headers":
            start = wire_name.lower()
            return {
                key[len(start) :]: value
                for key, value in parts.headers.items()
                if key.startswith(start)
            }
        case "header":
            text, source = parts.headers.get(wire_name.lower()), "header"
        case _:
            text, source = parts.query.get(wire_name), "query"
    if text is None:
        return None
    if shape.type_name == "list":
        return [item.strip() for item in text.split(",")]
    return _parse_text(shape, text, source=source, name=wire_name)


def _parse_text(shape: Any, text: str, *, source: str, name: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "timestamp" if source == "xml":
                return datetime.fromisoformat(text)
            case "timestamp":
                return _parse_date(text)
            case _:
                return text
    except (ValueError, TypeError, KeyError) as error:
        if source == "xml":
            raise _malformed() from error
        if shape.type_name == "timestamp" and source == "header":
            return None  # a condition whose date cannot be read is no condition (RFC 9110, 13.1)
        raise AwsError(
            "InvalidArgument",
            f"Provided {name} not an integer or within integer range"
            if shape.type_name in ("integer", "long")
            else f"Invalid value for {name}",
            fields={"ArgumentName": name, "ArgumentValue": text},
        ) from error


def _parse_date(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_xml(shape: Any, body: bytes) -> dict[str, Any]:
    """The members of a structure written as an XML document, whatever its root is called."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _malformed()
    try:
        root = ET.fromstring(body)  # noqa: S314 - see above; expat itself bounds amplification
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _malformed() from error
    members: dict[str, Any] = _from_xml(shape, root)
    return members


def _from_xml(shape: Any, element: ET.Element) -> Any:
    if shape.type_name != "structure":
        if len(element):
            raise _malformed()
        return _parse_text(shape, element.text or "", source="xml", name=element.tag)
    members = {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        found = [child for child in element if child.tag.rpartition("}")[2] == wire_name]
        if member.type_name == "list":
            if not member.serialization.get("flattened"):
                found = [item for child in found for item in child]
            if found:
                members[name] = [_from_xml(member.member, item) for item in found]
        elif found:
            members[name] = _from_xml(member, found[-1])
        if name in shape.required_members and name not in members:
            raise _malformed()
    return members


def _malformed() -> AwsError:
    return AwsError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )


def render_headers(shape: Any, answer: Mapping[str, Any]) -> dict[str, str]:
    """The members of an answer that travel as HTTP headers."""
    headers: dict[str, str] = {}
    for name, member in shape.members.items():
        value, where = answer.get(name), member.serialization.get("location")
        if value is None or where not in ("header", "headers"):
            continue
        wire_name = member.serialization.get("name", name)
        if where == "headers":
            headers |= {f"{wire_name}{key}": text for key, text in value.items()}
        else:
            headers[wire_name] = _text(member, value, in_header=True)
    return headers


def render_body(shape: Any, answer: Mapping[str, Any], *, root: str) -> bytes:
    """The members of an answer that travel as XML; nothing where there are none to travel."""
    payload = shape.serialization.get("payload")
    if payload is not None:
        member = shape.members[payload]
        if member.type_name != "structure" or answer.get(payload) is None:
            return b""
        root = member.serialization.get("name", root)
        if root == payload:
            root = member.name
        pieces = _members_xml(member, answer[payload])
    else:
        placed = {
            name for name, member in shape.members.items() if "location" in member.serialization
        }
        if placed == set(shape.members):
            return b""
        pieces = _members_xml(shape, {k: v for k, v in answer.items() if k not in placed})
    return _document(root, pieces, namespace=NAMESPACE)


def text_document(root: str, text: str) -> bytes:
    """A document that holds nothing but ``text``."""
    return _document(root, [xml_text(text)], namespace=NAMESPACE)


def _members_xml(shape: Any, value: Mapping[str, Any]) -> Iterator[str]:
    for name, member in shape.members.items():
        if value.get(name) is None:
            continue
        yield from _element(member, member.serialization.get("name", name), value[name])


def _element(shape: Any, tag: str, value: Any) -> Iterator[str]:
    if shape.type_name == "list":
        if shape.serialization.get("flattened"):
            for item in value:
                yield from _element(shape.member, tag, item)
        else:
            inner = shape.member.serialization.get("name", "member")
            yield f"<{tag}>"
            for item in value:
                yield from _element(shape.member, inner, item)
            yield f"</{tag}>"
    elif shape.type_name == "structure":
        yield f"<{tag}>"
        yield from _members_xml(shape, value)
        yield f"</{tag}>"
    else:
        yield f"<{tag}>{xml_text(_text(shape, value, in_header=False))}</{tag}>"


def _text(shape: Any, value: Any, *, in_header: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if shape.type_name != "timestamp":
        return str(value)
    moment = value if isinstance(value, datetime) else datetime.fromtimestamp(value, tz=UTC)
    if in_header:
        return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
    # S3 knows no fractions of a second, and a header could not carry them.
    seconds = datetime.fromtimestamp(math.floor(moment.timestamp()), tz=UTC)
    return seconds.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def xml_text(text: str) -> str:
    """``text`` as it stands between tags."""
    return text.translate(_ESCAPES)


def error_response(error: AwsError, *, resource: str, with_body: bool = True) -> Response:
    """``error`` in the words of S3; without a body for HEAD and where HTTP forbids one."""
    request_id = new_request_id()
    headers = {**error.headers, "x-amz-request-id": request_id, "x-amz-id-2": request_id}
    if not with_body or error.status in (204, 304):
        return Response(status_code=error.status, headers=headers)
    fields = {
        "Code": error.code,
        "Message": error.message,
        **error.fields,
        "Resource": resource,
        "RequestId": request_id,
        "HostId": request_id,
    }
    pieces = (f"<{name}>{xml_text(str(value))}</{name}>" for name, value in fields.items())
    return Response(
        _document("Error", pieces, namespace=None),
        status_code=error.status,
        media_type="application/xml",
        headers=headers,
    )


def new_request_id() -> str:
    """Sixteen digits and capitals, as S3 gives to each request."""
    return uuid.uuid4().hex[:16].upper()


def _document(root: str, pieces: Iterable[str], *, namespace: str | None) -> bytes:
    opening = f'{root} xmlns="{namespace}"' if namespace else root
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{opening}>{"".join(pieces)}</{root}>'
    return re.sub("[\ud800-\udfff\ufffe\uffff]", "\ufffd", text).encode()
