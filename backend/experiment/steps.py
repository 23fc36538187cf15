"""One task from its data to its experiment; every step is found again if it was made before."""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeVar

from backend.client import Client
from backend.data.store import DatasetVersion
from backend.errors import DocumentInsightsError, InputError, NotFound
from backend.evaluation.baselines import baseline_name
from backend.evaluation.examples import require_task
from backend.evaluation.record import Details, Record
from backend.evaluation.run import Run, State
from backend.evaluation.scoring import Scored
from backend.evaluation.shipped import ROLES, TITLES, Experiment, Measured, Role, save
from backend.experiment.findings import findings_of
from backend.experiment.material import Material, dataset
from backend.experiment.plan import SCALES, SEED, Jobs, jobs_of
from backend.jobs.records import TrainingJob, TuningJob
from backend.jobs.requests import TrainingRequest, TuningRequest
from backend.tasks.registry import TASKS

_PACKAGES: Final = (
    "numpy",
    "onnxruntime",
    "optuna",
    "rouge_score",
    "seqeval",
    "tokenizers",
    "torch",
    "transformers",
)
_RUNS: Final = 200
"""Evaluation runs that are looked through for one that was begun before."""

Job = TypeVar("Job", TrainingJob, TuningJob)


@dataclass(frozen=True)
class Trained:
    """A registered model, and what it took; ``job`` is the training job or the search."""

    model: str
    job: str = ""
    trials: int = 0
    seconds: float = 0.0
    objective: float | None = None


@dataclass(frozen=True)
class Result:
    """A model's record with its examples."""

    trained: Trained
    record: Record
    details: Details


