"""Jobs without a cloud: what is started is remembered, what is asked about is made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.cloud.logs import LogLine
from backend.data.store import Datasets
from backend.errors import DocumentInsightsError, NotFound
from backend.jobs import estimates, preflight
from backend.jobs.estimates import Estimate
from backend.jobs.findings import Finding
from backend.jobs.programs import Programs
from backend.jobs.progress import Reading, extended
from backend.jobs.records import Counters, TrainingJob, Transition, Trial, TuningJob
from backend.jobs.repeat import again
from backend.jobs.requests import Request, Start, TrainingRequest, TuningRequest, renamed
from backend.tasks.recipes.base import Range
from backend.tasks.recipes.registry import recipe_of
from tests.app.fake_client import FakeClient
from tests.data.fake_s3 import connections

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TASK = "text_classification"
LOG = (
    "[metrics] step=10; train:loss=0.7; progress=0.25; total_steps=40;",
    "[metrics] step=20; validation:accuracy=0.75; validation:f1_macro=0.7;",
    "[metrics] step=30; train:loss=0.4; progress=0.75; total_steps=40;",
    "[metrics] step=40; validation:accuracy=0.5; validation:f1_macro=0.4;",
    "<b>![x](http://evil)</b>",
)


def training_job(name: str = "tuned", status: str = "Completed", **facts: Any) -> TrainingJob:
    """A training job of text classification."""
    recipe = recipe_of(TASK)
    job = TrainingJob(
        name=name,
        arn=f"arn:{name}",
        status=status,
        secondary_status=status,
        failure_reason="The script ended with exit code 1." if status == "Failed" else "",
        created=NOW,
        started=NOW,
        ended=None if status == "InProgress" else NOW + timedelta(minutes=3),
        task=TASK,
        dataset="cases/v1",
        dataset_sha256="abc",
        hyperparameters={"epochs": "7", "learning_rate": "0.0003"},
        metric_definitions=recipe.metrics,
        metrics={"validation:accuracy": 0.75} if status == "Completed" else {},
        channels={"train": "s3://b/train/", "validation": "s3://b/validation/"},
        transitions=(Transition("Training", "It trained.", NOW, NOW + timedelta(minutes=2)),),
        model_uri="s3://b/model.tar.gz" if status == "Completed" else "",
        instance_type="ml.m5.large",
        max_seconds=3600,
    )
    return replace(job, **facts)


def trial(number: int, objective: float | None, status: str = "Completed") -> Trial:
    """A trial that tried its number as the learning rate."""
    return Trial(
        name=f"search-{number:03}",
        status=status,
        created=NOW,
        started=NOW + timedelta(minutes=number),
        ended=NOW + timedelta(minutes=number + 1),
        hyperparameters={"learning_rate": f"{number}e-5"},
        objective=objective,
        objective_status="Succeeded",
        failure_reason="",
    )


TRIALS = (trial(1, 0.6), trial(2, 0.9), trial(3, None, "Failed"), trial(4, 0.7, "Stopped"))


def tuning_job(status: str = "Completed") -> TuningJob:
    """A search with four trials."""
    return TuningJob(
        name="search",
        arn="arn:search",
        status=status,
        failure_reason="",
        strategy="Random",
        objective=recipe_of(TASK).objective,
        created=NOW,
        ended=NOW + timedelta(minutes=9) if status == "Completed" else None,
        max_jobs=4,
        parallel_jobs=2,
        counters=Counters(completed=2, failed=1, stopped=1),
        best=TRIALS[1],
        spaces={"learning_rate": Range(1e-5, 1e-3, "Logarithmic")},
        task=TASK,
        dataset="cases/v1",
        dataset_sha256="abc",
        fixed={"epochs": "7"},
        metric_definitions=recipe_of(TASK).metrics,
        channels={"train": "s3://b/train/"},
    )


@dataclass
class FakeJobs:
    """Behaves as ``backend.jobs.service.Jobs``."""

    trainings: dict[str, TrainingJob] = field(default_factory=dict)
    searches: dict[str, TuningJob] = field(default_factory=dict)
    started: list[Request] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    refusal: DocumentInsightsError | None = None

    def fine_tune(self, request: TrainingRequest) -> str:
        """Remember it."""
        return self._start(request)

    def tune(self, request: TuningRequest) -> str:
        """Remember it."""
        return self._start(request)

    def _start(self, request: Request) -> str:
        if self.refusal:
            raise self.refusal
        self.started.append(request)
        return request.name

    def programs(self, request: Request) -> Programs:
        """Two short ones."""
        return Programs(f"print({request.name!r})", f"aws sagemaker {request.name}")

    def check(self, request: Request, *, lint: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
        """The real check."""
        training = request.training if isinstance(request, TuningRequest) else request
        return preflight.check(request, recipe_of(training.task, training.program), lint=lint)

    def estimate(self, request: Request) -> Estimate | None:
        """The real rule of thumb."""
        training = request.training if isinstance(request, TuningRequest) else request
        recipe = recipe_of(training.task, training.program)
        return estimates.estimate(request, recipe, instance_type="ml.m5.large")

    def training_jobs(self, *, limit: int = 200, trials: bool = False) -> tuple[TrainingJob, ...]:
        """All that are no trials."""
        if self.refusal:
            raise self.refusal
        return tuple(job for job in self.trainings.values() if trials or not job.tuning_job)

    def tuning_jobs(self, *, limit: int = 100) -> tuple[TuningJob, ...]:
        """All."""
        return tuple(self.searches.values())

    def training_job(self, name: str) -> TrainingJob:
        """One of those laid down, or a trial."""
        if name in self.trainings:
            return self.trainings[name]
        if any(name == one.name for one in TRIALS):
            return training_job(name, tuning_job="search")
        raise NotFound(name)

    def tuning_job(self, name: str) -> TuningJob:
        """One of those laid down."""
        if name not in self.searches:
            raise NotFound(name)
        return self.searches[name]

    def trials(self, tuning_job: str) -> Sequence[Trial]:
        """The four."""
        return TRIALS

    def read(self, job: TrainingJob, reading: Reading | None = None) -> Reading:
        """The same log for each."""
        lines = [LogLine(NOW + timedelta(seconds=at), text) for at, text in enumerate(LOG)]
        return extended(Reading(), lines, job.metric_definitions)

    def stop(self, job: TrainingJob | TuningJob) -> None:
        """Remember it."""
        self.done.append(("stop", job.name))

    def delete(self, job: TrainingJob | TuningJob, *, artifacts: bool = False) -> None:
        """Forget the job."""
        self.done.append(("delete with files" if artifacts else "delete", job.name))
        self.trainings.pop(job.name, None)

    def again(self, job: TrainingJob | TuningJob) -> Request:
        """The real one."""
        return renamed(again(job))

    def register(self, job: TrainingJob | str, *, name: str = "") -> str:
        """A model that the fake client knows."""
        return "finetuned-named-entities"


@dataclass
class FakeStarts:
    """Behaves as ``backend.jobs.starts.Starts``: the models of every task by name."""

    found: dict[str, Start] = field(default_factory=dict)
    refusal: DocumentInsightsError | None = None

    def archives(self, task: str) -> Mapping[str, str]:
        """Theirs."""
        return {name: start.uri for name, start in self.found.items()}

    def get(self, task: str, name: str, archive: str) -> Start:
        """What was laid down."""
        if self.refusal:
            raise self.refusal
        return self.found[name]


@dataclass
class JobsClient(FakeClient):
    """The fake client with jobs, and datasets in a dictionary."""

    starts: FakeStarts = field(default_factory=FakeStarts)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    datasets: Datasets = field(default_factory=lambda: Datasets(connections()[0]))
