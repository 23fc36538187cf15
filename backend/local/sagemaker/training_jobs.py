"""CreateTrainingJob, DescribeTrainingJob, ListTrainingJobs, and what else is done to them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.local.config import ServiceConfig
from backend.local.jobs.training import Background, TrainingJobs
from backend.local.jobs.training_records import TrainingJob
from backend.local.jobs.training_settings import TrainingSettings
from backend.local.jobs.training_storage import Storage
from backend.local.jobs.training_watch import Surroundings
from backend.local.logs import LogStore
from backend.local.s3.store import ObjectStore
from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import TRAINING_JOB, Account
from backend.local.sagemaker.listing import page
from backend.local.sagemaker.tags import TagList
from backend.local.store import Store
from backend.local.wire.json11 import Operation

_FOREIGN_FILTERS = ("WarmPoolStatusEquals", "TrainingPlanArnEquals")


class AccountRegistry:
    """The ARNs and tags of training jobs, see ``jobs.training.Registry``."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def arn(self, name: str) -> str:
        """The ARN of the job ``name``."""
        return self._account.arn(TRAINING_JOB, name)

    def tag(self, session: Session, arn: str, given: TagList) -> None:
        """Add tags to a new job. Raises AwsError."""
        tags.write(session, arn, given)

    def untag(self, session: Session, arn: str) -> None:
        """Remove the tags of a job that is being deleted."""
        tags.forget(session, arn)


class TrainingJobOperations:
    """The training jobs of the account."""

    def __init__(self, store: Store, jobs: TrainingJobs) -> None:
        self._store = store
        self._jobs = jobs

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateTrainingJob": self._create,
            "DescribeTrainingJob": self._describe,
            "ListTrainingJobs": self._list,
            "StopTrainingJob": self._stop,
            "UpdateTrainingJob": self._update,
            "DeleteTrainingJob": self._delete,
        }

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"TrainingJobArn": await self._jobs.create(request)}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        return await self._jobs.describe(request["TrainingJobName"])

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        if any(name in request for name in _FOREIGN_FILTERS):
            return {"TrainingJobSummaries": []}  # no job here has a warm pool or a plan
        found = await self._store.run(lambda session: page(session, TrainingJob, request))
        return {
            "TrainingJobSummaries": [summary(job) for job in found.rows],
            "NextToken": found.next_token,
        }

    async def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._jobs.stop(request["TrainingJobName"])
        return {}

    async def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        changes = dict(request)
        return {"TrainingJobArn": await self._jobs.update(changes.pop("TrainingJobName"), changes)}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._jobs.delete(request["TrainingJobName"])
        return {}


def build(
    config: ServiceConfig,
    store: Store,
    objects: ObjectStore,
    logs: LogStore,
    settings: TrainingSettings,
) -> tuple[TrainingJobOperations, Background, TrainingJobs]:
    """The operations, what runs behind them, and the jobs as tuning jobs use them."""
    surroundings = Surroundings(
        root=config.home / "training",
        storage=Storage(objects),
        logs=logs,
        settings=settings,
        environment=config.client_environment,
    )
    registry = AccountRegistry(Account(config.region, config.account_id))
    jobs = TrainingJobs(store, registry, surroundings)
    return TrainingJobOperations(store, jobs), Background(jobs), jobs


def summary(job: TrainingJob) -> dict[str, Any]:
    """A job in the answer to ListTrainingJobs."""
    return {
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "CreationTime": job.creation_time,
        "TrainingEndTime": job.training_end_time,
        "LastModifiedTime": job.last_modified_time,
        "TrainingJobStatus": job.status,
        "SecondaryStatus": job.secondary_status,
    }
