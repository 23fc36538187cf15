"""All that this project has created and that still exists, found by its tag.

What has no tag of its own is ours by the name of what has: a log by its endpoint or job, trials by
their search. Objects are ours below the prefix of settings, in the folders that this project
writes; without a prefix none are taken for ours, since the bucket may hold anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import PROJECT_TAG
from backend.endpoints.configs import stem, stem_of
from backend.errors import NotFound
from backend.settings import Cloud

Kind = Literal[
    "endpoint",
    "endpoint configuration",
    "model",
    "search",
    "training job",
    "transform job",
    "log group",
    "log stream",
    "objects",
]
FOLDERS: Final = (
    "async",
    "datasets",
    "documents",
    "evaluations",
    "jobs",
    "models",
    "source",
    "transform",
    "jumpstart",
    "costs",
)
"""What this project writes below its prefix; the receipts in ``costs`` come last."""
ENDED: Final = frozenset({"Completed", "Failed", "Stopped", "DeleteFailed"})
ENDPOINT_LOGS: Final = "/aws/sagemaker/Endpoints/"
JOB_LOGS: Final[Mapping[Kind, str]] = {
    "training job": "/aws/sagemaker/TrainingJobs",
    "transform job": "/aws/sagemaker/TransformJobs",
}

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """Something that exists. ``name`` is what it is deleted by: for log streams
    ``group:stream``, for objects the S3 URI of their folder; ``orphan`` says that what it was
    made for is gone.
    """

    kind: Kind
    name: str
    state: str = ""
    created: datetime | None = None
    arn: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    orphan: bool = False
    note: str = ""

    @property
    def key(self) -> tuple[Kind, str]:
        """What tells it from everything else."""
        return self.kind, self.name


@dataclass(frozen=True)
class _Listing:
    """How SageMaker lists one kind of thing: the operation, and its words for the members."""

    kind: Kind
    operation: str
    members: str
    prefix: str
    status: str = ""


_LISTINGS: Final = (
    _Listing("endpoint", "list_endpoints", "Endpoints", "Endpoint", "EndpointStatus"),
    _Listing(
        "endpoint configuration", "list_endpoint_configs", "EndpointConfigs", "EndpointConfig"
    ),
    _Listing("model", "list_models", "Models", "Model"),
    _Listing(
        "search",
        "list_hyper_parameter_tuning_jobs",
        "HyperParameterTuningJobSummaries",
        "HyperParameterTuningJob",
        "HyperParameterTuningJobStatus",
    ),
    _Listing(
        "training job",
        "list_training_jobs",
        "TrainingJobSummaries",
        "TrainingJob",
        "TrainingJobStatus",
    ),
    _Listing(
        "transform job",
        "list_transform_jobs",
        "TransformJobSummaries",
        "TransformJob",
        "TransformJobStatus",
    ),
)
LISTED: Final = tuple(listing.kind for listing in _LISTINGS)
"""The kinds that carry tags."""


def project_of(cloud: Cloud) -> str:
    """The value of the project's tag in ``cloud``: see ``backend.cloud.additions``."""
    return cloud.prefix or "document-insights"


