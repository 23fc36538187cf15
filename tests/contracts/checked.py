"""Clients whose every request and answer is held against botocore's service model."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import regex  # type: ignore[import-untyped]
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

_BODY_PROTOCOLS = frozenset({"json"})


def checked_client(
    service: str, url: str, off_model: list[str], *, access_key: str, secret_key: str
) -> Any:
    """A boto3 client that notes in ``off_model`` what is off the model: boto3 itself refuses such
    requests, but takes any answer.
    """
    client = boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            retries={"total_max_attempts": 3}, s3={"addressing_style": "path"}, read_timeout=60
        ),
    )

    def check(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if http_response.status_code < 300 and not model.has_streaming_output:
            off_model.extend(_answer_faults(http_response, parsed, model))

    client.meta.events.register("after-call.*.*", check)
    return client


def _answer_faults(http_response: Any, parsed: dict[str, Any], model: Any) -> list[str]:
    if model.output_shape is None:
        return []
    answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    found = list(faults(answer, model.output_shape, model.name))
    report = ParamValidator().validate(answer, model.output_shape)
    if report.has_errors():
        found.append(f"{model.name}: {report.generate_report()}")
    if model.service_model.metadata["protocol"] in _BODY_PROTOCOLS and http_response.content:
        found += unknown(json.loads(http_response.content), model.output_shape, model.name)
    return found


def faults(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Values that break an enum, a pattern or a length of the model."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                yield from faults(inner, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for inner in value:
            yield from faults(inner, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for inner in value.values():
            yield from faults(inner, shape.value, f"{path}{{}}")
    elif isinstance(shape, StringShape):
        yield from _text_faults(str(value), shape, path)


def _text_faults(value: str, shape: StringShape, path: str) -> Iterator[str]:
    limits = shape.metadata
    if shape.enum and value not in shape.enum:
        yield f"{path} is {value!r}, not one of {shape.enum}"
    if "pattern" in limits and not regex.search(f"^(?:{limits['pattern']})$", value):
        yield f"{path} is {value!r}, not {limits['pattern']}"
    if not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
        yield f"{path} has {len(value)} characters"


def unknown(value: Any, shape: Shape, path: str) -> list[str]:
    """Members that the model does not know: boto3 drops them silently."""
    found: list[str] = []
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                found += unknown(inner, shape.members[name], f"{path}.{name}")
            else:
                found.append(f"{path}.{name} is not in the model")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for inner in value:
            found += unknown(inner, shape.member, f"{path}[]")
    return found
