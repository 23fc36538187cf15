"""Launching, watching, ending and registering jobs: ``client.jobs``."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, TypeVar

from backend.catalog.archives import serving
from backend.catalog.jumpstart import find
from backend.catalog.rows import row_of
from backend.cloud.archives import SERVING_ENVIRONMENT, s3_key
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import DIALECT_TAG, SOURCE_TAG, TASK_TAG, as_tags, require_name, shortened
from backend.errors import InputError, NotFound
from backend.jobs import described, estimates, preflight
from backend.jobs.account import Account, Unlimited
from backend.jobs.estimates import Estimate, Pace
from backend.jobs.findings import Finding
from backend.jobs.joblog import read_on
from backend.jobs.launch import addresses
from backend.jobs.members import FINE_TUNED, TUNED, Members, training_members, tuning_members
from backend.jobs.programs import Programs, programs_for
from backend.jobs.progress import Reading
from backend.jobs.records import TrainingJob, Trial, TuningJob
from backend.jobs.repeat import again
from backend.jobs.requests import Request, TrainingRequest, TuningRequest, renamed
from backend.tasks.recipes.registry import recipe_of

_KEPT: Final = 2_000
"""Finished jobs that are remembered: they do not change."""
_PAGE: Final = 100

Job = TypeVar("Job", TrainingJob, TuningJob)


class Jobs:
    """The training and tuning jobs of one cloud. Safe to share between threads.

    Methods raise ``DocumentInsightsError``s only: ``NotFound`` where there is no such job,
    ``InputError`` for what cannot be asked, other ``CloudError``s for the rest.
    """

    def __init__(self, connections: Connections, account: Account | None = None) -> None:
        self._connections = connections
        self._account = account or Unlimited()
        self._finished: dict[str, TrainingJob | TuningJob] = {}

    # --- launching ---

    def fine_tune(self, request: TrainingRequest) -> str:
        """Start a training job; gives its name. Raises ``NameTaken`` where there is one,
        ``OverBudget`` where it may cost more than is left.
        """
        self._allow(request)
        members = self._training_members(request)
        with translated():
            self._connections.sagemaker.create_training_job(**members)
        return request.name

    def tune(self, request: TuningRequest) -> str:
        """Start a search; gives its name. Raises ``NameTaken`` where there is one,
        ``OverBudget`` where it may cost more than is left.
        """
        self._allow(request)
        members = self._tuning_members(request)
        with translated():
            self._connections.sagemaker.create_hyper_parameter_tuning_job(**members)
        return request.name

    def _allow(self, request: Request) -> None:
        self._account.allow(f"“{request.name}”", estimates.ceiling(request, self._hourly(request)))

    def _hourly(self, request: Request) -> float | None:
        training = request.training if isinstance(request, TuningRequest) else request
        machine = training.instance_type or self._connections.cloud.training_instance_type
        return self._account.hourly(machine)

    def programs(self, request: Request) -> Programs:
        """Programs that start the same job; its source bundle is there when this returns."""
        if isinstance(request, TuningRequest):
            operation, members = "CreateHyperParameterTuningJob", self._tuning_members(request)
        else:
            operation, members = "CreateTrainingJob", self._training_members(request)
        whole = self._connections.completed(operation, members)
        return programs_for(whole, self._connections.cloud)

    def _training_members(self, request: TrainingRequest) -> Members:
        return training_members(request, addresses(self._connections, request, request.name))

    def _tuning_members(self, request: TuningRequest) -> Members:
        return tuning_members(request, addresses(self._connections, request.training, request.name))

    # --- before launching ---

    def check(self, request: Request, *, lint: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
        """The pre-flight table of ``request``; ``lint`` are the findings of its dataset."""
        training = request.training if isinstance(request, TuningRequest) else request
        return preflight.check(
            request,
            recipe_of(training.task, training.program),
            lint=lint,
            estimated=self.estimate(request),
            instance_type=self._connections.cloud.training_instance_type,
        )

    def estimate(self, request: Request) -> Estimate | None:
        """How long ``request`` takes here: by the pace of earlier jobs, else a rule of thumb."""
        training = request.training if isinstance(request, TuningRequest) else request
        cloud = self._connections.cloud
        return estimates.estimate(
            request,
            recipe_of(training.task, training.program),
            pace=self.pace(training),
            instance_type=cloud.training_instance_type,
            hourly=self._hourly(request),
            one_machine=cloud.one_machine,
        )

    def pace(self, request: TrainingRequest) -> Pace | None:
        """The pace of the latest ended job of the same task, base model and kind of machine, of
        those that ``training_jobs`` has shown; None where there is none.
        """
        machine = request.instance_type or self._connections.cloud.training_instance_type
        base = str(request.hyperparameters.get("base_model", ""))
        fitting = [
            job
            for job in tuple(self._finished.values())
            if isinstance(job, TrainingJob)
            and (job.task, job.instance_type) == (request.task, machine)
            and job.hyperparameters.get("base_model", "") == base
            and job.metrics.get("train:tokens_per_second", 0) > 0
        ]
        if not fitting:
            return None
        latest = max(fitting, key=lambda job: job.created)
        return Pace(latest.metrics["train:tokens_per_second"])

    # --- watching ---

    def training_jobs(self, *, limit: int = 200, trials: bool = False) -> tuple[TrainingJob, ...]:
        """The newest training jobs, newest first; the trials of searches only if asked for."""
        with translated():
            pages = self._connections.sagemaker.get_paginator("list_training_jobs").paginate(
                SortBy="CreationTime",
                SortOrder="Descending",
                PaginationConfig={"MaxItems": limit, "PageSize": _PAGE},
            )
            names = [j["TrainingJobName"] for page in pages for j in page["TrainingJobSummaries"]]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = [job for job in pool.map(self._training_job_if_there, names) if job]
        return tuple(job for job in found if trials or not job.tuning_job)

    def training_job(self, name: str) -> TrainingJob:
        """One training job; raises ``NotFound`` where there is none of that name."""
        kept = self._finished.get(name)
        if isinstance(kept, TrainingJob):
            return kept
        with translated():
            facts = self._connections.sagemaker.describe_training_job(TrainingJobName=name)
        tags = self._connections.tags(facts["TrainingJobArn"])
        job = described.training_job(facts, tags)
        return self._remember(self._as_trial(job) if job.tuning_job and not job.task else job)

    def _as_trial(self, job: TrainingJob) -> TrainingJob:
        """A trial that has no tags with what those of its search say."""
        search = self._tuning_job_if_there(job.tuning_job)
        if search is None:
            return job
        return replace(
            job,
            task=search.task,
            source=TUNED,
            dataset=search.dataset,
            dataset_sha256=search.dataset_sha256,
            project=search.project,
            program=search.program,
        )

    def _training_job_if_there(self, name: str) -> TrainingJob | None:
        try:
            return self.training_job(name)
        except NotFound:
            return None  # deleted since it was listed

    def tuning_jobs(self, *, limit: int = 100) -> tuple[TuningJob, ...]:
        """The newest searches, newest first."""
        with translated():
            pages = self._connections.sagemaker.get_paginator(
                "list_hyper_parameter_tuning_jobs"
            ).paginate(
                SortBy="CreationTime",
                SortOrder="Descending",
                PaginationConfig={"MaxItems": limit, "PageSize": _PAGE},
            )
            names = [
                job["HyperParameterTuningJobName"]
                for page in pages
                for job in page["HyperParameterTuningJobSummaries"]
            ]
        with ThreadPoolExecutor(max_workers=8) as pool:
            return tuple(job for job in pool.map(self._tuning_job_if_there, names) if job)

    def tuning_job(self, name: str) -> TuningJob:
        """One search; raises ``NotFound`` where there is none of that name."""
        kept = self._finished.get(f"tuning/{name}")
        if isinstance(kept, TuningJob):
            return kept
        with translated():
            facts = self._connections.sagemaker.describe_hyper_parameter_tuning_job(
                HyperParameterTuningJobName=name
            )
        return self._remember(
            described.tuning_job(facts, self._connections.tags(facts["HyperParameterTuningJobArn"]))
        )

    def _tuning_job_if_there(self, name: str) -> TuningJob | None:
        try:
            return self.tuning_job(name)
        except NotFound:
            return None

    def trials(self, tuning_job: str) -> tuple[Trial, ...]:
        """The trials of a search in the order in which they were started."""
        with translated():
            pages = self._connections.sagemaker.get_paginator(
                "list_training_jobs_for_hyper_parameter_tuning_job"
            ).paginate(
                HyperParameterTuningJobName=tuning_job,
                SortBy="CreationTime",
                SortOrder="Ascending",
                PaginationConfig={"PageSize": _PAGE},
            )
            facts = [item for page in pages for item in page["TrainingJobSummaries"]]
        return tuple(described.trial(item) for item in facts)

    def _remember(self, job: Job) -> Job:
        if job.finished:
            if len(self._finished) >= _KEPT:
                self._finished.clear()
            key = job.name if isinstance(job, TrainingJob) else f"tuning/{job.name}"
            self._finished[key] = job
        return job

    # --- the log ---

    def read(self, job: TrainingJob, reading: Reading | None = None) -> Reading:
        """The log of ``job`` from where ``reading`` ended (or its beginning): keep the answer and
        give it back the next time. A job without a log yet has an empty one.
        """
        return read_on(self._connections, job, reading or Reading())

    # --- ending ---

    def stop(self, job: TrainingJob | TuningJob) -> None:
        """Have a job stop; it leaves the best so far. One that has ended stays as it is."""
        if job.finished:
            return
        client = self._connections.sagemaker
        with translated():
            if isinstance(job, TrainingJob):
                client.stop_training_job(TrainingJobName=job.name)
            else:
                client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=job.name)

    def delete(self, job: TrainingJob | TuningJob, *, artifacts: bool = False) -> None:
        """Remove an ended job from the list; its model and checkpoints only if asked for.

        Raises ``InputError`` while it runs.
        """
        if not job.finished:
            raise InputError(f"“{job.name}” is still running: stop it first.")
        client = self._connections.sagemaker
        with translated():
            if isinstance(job, TrainingJob):
                client.delete_training_job(TrainingJobName=job.name)
            else:
                client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName=job.name)
        if isinstance(job, TrainingJob):
            self._account.settle_job(job)
        self._finished.pop(job.name if isinstance(job, TrainingJob) else f"tuning/{job.name}", None)
        if artifacts:
            self._delete_objects(s3_key(self._connections, "jobs", job.name, ""))

    def _delete_objects(self, prefix: str) -> None:
        s3, bucket = self._connections.s3, self._connections.cloud.bucket
        with translated():
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=bucket, Key=item["Key"])

    # --- from a job to the next ---

    def again(self, job: TrainingJob | TuningJob) -> Request:
        """A request like the one that made ``job``, under a new name, ready to be changed.

        Raises ``InputError`` for a job that was not launched by this project.
        """
        return renamed(again(job))

    # --- deploying ---

    def register(self, job: TrainingJob | str, *, name: str = "") -> str:
        """Register the model that a job (or the best trial of a search) left; gives its name, to
        be deployed with ``Client.deploy``. Doing it twice gives the same model.

        Raises ``InputError`` where the job left no model, ``NameTaken`` where ``name`` is another
        model's.
        """
        job = self.training_job(job) if isinstance(job, str) else job
        if not job.deployable:
            raise InputError(f"“{job.name}” has no model yet: wait for its end, or choose another.")
        name = require_name(name) if name else shortened(job.name, 63)
        members = self._container(job, name)
        if not self._is_registered(name, members["ModelDataUrl"]):
            tags = {
                TASK_TAG: job.task,
                SOURCE_TAG: job.source or FINE_TUNED,
                DIALECT_TAG: row_of(job.task, job.program).dialect if job.program else "",
            }
            with translated():
                self._connections.sagemaker.create_model(
                    ModelName=name,
                    ExecutionRoleArn=self._connections.cloud.role_arn,
                    PrimaryContainer=members,
                    Tags=as_tags(tags),
                )
        return name

    def _container(self, job: TrainingJob, name: str) -> Members:
        """What serves the model of ``job``: ours, or JumpStart's where its program trained it."""
        if job.program:
            row = row_of(job.task, job.program)
            found = find(self._connections, row.name, row.version)
            return serving(found, self._connections, job.model_uri, name)
        return {
            "Image": self._connections.cloud.image,
            "ModelDataUrl": job.model_uri,
            "Environment": SERVING_ENVIRONMENT,
        }

    def _is_registered(self, name: str, uri: str) -> bool:
        try:
            with translated():
                facts = self._connections.sagemaker.describe_model(ModelName=name)
        except NotFound:
            return False
        return bool(facts.get("PrimaryContainer", {}).get("ModelDataUrl") == uri)
