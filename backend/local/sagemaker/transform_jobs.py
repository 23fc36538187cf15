"""CreateTransformJob, DescribeTransformJob, ListTransformJobs, StopTransformJob."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from backend.local.config import ServiceConfig
from backend.local.hosting.artifacts import Artifacts
from backend.local.hosting.deployment import Production
from backend.local.hosting.launcher import Launcher, LogSink, Place
from backend.local.hosting.settings import HostingSettings
from backend.local.jobs.transform import Hosting, Transforms
from backend.local.jobs.transform_files import Files, missing
from backend.local.jobs.transform_plan import MIB, Plan
from backend.local.jobs.transform_records import Records, TransformJob
from backend.local.s3.store import ObjectStore
from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import MODEL, Account, Kind, invalid
from backend.local.sagemaker.listing import page
from backend.local.sagemaker.models import container
from backend.local.store import Model, Store, now
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

TRANSFORM_JOB = Kind("transform-job", "transform job")


class TransformJobs:
    """The transform jobs of the account."""

    def __init__(
        self, store: Store, account: Account, files: Files, transforms: Transforms
    ) -> None:
        self._store = store
        self._account = account
        self._files = files
        self._transforms = transforms

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateTransformJob": self._create,
            "DescribeTransformJob": self._describe,
            "ListTransformJobs": self._list,
            "StopTransformJob": self._stop,
        }

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        plan = Plan.of(request)
        if not await asyncio.to_thread(self._files.exists, plan.uri):
            raise invalid(missing(plan.uri))
        name, given = request["TransformJobName"], request.pop("Tags", [])

        def work(session: Session) -> str:
            arn = self._account.arn(TRANSFORM_JOB, name)
            if session.get(TransformJob, name):
                raise AwsError(
                    "ResourceInUse",
                    "Job name must be unique within an AWS account and region, and a job with "
                    f"this name already exists ({arn})",
                )
            production = self._production(session, request, plan)
            job = TransformJob(
                name=name,
                arn=arn,
                status="InProgress",
                definition=request,
                production=asdict(production),
            )
            session.add(job)
            tags.write(session, arn, given)
            return arn

        arn = await self._store.run(work)
        self._transforms.begin(name)
        return {"TransformJobArn": arn}

    def _production(self, session: Session, request: Mapping[str, Any], plan: Plan) -> Production:
        """The model with the environment of a transform job's container."""
        model = session.get(Model, request["ModelName"])
        if model is None:
            raise self._account.missing(MODEL, request["ModelName"])
        given = container(model.definition)
        environment = {
            "SAGEMAKER_BATCH": "true",
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(plan.concurrent),
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(plan.payload // MIB),
            "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD" if plan.several else "SINGLE_RECORD",
            **given.get("Environment", {}),
            **request.get("Environment", {}),
        }
        return Production("transform", model.name, {**given, "Environment": environment})

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["TransformJobName"]
        return describe(await self._store.run(lambda session: _get(session, name)))

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = await self._store.run(lambda session: page(session, TransformJob, request))
        summaries = [
            {
                "TransformJobName": job.name,
                "TransformJobArn": job.arn,
                "CreationTime": job.creation_time,
                "TransformEndTime": job.end_time,
                "LastModifiedTime": job.last_modified_time,
                "TransformJobStatus": job.status,
                "FailureReason": job.failure_reason,
            }
            for job in found.rows
        ]
        return {"TransformJobSummaries": summaries, "NextToken": found.next_token}

    async def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        """Stop a job that is under way; one that has ended stays as it is."""

        def work(session: Session) -> str | None:
            job = _get(session, request["TransformJobName"])
            if job.status != "InProgress":
                return None
            job.status = "Stopping"
            job.last_modified_time = now()
            return job.name

        if name := await self._store.run(work):
            self._transforms.end(name)
        return {}


def build(
    config: ServiceConfig,
    store: Store,
    objects: ObjectStore,
    logs: LogSink,
    settings: HostingSettings,
) -> tuple[TransformJobs, Transforms]:
    """The operations and what runs behind them, with its files under ``config.home``."""
    home = config.home / "transforms"
    artifacts = Artifacts(home / "models", objects, settings.archive)
    place = Place(config.region, config.home / "cache", config.client_environment)
    hosting = Hosting(artifacts, Launcher(artifacts, logs, settings, place), logs, settings)
    files = Files(objects)
    transforms = Transforms(Records(store), files, hosting, home / "jobs")
    account = Account(config.region, config.account_id)
    return TransformJobs(store, account, files, transforms), transforms


def describe(job: TransformJob) -> dict[str, Any]:
    """DescribeTransformJob's answer, with the defaults that AWS writes out."""
    given = job.definition
    processing = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    return {
        **given,
        "TransformInput": {
            "CompressionType": "None",
            "SplitType": "None",
            **given["TransformInput"],
        },
        "TransformOutput": {"AssembleWith": "None", **given["TransformOutput"]},
        "DataProcessing": {**processing, **given.get("DataProcessing", {})},
        "TransformJobArn": job.arn,
        "TransformJobStatus": job.status,
        "FailureReason": job.failure_reason,
        "CreationTime": job.creation_time,
        "TransformStartTime": job.start_time,
        "TransformEndTime": job.end_time,
    }


def _get(session: Session, name: str) -> TransformJob:
    job = session.get(TransformJob, name)
    if job is None:
        raise invalid(f"Could not find requested job with name: {name}")
    return job
