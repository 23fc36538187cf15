"""Deleting everything of ours: one thing after the other, whatever fails on the way, and looking
afterwards what is left.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.cloud.archives import s3_place
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.costs.inventory import ENDED, Inventory, Kind, Resource
from backend.errors import (
    CloudError,
    CredentialsRejected,
    DocumentInsightsError,
    EndpointMissing,
    InputError,
    NotFound,
)

CONFIRMATION: Final = "delete everything"
"""What a user has to type."""
PATIENCE: Final = 60.0
"""Seconds that jobs may take to stop, and that the last look waits for what is being deleted."""
POLL: Final = 2.0
_BATCH: Final = 1000
"""Objects in one DeleteObjects."""


@dataclass(frozen=True)
class Step:
    """What came of one thing: ``problem`` is a sentence, "" where it is deleted (or was gone)."""

    resource: Resource
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a last look finds: ``remaining`` is still there, ``problems`` says why it may be."""

    remaining: tuple[Resource, ...]
    problems: tuple[Step, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is left."""
        return not self.remaining


class Cleanup:
    """Deletes what ``inventory`` finds. ``wait`` pauses between two looks (seconds)."""

    def __init__(
        self,
        connections: Connections,
        inventory: Inventory,
        *,
        known: Callable[[], Mapping[Kind, Iterable[str]]] = dict,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connections = connections
        self._inventory = inventory
        self._known = known
        self._wait = wait

    def plan(self) -> tuple[Resource, ...]:
        """All that would be deleted, in that order; deletes nothing."""
        return self._inventory.all(self._known())

    def run(self, plan: Sequence[Resource], *, confirmation: str) -> Iterator[Step]:
        """Delete what ``plan`` holds and is still ours; one step for each, as it is done.

        A failure is a step with a problem, and the rest goes on; only rejected credentials end
        it. Raises ``InputError`` unless ``confirmation`` is ``CONFIRMATION``.
        """
        if confirmation.strip().lower() != CONFIRMATION:
            raise InputError(f"Nothing was deleted: type “{CONFIRMATION}” to confirm.")
        return self._steps(plan)

    def _steps(self, plan: Sequence[Resource]) -> Iterator[Step]:
        # The plan may be old, or a page's: what is ours is looked up again.
        ours = {one.key: one for one in self.plan()}
        running = [ours[one.key] for one in plan if one.key in ours and _runs(ours[one.key])]
        problems = {one.key: self._stop(one) for one in running}
        self._await([one for one in running if not problems[one.key]])
        failed = False
        for one in plan:
            problem = problems.get(one.key, "")
            if one.key in ours and not problem:
                problem = _KEPT if failed and _receipts(one) else self._remove(ours[one.key])
            failed = failed or bool(problem)
            yield Step(one, problem)

    def _await(self, stopping: Sequence[Resource]) -> None:
        """Give jobs time to stop: they write what they have into S3 first."""
        kinds = {one.kind for one in stopping}
        names = {one.name for one in stopping}
        waited = 0.0
        while kinds and waited < PATIENCE:
            found = [one for kind in kinds for one in self._inventory.ours(kind)]
            if not any(one.name in names and _runs(one) for one in found):
                return
            self._wait(POLL)
            waited += POLL

    def look(self, steps: Iterable[Step] = (), *, patience: float = PATIENCE) -> Outcome:
        """What is still there, once what is being deleted had up to ``patience`` seconds."""
        problems = tuple(step for step in steps if step.problem)
        left, waited = self.plan(), 0.0
        while left and not problems and waited < patience:
            self._wait(POLL)
            waited += POLL
            left = self.plan()
        return Outcome(left, problems)

    def _attempt(self, work: Callable[[], None]) -> str:
        """Why ``work`` failed, "" where it did not or there was nothing to do any more."""
        try:
            work()
        except (NotFound, EndpointMissing):
            return ""
        except CredentialsRejected:
            raise
        except DocumentInsightsError as error:
            return str(error)
        return ""

    def _stop(self, one: Resource) -> str:
        client = self._connections.sagemaker
        calls: Mapping[Kind, Callable[[], object]] = {
            "search": lambda: client.stop_hyper_parameter_tuning_job(
                HyperParameterTuningJobName=one.name
            ),
            "training job": lambda: client.stop_training_job(TrainingJobName=one.name),
            "transform job": lambda: client.stop_transform_job(TransformJobName=one.name),
        }

        def stop() -> None:
            with translated():
                calls[one.kind]()

        return self._attempt(stop)

    def _remove(self, one: Resource) -> str:
        if one.kind == "transform job":
            return ""  # stopped, and nobody can delete it
        return self._attempt(lambda: self._delete(one))

    def _delete(self, one: Resource) -> None:
        sagemaker, logs = self._connections.sagemaker, self._connections.logs
        if one.kind == "objects":
            self._delete_objects(one.name)
            return
        group, _, stream = one.name.partition(":")
        calls: Mapping[Kind, Callable[[], object]] = {
            "endpoint": lambda: sagemaker.delete_endpoint(EndpointName=one.name),
            "endpoint configuration": lambda: sagemaker.delete_endpoint_config(
                EndpointConfigName=one.name
            ),
            "model": lambda: sagemaker.delete_model(ModelName=one.name),
            "search": lambda: sagemaker.delete_hyper_parameter_tuning_job(
                HyperParameterTuningJobName=one.name
            ),
            "training job": lambda: sagemaker.delete_training_job(TrainingJobName=one.name),
            "log group": lambda: logs.delete_log_group(logGroupName=one.name),
            "log stream": lambda: logs.delete_log_stream(logGroupName=group, logStreamName=stream),
        }
        if one.kind == "endpoint" and one.state == "Deleting":
            return
        endpoint = one.name if one.kind == "endpoint" else ""
        with translated(endpoint=endpoint):
            calls[one.kind]()

    def _delete_objects(self, uri: str) -> None:
        """Delete all objects below ``uri``; raises ``CloudError`` naming one that stays."""
        bucket, prefix = s3_place(uri)
        s3 = self._connections.s3
        with translated():
            keys = [
                item["Key"]
                for page in s3.get_paginator("list_objects_v2").paginate(
                    Bucket=bucket, Prefix=prefix
                )
                for item in page.get("Contents", ())
            ]
            for first in range(0, len(keys), _BATCH):
                answer = s3.delete_objects(
                    Bucket=bucket,
                    Delete={
                        "Objects": [{"Key": key} for key in keys[first : first + _BATCH]],
                        "Quiet": True,
                    },
                )
                if refused := answer.get("Errors"):
                    raise CloudError(
                        f"{len(refused):,} objects could not be deleted "
                        f"({refused[0].get('Key', '')}: {refused[0].get('Message', '')}): "
                        "look at the bucket's policy, then try again."
                    )


_KEPT: Final = "Kept until the rest is deleted, because it says which logs are ours: try again."


def _runs(one: Resource) -> bool:
    jobs: tuple[Kind, ...] = ("search", "training job", "transform job")
    return one.kind in jobs and one.state not in ENDED


def _receipts(one: Resource) -> bool:
    return one.kind == "objects" and one.name.endswith("/costs/")
