"""SageMaker, CloudWatch Logs and S3 in dictionaries: what is listed, described and deleted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from botocore.exceptions import ClientError

from backend.cloud.connections import Connections
from backend.cloud.naming import PROJECT_TAG
from backend.errors import NotFound
from backend.settings import Cloud
from tests.data.fake_s3 import FakeS3

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
CLOUD = Cloud(
    title="AWS",
    region="us-east-1",
    bucket="bucket",
    prefix="ours",
    role_arn="r",
    image="i",
    instance_type="ml.m5.large",
    training_instance_type="ml.g4dn.xlarge",
)
OURS = {PROJECT_TAG: "ours"}

# By what boto3 lists them with: the members, the names' beginning, and the status of a new one.
LISTS: Mapping[str, tuple[str, str, str]] = {
    "list_endpoints": ("Endpoints", "Endpoint", "InService"),
    "list_endpoint_configs": ("EndpointConfigs", "EndpointConfig", ""),
    "list_models": ("Models", "Model", ""),
    "list_training_jobs": ("TrainingJobSummaries", "TrainingJob", "Completed"),
    "list_transform_jobs": ("TransformJobSummaries", "TransformJob", "Completed"),
    "list_hyper_parameter_tuning_jobs": (
        "HyperParameterTuningJobSummaries",
        "HyperParameterTuningJob",
        "Completed",
    ),
}


def refusal(code: str, message: str = "") -> ClientError:
    """What boto3 raises."""
    return ClientError({"Error": {"Code": code, "Message": message or code}}, "Operation")


@dataclass
class Thing:
    """Something in the account."""

    kind: str
    name: str
    tags: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Unlike any other's."""
        return f"arn:aws:sagemaker:us-east-1:000000000000:{self.kind}/{self.name}"


class Pages:
    """A paginator of one page."""

    def __init__(self, answer: Callable[..., dict[str, Any]]) -> None:
        self._answer = answer

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """The page."""
        yield self._answer(**asked)


