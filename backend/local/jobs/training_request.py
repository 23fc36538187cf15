"""What a CreateTrainingJob request must be, beyond the shapes that are checked before."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from backend.local.wire.errors import AwsError

CHECKPOINTS = "/opt/ml/checkpoints"
LONGEST_RUNTIME = 86400  # seconds; AWS's default where a request sets none
_ML = PurePosixPath("/opt/ml")
_OWN_FOLDERS = ("code", "input", "model", "output")
_DATA_TYPES = ("S3Prefix", "ManifestFile")
_UNSUPPORTED = ("ServerlessJobConfig", "ModelPackageConfig", "MlflowConfig")


def invalid(message: str) -> AwsError:
    """A ValidationException, which is what SageMaker answers to nearly everything."""
    return AwsError("ValidationException", message)


def check(request: Mapping[str, Any]) -> None:
    """Raise AwsError for what no training job here could do, or would leave undone in silence."""
    for name in _UNSUPPORTED:
        if request.get(name):
            raise invalid(f"{name} is not supported by the local service: leave it out.")
    _check_algorithm(request.get("AlgorithmSpecification"))
    _check_resources(request.get("ResourceConfig"))
    _check_channels(request.get("InputDataConfig", []))
    _check_uri(request["OutputDataConfig"]["S3OutputPath"])
    _check_stopping(request)
    if config := request.get("CheckpointConfig"):
        _check_uri(config["S3Uri"])
        checkpoint_folder(request)


def check_metrics(definitions: list[Mapping[str, str]]) -> None:
    """Raise AwsError for a metric definition that no log could be read by."""
    names = [definition["Name"] for definition in definitions]
    if len(names) != len(set(names)):
        raise invalid("The names of the metric definitions must differ from each other.")
    for definition in definitions:
        try:
            re.compile(definition["Regex"])
        except (re.error, RecursionError, OverflowError) as error:
            raise invalid(
                f'Invalid metric definition "{definition["Name"]}": the regular expression '
                f'"{definition["Regex"]}" is not valid: {error}.'
            ) from error


def hyperparameter(request: Mapping[str, Any], name: str) -> str:
    """A hyperparameter as text; the SDK sends texts quoted as in JSON. Empty where missing."""
    value: str = request.get("HyperParameters", {}).get(name, "")
    try:
        plain = json.loads(value)
    except ValueError:
        return value
    return plain if isinstance(plain, str) else value


def checkpoint_folder(request: Mapping[str, Any]) -> PurePosixPath:
    """Where checkpoints lie, relative to /opt/ml. Raises AwsError for a path beyond it."""
    path = PurePosixPath(request.get("CheckpointConfig", {}).get("LocalPath") or CHECKPOINTS)
    inside = path.is_relative_to(_ML) and path != _ML and ".." not in path.parts
    if not inside or path.relative_to(_ML).parts[0] in _OWN_FOLDERS:
        raise invalid(
            f"CheckpointConfig.LocalPath {str(path)!r} is not supported by the local service: "
            f"choose a folder of its own in {_ML}, or leave it out for {CHECKPOINTS}."
        )
    return path.relative_to(_ML)


def runtime_seconds(request: Mapping[str, Any]) -> int:
    """How long the job may train."""
    seconds: int = request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", LONGEST_RUNTIME)
    return seconds


def _check_algorithm(algorithm: Mapping[str, Any] | None) -> None:
    if not algorithm:
        raise invalid("AlgorithmSpecification is required: give a TrainingImage.")
    if algorithm.get("AlgorithmName"):
        raise invalid(
            "AlgorithmName is not supported by the local service: give a TrainingImage instead."
        )
    if not algorithm.get("TrainingImage"):
        raise invalid("You must specify TrainingImage in AlgorithmSpecification.")
    _check_mode(algorithm["TrainingInputMode"])
    check_metrics(algorithm.get("MetricDefinitions", []))


def _check_resources(resources: Mapping[str, Any] | None) -> None:
    if not resources:
        raise invalid("ResourceConfig is required: give an InstanceType and an InstanceCount.")
    groups = resources.get("InstanceGroups", [])
    count = sum(g["InstanceCount"] for g in groups) if groups else resources.get("InstanceCount", 1)
    if count != 1:
        raise invalid(
            f"The local service trains on one instance, and the request asks for {count}: set "
            "InstanceCount to 1."
        )
    if resources.get("KeepAlivePeriodInSeconds"):
        raise invalid(
            "Warm pools are not supported by the local service: leave out KeepAlivePeriodInSeconds."
        )


def _check_stopping(request: Mapping[str, Any]) -> None:
    condition = request.get("StoppingCondition", {})
    wait = condition.get("MaxWaitTimeInSeconds")
    if wait is not None and not request.get("EnableManagedSpotTraining"):
        raise invalid("MaxWaitTimeInSeconds is for managed spot training only: leave it out.")
    if wait is not None and wait < runtime_seconds(request):
        raise invalid("MaxWaitTimeInSeconds must be at least MaxRuntimeInSeconds.")


def _check_channels(channels: list[Mapping[str, Any]]) -> None:
    names = [channel["ChannelName"] for channel in channels]
    if len(names) != len({name.lower() for name in names}):
        raise invalid("The names of the channels must differ from each other.")
    for channel in channels:
        _check_channel(channel)


def _check_channel(channel: Mapping[str, Any]) -> None:
    name = channel["ChannelName"]
    if name.strip(".") == "":
        raise invalid(f'"{name}" is no name for a channel.')
    _check_mode(channel.get("InputMode", "File"))
    for member in ("CompressionType", "RecordWrapperType"):
        if channel.get(member, "None") != "None":
            raise invalid(f'Channel "{name}": {member} must be None where the input mode is File.')
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise invalid(f'Channel "{name}": the local service reads from an S3DataSource only.')
    if source["S3DataType"] not in _DATA_TYPES:
        raise invalid(
            f'Channel "{name}": S3DataType must be one of {", ".join(_DATA_TYPES)} in the local '
            "service."
        )
    _check_uri(source["S3Uri"])


def _check_mode(mode: str) -> None:
    if mode == "Pipe":
        raise invalid("Input mode Pipe is not supported by the local service: use File.")


def _check_uri(uri: str) -> None:
    if not uri.startswith(("s3://", "file://")):
        raise invalid(f'"{uri}" is not supported by the local service: give an s3:// address.')
