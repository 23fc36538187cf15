"""What settings add to the requests that create something: network, encryption, tags.

In one place, between whoever asks and boto3, so that no request can be made without it; what a
caller has set already stays.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from backend.cloud.naming import PROJECT_TAG, as_tags
from backend.settings import Cloud
from backend.settings.aws import Network

if TYPE_CHECKING:
    from botocore.model import OperationModel

Members = dict[str, Any]

_IN_NETWORK: Final = frozenset(
    {"CreateModel", "CreateTrainingJob", "CreateHyperParameterTuningJob"}
)
"""Endpoints and transform jobs run in the network of their model."""
_WRITES: Final = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
_OUTPUTS: Final = ("OutputDataConfig", "TransformOutput")
_MACHINES: Final = ("ResourceConfig", "TransformResources")
_FIRST_REGION: Final = "us-east-1"
_OWN_DISKS: Final = re.compile(r"ml\.(?:[a-z]+\d+[a-z]*d[a-z]*|g5|g6e?|gr6|p5\w*|trn\w*|i\d\w*)\.")
"""Instance types whose disks are built in, and encrypted in hardware: SageMaker refuses a key for
them ("VolumeKmsKeyId" in its API reference)."""


def with_settings(cloud: Cloud, operation: "OperationModel", members: Mapping[str, Any]) -> Members:
    """The ``members`` of a request for botocore's ``operation``, with what ``cloud`` adds."""
    added = dict(members)
    service = operation.service_model.service_name
    if service == "s3":
        return _to_storage(cloud, operation.name, added)
    if service != "sagemaker" or not operation.name.startswith("Create"):
        return added
    for definition in _definitions(operation.name, added):
        if cloud.network and operation.name in _IN_NETWORK:
            definition.setdefault("VpcConfig", _vpc(cloud.network))
        if cloud.kms_key:
            _encrypt(cloud.kms_key, definition)
    if cloud.kms_key and operation.name == "CreateEndpointConfig":
        _encrypt_endpoint(cloud.kms_key, added)
    if "Tags" in operation.input_shape.members:
        added["Tags"] = _with_tags(cloud, added.get("Tags", []))
    return added


def _vpc(network: Network) -> Members:
    return {
        "Subnets": list(network.subnets),
        "SecurityGroupIds": list(network.security_groups),
    }


def _with_tags(cloud: Cloud, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    """``tags`` with the project's and those of settings; the caller's win."""
    ours = {PROJECT_TAG: cloud.prefix or "document-insights", **cloud.tags}
    taken = {tag["Key"] for tag in tags}
    return [*tags, *as_tags({name: value for name, value in ours.items() if name not in taken})]


def _to_storage(cloud: Cloud, operation: str, members: Members) -> Members:
    if cloud.kms_key and operation in _WRITES:
        members.setdefault("ServerSideEncryption", "aws:kms")
        members.setdefault("SSEKMSKeyId", cloud.kms_key)
    # S3 refuses a bucket elsewhere than in its first region unless the request says where.
    if operation == "CreateBucket" and cloud.region != _FIRST_REGION:
        members.setdefault("CreateBucketConfiguration", {"LocationConstraint": cloud.region})
    return members


def _definitions(operation: str, members: Members) -> Iterator[Members]:
    """The parts of a request that say how something runs, copied into ``members``."""
    if operation != "CreateHyperParameterTuningJob":
        yield members
        return
    if "TrainingJobDefinition" in members:
        members["TrainingJobDefinition"] = dict(members["TrainingJobDefinition"])
        yield members["TrainingJobDefinition"]
    if "TrainingJobDefinitions" in members:
        members["TrainingJobDefinitions"] = [dict(one) for one in members["TrainingJobDefinitions"]]
        yield from members["TrainingJobDefinitions"]


def _encrypt(key: str, members: Members) -> None:
    for name in _OUTPUTS:
        if name in members:
            members[name] = {"KmsKeyId": key, **members[name]}
    for name in _MACHINES:
        if name in members and not _OWN_DISKS.match(str(members[name].get("InstanceType"))):
            members[name] = {"VolumeKmsKeyId": key, **members[name]}


def _encrypt_endpoint(key: str, members: Members) -> None:
    machines = [one.get("InstanceType", "") for one in members.get("ProductionVariants", [])]
    # A serverless endpoint has no machine whose disk could have a key.
    if all(machines) and not any(map(_OWN_DISKS.match, machines)):
        members.setdefault("KmsKeyId", key)
    if "AsyncInferenceConfig" in members:
        config = dict(members["AsyncInferenceConfig"])
        config["OutputConfig"] = {"KmsKeyId": key, **config.get("OutputConfig", {})}
        members["AsyncInferenceConfig"] = config