class FakeSageMaker:
    """``things`` by kind and name; ``faults`` are raised by the operations of their names."""

    def __init__(self) -> None:
        self.things: dict[tuple[str, str], Thing] = {}
        self.faults: dict[str, ClientError] = {}
        self.called: list[tuple[str, str]] = []

    def add(self, kind: str, name: str, *, ours: bool = True, **facts: Any) -> Thing:
        """Put something into the account, with our tag or another's."""
        tags = OURS if ours else {PROJECT_TAG: "theirs", "docinsights:task": "named_entities"}
        thing = Thing(kind, name, dict(tags), facts)
        self.things[kind, name] = thing
        return thing

    def get_paginator(self, operation: str) -> Pages:
        """Of any list."""
        if operation == "list_tags":
            return Pages(self._tags)
        if operation == "list_training_jobs_for_hyper_parameter_tuning_job":
            return Pages(self._trials)
        members, kind, status = LISTS[operation]

        def answer(NameContains: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
            self._fail(operation)
            found = [
                {
                    f"{kind}Name": t.name,
                    f"{kind}Arn": t.arn,
                    f"{kind}Status": t.facts.get(f"{kind}Status", status),
                    "CreationTime": NOW,
                }
                for t in self.things.values()
                if t.kind == kind and NameContains in t.name
            ]
            return {members: found}

        return Pages(answer)

    def _tags(self, ResourceArn: str) -> dict[str, Any]:  # noqa: N803
        for thing in self.things.values():
            if thing.arn == ResourceArn:
                return {"Tags": [{"Key": k, "Value": v} for k, v in thing.tags.items()]}
        raise refusal("ResourceNotFound")

    def _trials(self, HyperParameterTuningJobName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [
            {
                "TrainingJobName": t.name,
                "TrainingJobArn": t.arn,
                "TrainingJobStatus": "Completed",
                "CreationTime": NOW,
            }
            for t in self.things.values()
            if t.facts.get("search") == HyperParameterTuningJobName
        ]
        return {"TrainingJobSummaries": found}

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        """``delete_``, ``stop_`` and ``describe_`` of any kind."""
        verb, _, rest = operation.partition("_")
        kind = "".join(part.capitalize() for part in rest.split("_"))

        def call(**members: Any) -> dict[str, Any]:
            name = str(members.get(f"{kind}Name") or members["EndpointName"])
            self.called.append((operation, name))
            self._fail(operation)
            self._fail(f"{operation} {name}")
            if verb == "update":
                return {}
            if (kind, name) not in self.things:
                raise refusal("ValidationException", f'Could not find {kind.lower()} "{name}".')
            thing = self.things[kind, name]
            if verb == "delete":
                del self.things[kind, name]
            if verb == "stop":
                thing.facts[f"{kind}Status"] = "Stopped"
            return {"CreationTime": NOW, **thing.facts}

        return call

    def _fail(self, operation: str) -> None:
        if operation in self.faults:
            raise self.faults[operation]


class FakeLogs:
    """Groups with their streams."""

    def __init__(self) -> None:
        self.groups: dict[str, set[str]] = {}
        self.faults: dict[str, ClientError] = {}

    def get_paginator(self, operation: str) -> Pages:
        """Of groups or streams."""
        return Pages(self._groups if operation == "describe_log_groups" else self._streams)

    def _groups(self, logGroupNamePrefix: str) -> dict[str, Any]:  # noqa: N803
        names = [name for name in self.groups if name.startswith(logGroupNamePrefix)]
        return {"logGroups": [{"logGroupName": name} for name in names]}

    def _streams(self, logGroupName: str, logStreamNamePrefix: str) -> dict[str, Any]:  # noqa: N803
        if logGroupName not in self.groups:
            raise refusal("ResourceNotFoundException")
        names = [n for n in self.groups[logGroupName] if n.startswith(logStreamNamePrefix)]
        return {"logStreams": [{"logStreamName": name} for name in names]}

    def delete_log_group(self, logGroupName: str) -> None:  # noqa: N803
        """Gone."""
        if "delete_log_group" in self.faults:
            raise self.faults["delete_log_group"]
        del self.groups[logGroupName]

    def delete_log_stream(self, logGroupName: str, logStreamName: str) -> None:  # noqa: N803
        """Gone."""
        self.groups[logGroupName].remove(logStreamName)


class Storage(FakeS3):
    """S3 that deletes many objects at once, but for those in ``locked``."""

    locked: frozenset[str] = frozenset()

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Deletes what is not locked."""
        keys = [item["Key"] for item in Delete["Objects"]]
        for key in keys:
            if key not in self.locked:
                self.objects.pop(key, None)
        refused = [{"Key": key, "Message": "Access Denied"} for key in keys if key in self.locked]
        return {"Errors": refused} if refused else {}


class FakeCloudWatch:
    """Counts ``requests`` for every endpoint."""

    requests = 5

    def get_paginator(self, operation: str) -> Pages:
        """Of metrics."""
        return Pages(self._metrics)

    def _metrics(self, MetricDataQueries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [{"Id": one["Id"], "Values": [self.requests]} for one in MetricDataQueries]
        return {"MetricDataResults": found}


class FakeCloud:
    """Connections to all of these."""

    def __init__(self, cloud: Cloud = CLOUD) -> None:
        self.cloud = cloud
        self.cloudwatch = FakeCloudWatch()
        self.sagemaker, self.logs, self.s3 = FakeSageMaker(), FakeLogs(), Storage()

    def tags(self, arn: str) -> dict[str, str]:
        """As the real ones."""
        try:
            return Connections.tags(cast(Connections, self), arn)
        except NotFound:
            return {}

    @property
    def connections(self) -> Connections:
        """For whoever wants the real ones."""
        return cast(Connections, self)
