"""Batch transform jobs: a model's answers to a file of requests, without an endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import as_tags

_JSON_LINES: Final = "application/jsonlines"
_FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})


@dataclass(frozen=True)
class TransformJob:
    """A transform job; ``status`` is SageMaker's (InProgress, Completed, Failed, …)."""

    name: str
    status: str
    failure_reason: str
    created: datetime
    ended: datetime | None
    started: datetime | None = None

    @property
    def answering(self) -> float | None:
        """Seconds from its start to its end, None while it has not got so far."""
        if self.started is None or self.ended is None or self.status != "Completed":
            return None
        return (self.ended - self.started).total_seconds()

    @property
    def finished(self) -> bool:
        """Whether nothing will change."""
        return self.status in _FINISHED

    def elapsed(self) -> float:
        """Seconds since it was created, up to its end."""
        return max(0.0, ((self.ended or datetime.now(UTC)) - self.created).total_seconds())


class Transforms:
    """The transform jobs of one cloud. Methods raise ``DocumentInsightsError``s only."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def start(
        self,
        name: str,
        *,
        model: str,
        input_uri: str,
        output_uri: str,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Have ``model`` answer the JSON Lines at ``input_uri``, one line each, in order, into a
        file of the same name with ``.out`` behind it below ``output_uri``; gives the job's name.
        """
        with translated():
            self._connections.sagemaker.create_transform_job(
                TransformJobName=name,
                ModelName=model,
                BatchStrategy="MultiRecord",
                TransformInput={
                    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": input_uri}},
                    "ContentType": _JSON_LINES,
                    "SplitType": "Line",
                },
                TransformOutput={
                    "S3OutputPath": output_uri,
                    "Accept": _JSON_LINES,
                    "AssembleWith": "Line",
                },
                TransformResources={
                    "InstanceType": self._connections.cloud.instance_type,
                    "InstanceCount": 1,
                },
                Tags=as_tags(tags or {}),
            )
        return name

    def job(self, name: str) -> TransformJob:
        """One job; raises ``CloudError`` where there is none of that name."""
        with translated():
            facts: dict[str, Any] = self._connections.sagemaker.describe_transform_job(
                TransformJobName=name
            )
        return TransformJob(
            name=name,
            status=facts["TransformJobStatus"],
            failure_reason=facts.get("FailureReason", ""),
            created=facts["CreationTime"],
            ended=facts.get("TransformEndTime"),
            started=facts.get("TransformStartTime"),
        )

    def stop(self, name: str) -> None:
        """Have a job stop; one that has ended stays as it is."""
        if not self.job(name).finished:
            with translated():
                self._connections.sagemaker.stop_transform_job(TransformJobName=name)