class Steps:
    """The work on one task at one scale; ``folder`` gets its experiment after each model, so that
    what is finished can be used. ``poll`` is the seconds between two looks at a job.
    """

    def __init__(
        self,
        client: Client,
        material: Material,
        scale: str,
        folder: Path,
        report: Callable[[str], None],
        *,
        poll: float = 2.0,
    ) -> None:
        self._client = client
        self._material = material
        self._scale = scale
        self._size = SCALES[scale].sizes[material.task]
        self._folder = folder
        self._report = report
        self._poll = poll

    def run(self, data: Path) -> bool:
        """Do all that is not done yet; gives whether nothing had to be left out.

        Raises ``DocumentInsightsError`` where not even the jobs can be started.
        """
        version = dataset(self._client.datasets, self._material, data, self._size)
        jobs = jobs_of(self._material.task, version, self._size)
        for request in (jobs.finetuned, jobs.tuned, jobs.random):
            self._ensure(request)
        results: dict[Role, Result] = {}
        for role in ROLES:
            try:
                results[role] = self._result(role, version, jobs)
            except DocumentInsightsError as error:
                self._say(f"{TITLES[role]} left out. {error}")
                continue
            self._say(f"{TITLES[role]}: {_score(results[role].record)}")
            if len(results) > 1:
                save(self._experiment(version, jobs, results), self._folder)
        return len(results) == len(ROLES)

    def _say(self, what: str) -> None:
        self._report(f"{datetime.now(UTC):%H:%M:%S} {self._material.task}: {what}")

    def _ensure(self, request: TrainingRequest | TuningRequest) -> None:
        """Start a job unless it is there."""
        jobs = self._client.jobs
        try:
            if isinstance(request, TuningRequest):
                jobs.tuning_job(request.name)
            else:
                jobs.training_job(request.name)
        except NotFound:
            if isinstance(request, TuningRequest):
                jobs.tune(request)
            else:
                jobs.fine_tune(request)
            self._say(f"started {request.name}")

    def _result(self, role: Role, version: DatasetVersion, jobs: Jobs) -> Result:
        trained = self._trained(role, jobs)
        record = self._record(version, trained.model, trivial=role == "trivial")
        return Result(trained, record, self._client.evaluations.records.details(record))

    def _trained(self, role: Role, jobs: Jobs) -> Trained:
        """The model of that role, once its job has ended."""
        if role == "trivial":
            return Trained(baseline_name(require_task(self._material.task)))
        if role == "pretrained":
            return Trained(
                next(one.article_endpoint for one in TASKS if one.slug == self._material.task)
            )
        if role == "finetuned":
            return self._fine_tuned(jobs.finetuned)
        return self._searched(jobs.tuned if role == "tuned" else jobs.random)

    def _fine_tuned(self, request: TrainingRequest) -> Trained:
        job = self._ended(lambda: self._client.jobs.training_job(request.name))
        return Trained(
            self._client.jobs.register(job),
            job.name,
            1,
            float(job.billable_seconds),
            job.metrics.get(request.objective.metric),
        )

    def _searched(self, request: TuningRequest) -> Trained:
        job = self._ended(lambda: self._client.jobs.tuning_job(request.name))
        if job.best is None:
            raise InputError(f"No trial of “{job.name}” succeeded: see the Jobs page.")
        trials = self._client.jobs.trials(job.name)
        seconds = sum(
            (trial.ended - trial.started).total_seconds()
            for trial in trials
            if trial.started and trial.ended
        )
        model = self._client.jobs.register(job.best.name)
        return Trained(model, job.name, len(trials), seconds, job.best.objective)

    def _ended(self, look: Callable[[], Job]) -> Job:
        """A job when it has completed; raises ``InputError`` where it ends otherwise."""
        while not (job := look()).finished:
            time.sleep(self._poll)
        if job.status != "Completed":
            why = f" ({job.failure_reason.strip().rstrip('.')})" if job.failure_reason else ""
            raise InputError(
                f"“{job.name}” is {job.status}{why}: delete it on the Jobs page, then run again."
            )
        return job

    def _record(self, version: DatasetVersion, model: str, *, trivial: bool) -> Record:
        """The scores of ``model`` on the test split, from a run that was begun before or a new
        one; raises ``InputError`` where there will be none.
        """
        evaluations = self._client.evaluations
        now = None if trivial else evaluations.identify(model).sha256
        run = self._begun(version, model, now)
        if run is None:
            asked = () if trivial else (model,)
            run = evaluations.start(version, asked, trivial=trivial)
        while not (state := self._state(run, model)).finished:
            time.sleep(self._poll)
        if state.record is None:
            raise InputError(f"“{model}” could not be scored: {state.reason or state.status}")
        return state.record

    def _begun(self, version: DatasetVersion, model: str, sha256: str | None) -> Run | None:
        """A run that asks ``model`` the same and has not failed; the model was ``sha256`` then too,
        unless that is None.
        """
        for run in self._client.evaluations.runs(self._material.task, limit=_RUNS):
            asks = any(
                entry.model.name == model and sha256 in {None, entry.model.sha256}
                for entry in run.entries
            )
            if run.dataset == version.id and asks:
                state = self._state(run, model)
                if state.record or not state.finished:
                    return run
        return None

    def _state(self, run: Run, model: str) -> State:
        states = self._client.evaluations.states(run)
        return next(state for state in states if state.model == model)

    def _experiment(
        self, version: DatasetVersion, jobs: Jobs, results: Mapping[Role, Result]
    ) -> Experiment:
        records = [result.record for result in results.values()]
        models = {role: _measured(role, result) for role, result in results.items()}
        last = list(results.values())[-1].details.scored
        return Experiment(
            task=records[0].task,
            scale=self._scale,
            source=self._material.source,
            licence=self._material.licence,
            data=records[0].data,
            dataset_sha256=version.sha256,
            metric=last.primary,
            sizes=self._sizes(version, jobs.finetuned),
            seeds=_seeds(records[0], jobs),
            resamples=records[0].resamples,
            versions=dict(_versions()),
            place=self._client.cloud.title,
            created=max(record.created for record in records),
            ids=last.ids,
            models=tuple(models.values()),
            findings=findings_of(
                {role: (result.record, result.details) for role, result in results.items()}
            ),
        )

    def _sizes(self, version: DatasetVersion, request: TrainingRequest) -> dict[str, int]:
        counts = {name: split.count for name, split in version.splits.items()}
        epochs = int(request.hyperparameters["epochs"])
        return counts | {"epochs": epochs, "trials": self._size.trials}


def _seeds(record: Record, jobs: Jobs) -> dict[str, int]:
    """Everything that was drawn, and with what."""
    return {
        "data": SEED,
        "training": int(jobs.finetuned.hyperparameters["seed"]),
        "tuned": jobs.tuned.seed or 0,
        "random": jobs.random.seed or 0,
        "resampling": record.seed,
    }


def _versions() -> Iterator[tuple[str, str]]:
    """Of the packages on the computer that runs this."""
    yield "python", platform.python_version()
    for name in _PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _score(record: Record) -> str:
    name, found = next(iter(record.metrics.items()))
    return f"{name} {found.value:.4f} [{found.low:.4f}, {found.high:.4f}], n = {record.data.n:,}"


def _measured(role: Role, result: Result) -> Measured:
    record, trained = result.record, result.trained
    return Measured(
        role=role,
        identity=record.model,
        metrics=record.metrics,
        alarms=record.alarms,
        scores=_rounded(result.details.scored),
        record=record.address,
        job=trained.job,
        trials=trained.trials,
        seconds=round(trained.seconds, 1),
        objective=trained.objective,
    )


def _rounded(scored: Scored) -> tuple[float, ...]:
    values: list[Any] = scored.scores.tolist()
    return tuple(int(value) if value in (0, 1) else round(value, 6) for value in values)
