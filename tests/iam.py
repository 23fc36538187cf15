"""Enough of IAM to say whether a policy allows a call: who needs which rights for which request.

Sources: AWS's "Service Authorization Reference" for names, resources and condition keys;
"Required permissions for Amazon S3 API operations" for the rights of S3's operations.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

ACCOUNT = "000000000000"
REGION = "us-east-1"
_START = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:"
_PREFIXES = {
    "sagemaker-runtime": "sagemaker",
    "service-quotas": "servicequotas",
}
_JUMPSTART = "jumpstart-cache-prod"
_OBJECTS = {
    "HeadObject": "s3:GetObject",
    "GetObject": "s3:GetObject",
    "GetObjectTagging": "s3:GetObjectTagging",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "DeleteObject": "s3:DeleteObject",
}
_BUCKETS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "CreateBucket": "s3:CreateBucket",
}
_TYPES = {
    "TrainingJobName": "training-job",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "TransformJobName": "transform-job",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelName": "model",
}


@dataclass(frozen=True)
class Right:
    """What a call needs: an action on a resource, with the values of condition keys."""

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request of boto3's, as it is sent."""

    service: str
    operation: str
    members: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def tags_of(members: Mapping[str, Any]) -> dict[str, str]:
    """The tags in a request."""
    return {tag["Key"]: tag["Value"] for tag in members.get("Tags", [])}


def arn_of(call: Call) -> str:
    """The thing of SageMaker's that a call is about; "*" for listings of all."""
    if "ResourceArn" in call.members:
        return str(call.members["ResourceArn"])
    if call.operation in {"ListEndpoints", "ListModels", "ListEndpointConfigs"}:
        return "*"
    for name, kind in _TYPES.items():
        # "CreateTransformJob" names its model as well: the first of the list is the thing itself.
        if name in call.members:
            return f"{_START}{kind}/{call.members[name]}"
    return "*"


def rights(call: Call, known_tags: Mapping[str, Mapping[str, str]]) -> Iterator[Right]:
    """All that ``call`` needs; ``known_tags`` are those of the things made so far, by ARN."""
    if call.service == "s3":
        yield from _storage(call)
    elif call.service == "sagemaker":
        yield from _sagemaker(call, known_tags)
    elif call.service == "sagemaker-runtime":
        yield Right(f"sagemaker:{call.operation}", arn_of(call))
    elif call.service == "logs":
        yield Right(f"logs:{call.operation}", _log(call.members))
    elif call.service == "iam":
        resource = call.members.get("PolicySourceArn") or (
            f"arn:aws:iam::{ACCOUNT}:role/{call.members['RoleName']}"
        )
        yield Right(f"iam:{call.operation}", str(resource))
    else:
        yield Right(f"{_PREFIXES.get(call.service, call.service)}:{call.operation}")


def _storage(call: Call) -> Iterator[Right]:
    bucket = f"arn:aws:s3:::{call.members['Bucket']}"
    if call.operation in _BUCKETS:
        yield Right(_BUCKETS[call.operation], bucket)
        return
    if call.operation == "CopyObject":
        source = call.members["CopySource"]
        yield Right("s3:GetObject", f"arn:aws:s3:::{source['Bucket']}/{source['Key']}")
        yield Right("s3:PutObject", f"{bucket}/{call.members['Key']}")
    elif call.operation == "DeleteObjects":
        for entry in call.members["Delete"]["Objects"]:
            yield Right("s3:DeleteObject", f"{bucket}/{entry['Key']}")
    else:
        yield Right(_OBJECTS[call.operation], f"{bucket}/{call.members['Key']}")
    if call.operation in {"GetObject", "HeadObject"} and _JUMPSTART not in bucket:
        yield Right("s3:ListBucket", bucket)  # without it, what is missing is answered with 403
    if key := call.members.get("SSEKMSKeyId"):
        via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
        yield Right("kms:GenerateDataKey", str(key), via)
        yield Right("kms:Decrypt", str(key), via)


def _sagemaker(call: Call, known_tags: Mapping[str, Mapping[str, str]]) -> Iterator[Right]:
    arn = arn_of(call)
    asked = {f"aws:RequestTag/{name}": value for name, value in tags_of(call.members).items()}
    # The trials of a search have its tags; their names begin with its name.
    search = arn.replace(":training-job/", ":hyper-parameter-tuning-job/").rsplit("-", 2)[0]
    tags = known_tags.get(arn) or known_tags.get(search) or {}
    owned = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
    if call.operation in {"AddTags", "DeleteTags"}:
        names = call.members.get("TagKeys") or tags_of(call.members)
        asked["aws:TagKeys"] = ",".join(names)
    yield Right(f"sagemaker:{call.operation}", arn, {**owned, **asked})
    if asked and call.operation.startswith("Create"):
        yield Right("sagemaker:AddTags", arn, asked)
    if call.operation == "UpdateEndpoint":
        config = f"{_START}endpoint-config/{call.members['EndpointConfigName']}"
        its = {f"aws:ResourceTag/{k}": v for k, v in known_tags.get(config, {}).items()}
        yield Right("sagemaker:UpdateEndpoint", config, its)
    for name, value in _walk(call.members):
        if name in {"RoleArn", "ExecutionRoleArn"}:
            yield Right("iam:PassRole", value, {"iam:PassedToService": "sagemaker.amazonaws.com"})
        if name in {"KmsKeyId", "VolumeKmsKeyId"}:
            via = {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}
            yield Right("kms:CreateGrant", value, via)
            yield Right("kms:DescribeKey", value, via)


def _walk(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield name, inner
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _log(members: Mapping[str, Any]) -> str:
    name = members.get("logGroupName") or f"{members.get('logGroupNamePrefix', '')}*"
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"
    stream = members.get("logStreamName")
    return f"{group}:log-stream:{stream}" if stream else group


def allowing(policy: Mapping[str, Any], right: Right) -> list[str]:
    """The Sids of the statements of ``policy`` that allow ``right``."""
    return [one["Sid"] for one in policy["Statement"] if _allows(one, right)]


def actions_of(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every action of ``policy`` with the Sid of its statement."""
    return [(one["Sid"], action) for one in policy["Statement"] for action in one["Action"]]


def _allows(statement: Mapping[str, Any], right: Right) -> bool:
    resources = statement["Resource"]
    return (
        statement["Effect"] == "Allow"
        and any(matches(pattern, right.action) for pattern in statement["Action"])
        and any(
            matches(pattern, right.resource)
            for pattern in ([resources] if isinstance(resources, str) else resources)
        )
        and all(
            _holds(operator, key, wanted, right.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, key: str, wanted: str | list[str], context: Mapping[str, str]) -> bool:
    values = [wanted] if isinstance(wanted, str) else wanted
    if operator == "StringEquals":
        return context.get(key) in values
    if operator == "StringLike":
        return key in context and any(matches(value, context[key]) for value in values)
    if operator == "ForAllValues:StringEquals":
        return key in context and set(context[key].split(",")) <= set(values)
    raise ValueError(f"{operator} is not known here")


@cache
def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards: ``*`` any characters, ``?`` one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text) is not None
