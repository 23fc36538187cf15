"""What a CreateTransformJob request asks for, checked and with its defaults.

The rules and defaults are those of ``API_CreateTransformJob`` and "Use batch transform to get
inferences from large datasets" in the documentation of Amazon SageMaker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.local.jobs.transform_filters import Filters, JsonPath, PathError
from backend.local.wire.errors import AwsError

MIB = 1024 * 1024
_MOST_MB = 100
_DEFAULT_MB = 6
_TIMEOUT_SECONDS = 600
_RETRIES = 3
JSON_TYPES = ("", "application/json", "application/jsonlines", "application/x-jsonlines")


@dataclass(frozen=True)
class Plan:
    """How a job's files are cut into requests and its answers put together.

    ``payload`` is the most bytes of a request, ``concurrent`` how many are under way at once.
    """

    uri: str
    manifest: bool
    gzip: bool
    by_line: bool
    several: bool
    payload: int
    concurrent: int
    content_type: str
    accept: str
    output: str
    newline: bool
    filters: Filters | None
    timeout: float
    retries: int

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "Plan":
        """The plan of a request. Raises AwsError ``ValidationException``."""
        _refuse(request)
        source, target = request["TransformInput"], request["TransformOutput"]
        by_line = source.get("SplitType", "None") == "Line"
        if "BatchStrategy" in request and request["BatchStrategy"] == "MultiRecord" and not by_line:
            raise invalid("BatchStrategy MultiRecord needs a SplitType: set it to Line.")
        client = request.get("ModelClientConfig", {})
        data = source["DataSource"]["S3DataSource"]
        return cls(
            uri=data["S3Uri"],
            manifest=data["S3DataType"] == "ManifestFile",
            gzip=source.get("CompressionType") == "Gzip",
            by_line=by_line,
            several=by_line and request.get("BatchStrategy", "MultiRecord") == "MultiRecord",
            payload=_payload(request),
            concurrent=max(1, request.get("MaxConcurrentTransforms", 0)),
            content_type=source.get("ContentType", ""),
            accept=target.get("Accept", ""),
            output=target["S3OutputPath"].rstrip("/"),
            newline=target.get("AssembleWith") == "Line",
            filters=_filters(request, by_line=by_line),
            timeout=client.get("InvocationsTimeoutInSeconds", _TIMEOUT_SECONDS),
            retries=client.get("InvocationsMaxRetries", _RETRIES),
        )

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What each request says of itself."""
        named = {"content-type": self.content_type, "accept": self.accept}
        return [(name.encode(), text.encode("latin-1")) for name, text in named.items() if text]


def invalid(message: str) -> AwsError:
    """A ValidationException."""
    return AwsError("ValidationException", message)


def _refuse(request: Mapping[str, Any]) -> None:
    """Refuse what would be ignored otherwise."""
    data_type = request["TransformInput"]["DataSource"]["S3DataSource"]["S3DataType"]
    split = request["TransformInput"].get("SplitType", "None")
    if data_type not in ("S3Prefix", "ManifestFile"):
        raise invalid(
            f"S3DataType {data_type} is not supported by the local service: "
            "use S3Prefix or ManifestFile."
        )
    if split not in ("None", "Line"):
        raise invalid(f"SplitType {split} is not supported by the local service: use Line or None.")
    if "DataCaptureConfig" in request:
        raise invalid("Data capture is not supported by the local service: leave it out.")
    media = request["TransformInput"].get("ContentType", "")
    if not (media + request["TransformOutput"].get("Accept", "")).isascii():
        raise invalid("ContentType and Accept must be ASCII.")


def _payload(request: Mapping[str, Any]) -> int:
    size = request.get("MaxPayloadInMB", _DEFAULT_MB)
    if size > _MOST_MB:
        raise invalid(f"MaxPayloadInMB cannot be greater than {_MOST_MB}: it is {size}.")
    if size * request.get("MaxConcurrentTransforms", 0) > _MOST_MB:
        raise invalid(
            f"MaxConcurrentTransforms * MaxPayloadInMB cannot exceed {_MOST_MB} MB: lower one."
        )
    return (size or _MOST_MB) * MIB  # 0 is AWS's word for no limit


def _filters(request: Mapping[str, Any], *, by_line: bool) -> Filters | None:
    given = request.get("DataProcessing", {})
    filters = Filters(
        before=_path(given, "InputFilter"),
        after=_path(given, "OutputFilter"),
        join=given.get("JoinSource") == "Input",
    )
    if not filters.needed:
        return None
    source, target = request["TransformInput"], request["TransformOutput"]
    media = source.get("ContentType", "").partition(";")[0].strip().lower()
    if media not in JSON_TYPES:
        raise invalid(
            f"DataProcessing reads JSON and JSON Lines on the local service, not {media}: "
            "send application/jsonlines, or leave DataProcessing out."
        )
    if filters.join and (target.get("AssembleWith") == "Line") != by_line:
        raise invalid("JoinSource Input needs the same SplitType and AssembleWith: set both.")
    return filters


def _path(given: Mapping[str, Any], name: str) -> JsonPath:
    try:
        return JsonPath(given.get(name) or "$")
    except PathError as error:
        raise invalid(f"{name}: {error}") from error