class Inventory:
    """What exists in one cloud. Methods raise ``CloudError``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def ours(self, kind: Kind) -> tuple[Resource, ...]:
        """Everything of one of the ``LISTED`` kinds that carries our tag."""
        return self._divided(kind)[0]

    def all(self, known: Mapping[Kind, Iterable[str]] | None = None) -> tuple[Resource, ...]:
        """Everything of ours, in the order in which it is to be deleted. ``known`` are names of
        endpoints and jobs that were ours and are gone, by kind: their logs are left.
        """
        divided = {kind: self._divided(kind) for kind in LISTED}
        ours = {kind: list(pair[0]) for kind, pair in divided.items()}
        foreign = {kind: {one.name for one in pair[1]} for kind, pair in divided.items()}
        trials = self._trials(ours["search"], {one.name for one in ours["training job"]})
        ours["training job"] += trials
        foreign["training job"] -= {one.name for one in trials}
        endpoints = {stem(one.name) for one in ours["endpoint"]}
        ours["endpoint configuration"] = [
            _config(one, endpoints) for one in ours["endpoint configuration"]
        ]
        gone = {kind: set(names) for kind, names in (known or {}).items()}
        logs = tuple(self._logs(ours, foreign, gone))  # before jobs are left out
        # An ended transform job cannot be deleted by anyone; it costs nothing.
        ours["transform job"] = [j for j in ours["transform job"] if j.state not in ENDED]
        order: tuple[Kind, ...] = (
            "search",
            "training job",
            "transform job",
            "endpoint",
            "endpoint configuration",
            "model",
        )
        return (*(one for kind in order for one in ours[kind]), *logs, *self._objects())

    def _divided(self, kind: Kind) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
        """What is ours of a kind, and what is not."""
        (listing,) = (one for one in _LISTINGS if one.kind == kind)
        found = list(self._listed(listing))
        with ThreadPoolExecutor(max_workers=8) as pool:
            tagged = list(pool.map(self._tagged, found))
        project = project_of(self._connections.cloud)
        ours = tuple(one for one in tagged if one.tags.get(PROJECT_TAG) == project)
        return ours, tuple(one for one in tagged if one not in ours)

    def _listed(self, listing: _Listing) -> Iterator[Resource]:
        for facts in self._pages(self._connections.sagemaker, listing.operation, listing.members):
            yield Resource(
                kind=listing.kind,
                name=facts[f"{listing.prefix}Name"],
                arn=facts[f"{listing.prefix}Arn"],
                state=facts.get(listing.status, ""),
                created=facts.get("CreationTime"),
            )

    def _tagged(self, one: Resource) -> Resource:
        tags = self._connections.tags(one.arn)
        return Resource(one.kind, one.name, one.state, one.created, one.arn, tags)

    def _trials(self, searches: Iterable[Resource], known: set[str]) -> list[Resource]:
        """The training jobs of ``searches`` that have no tags of their own."""
        return [
            Resource(
                "training job",
                facts["TrainingJobName"],
                facts["TrainingJobStatus"],
                facts["CreationTime"],
                facts["TrainingJobArn"],
                search.tags,
                note=f"a trial of {search.name}",
            )
            for search in searches
            for facts in self._pages(
                self._connections.sagemaker,
                "list_training_jobs_for_hyper_parameter_tuning_job",
                "TrainingJobSummaries",
                HyperParameterTuningJobName=search.name,
            )
            if facts["TrainingJobName"] not in known
        ]

    def _logs(
        self,
        ours: Mapping[Kind, Iterable[Resource]],
        foreign: Mapping[Kind, set[str]],
        gone: Mapping[Kind, set[str]],
    ) -> Iterator[Resource]:
        """Logs of what is ours or was; never of a name that is somebody else's now."""
        present = {one.name for one in ours["endpoint"]}
        named = {stem_of(one.name) for one in ours["endpoint configuration"]}
        wanted = (present | named | gone.get("endpoint", set())) - foreign["endpoint"]
        if wanted:
            yield from self._endpoint_logs(wanted, present)
        for kind, group in JOB_LOGS.items():
            jobs = {one.name for one in ours[kind]}
            for job in sorted((jobs | gone.get(kind, set())) - foreign[kind]):
                yield from self._streams(group, job, orphan=job not in jobs)

    def _endpoint_logs(self, wanted: set[str], present: set[str]) -> Iterator[Resource]:
        for facts in self._pages(
            self._connections.logs,
            "describe_log_groups",
            "logGroups",
            logGroupNamePrefix=ENDPOINT_LOGS,
        ):
            endpoint = facts["logGroupName"].removeprefix(ENDPOINT_LOGS)
            if endpoint in wanted:
                yield Resource("log group", facts["logGroupName"], orphan=endpoint not in present)

    def _streams(self, group: str, job: str, *, orphan: bool) -> Iterator[Resource]:
        for facts in self._pages(
            self._connections.logs,
            "describe_log_streams",
            "logStreams",
            logGroupName=group,
            logStreamNamePrefix=f"{job}/",
        ):
            yield Resource("log stream", f"{group}:{facts['logStreamName']}", orphan=orphan)

    def _objects(self) -> Iterator[Resource]:
        cloud = self._connections.cloud
        for folder in FOLDERS if cloud.prefix else ():
            prefix = f"{cloud.prefix}/{folder}/"
            sizes = [
                item["Size"]
                for item in self._pages(
                    self._connections.s3,
                    "list_objects_v2",
                    "Contents",
                    Bucket=cloud.bucket,
                    Prefix=prefix,
                )
            ]
            if sizes:
                state = f"{len(sizes):,} objects, {sum(sizes) / 1e6:,.1f} MB"
                yield Resource("objects", f"s3://{cloud.bucket}/{prefix}", state)

    def _pages(self, client: Any, operation: str, members: str, **asked: Any) -> list[Facts]:
        """All that an operation lists; nothing where what it lists from is not there."""
        try:
            with translated():
                pages = client.get_paginator(operation).paginate(**asked)
                return [facts for page in pages for facts in page.get(members, ())]
        except NotFound:
            return []


def _config(one: Resource, endpoints: set[str]) -> Resource:
    """A configuration with what it was made for, an orphan where that is gone."""
    orphan = bool(stem_of(one.name)) and stem_of(one.name) not in endpoints
    note = "its endpoint is gone" if orphan else ""
    return Resource(
        one.kind, one.name, one.state, one.created, one.arn, one.tags, orphan=orphan, note=note
    )
