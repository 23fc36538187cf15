"""Which operation of S3's model a request asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from backend.local.wire.errors import AwsError
from backend.local.wire.models import service_model

_COPY_SOURCE = "x-amz-copy-source"


@dataclass(frozen=True)
class Target:
    """The resource that a path names; either is "" where the path ends before it."""

    bucket: str
    key: str


@dataclass(frozen=True)
class _Route:
    name: str
    literals: tuple[tuple[str, str], ...]
    required: frozenset[str]
    copies: bool

    def rank(self, query: Mapping[str, str], headers: Mapping[str, str]) -> int:
        """How much of the request the route explains; -1 where it does not fit."""
        if self.copies != (_COPY_SOURCE in headers) and self.name in _COPYING:
            return -1
        if any(query.get(name) != value for name, value in self.literals):
            return -1
        if not self.required <= query.keys():
            return -1
        return len(self.literals) + len(self.required)


_ELSEWHERE = {"ListDirectoryBuckets"}  # of S3 Express, which has addresses of its own
_COPYING = {"PutObject", "CopyObject", "UploadPart", "UploadPartCopy"}


def target_of(raw_path: bytes) -> Target:
    """Bucket and key of a path-style address; AwsError ``InvalidURI`` where it is not UTF-8."""
    bucket, _, key = raw_path.removeprefix(b"/").partition(b"/")
    try:
        return Target(
            unquote_to_bytes(bucket).decode("utf-8"), unquote_to_bytes(key).decode("utf-8")
        )
    except UnicodeDecodeError as error:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.") from error


def operation_of(
    method: str, target: Target, query: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """The name of the operation; AwsError ``MethodNotAllowed`` where S3 has none."""
    level = "object" if target.key else "bucket" if target.bucket else "service"
    ranked = [
        (rank, route.name)
        for route in _routes().get((method, level), ())
        if (rank := route.rank(query, headers)) >= 0
    ]
    if not ranked:
        raise AwsError(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            status=405,
        )
    return max(ranked)[1]


@cache
def _routes() -> Mapping[tuple[str, str], list[_Route]]:
    model = service_model("s3")
    routes: dict[tuple[str, str], list[_Route]] = {}
    for name in set(model.operation_names) - _ELSEWHERE:
        operation = model.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        level = "object" if "{Key+}" in path else "bucket" if "{Bucket}" in path else "service"
        if path not in ("/", "/{Bucket}", "/{Bucket}/{Key+}"):
            continue
        routes.setdefault((operation.http["method"], level), []).append(
            _Route(name, _literals(query), _required(operation), _copies(operation))
        )
    return routes


def _literals(query: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return tuple((name, value) for name, _, value in pairs if name != "x-id")


def _required(operation: Any) -> frozenset[str]:
    shape = operation.input_shape
    return frozenset(
        shape.members[name].serialization["name"]
        for name in (shape.required_members if shape else ())
        if shape.members[name].serialization.get("location") == "querystring"
    )


def _copies(operation: Any) -> bool:
    return bool(operation.input_shape) and "CopySource" in operation.input_shape.members
