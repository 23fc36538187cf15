"""Requests, trials and training jobs for tests of tuning jobs."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.local.jobs.tuning_plan import Study
from backend.local.jobs.tuning_records import Trial, Tuning, TuningJob
from backend.local.wire.errors import AwsError

START = datetime(2026, 1, 1, tzinfo=UTC)
METRIC = "validation:f1"
ROLE = "arn:aws:iam::000000000000:role/any"
RANGES: dict[str, Any] = {
    "ContinuousParameterRanges": [
        {"Name": "lr", "MinValue": "1e-5", "MaxValue": "1e-2", "ScalingType": "Logarithmic"}
    ],
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "8"}],
}


def definition(**more: Any) -> dict[str, Any]:
    """A TrainingJobDefinition."""
    return {
        "AlgorithmSpecification": {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": METRIC, "Regex": "f1=(.+)"}],
        },
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "StaticHyperParameters": {"epochs": "9"},
        **more,
    }


def request(
    *, strategy: str = "Bayesian", jobs: int | None = 4, parallel: int = 2, **config: Any
) -> dict[str, Any]:
    """A CreateHyperParameterTuningJob request; ``config`` adds to HyperParameterTuningJobConfig."""
    limits: dict[str, Any] = {"MaxParallelTrainingJobs": parallel}
    if jobs is not None:
        limits["MaxNumberOfTrainingJobs"] = jobs
    return {
        "HyperParameterTuningJobName": "tune",
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
            "ResourceLimits": {**limits, **config.pop("limits", {})},
            "ParameterRanges": RANGES,
            "RandomSeed": 1,
            **config,
        },
        "TrainingJobDefinition": definition(),
    }


def trial(number: int, objective: float | None = None, **more: Any) -> Trial:
    """A trial that has ended; ``number`` minutes after the start."""
    return Trial(
        **{
            "number": number,
            "training_job": f"tune-{number:03d}",
            "parameters": {"lr": "0.001", "depth": "3"},
            "arn": f"arn:{number}",
            "status": "Completed",
            "ended": START + timedelta(minutes=number),
            "objective": objective,
            "values": () if objective is None else (objective,),
            **more,
        }
    )


def running(number: int, *values: float) -> Trial:
    """A trial that trains and has shown ``values`` of its objective."""
    return trial(number, status="InProgress", ended=None, values=values)


def tuning(study: Study, *trials: Trial, status: str = "InProgress", seed: int = 1) -> Tuning:
    """A tuning job as it is on file."""
    job = TuningJob(
        name="tune",
        arn="arn:tune",
        status=status,
        definition=dict(study.request),
        seed=seed,
        creation_time=START,
    )
    return Tuning(job, trials)


class FakeTrainings:
    """Training jobs that do what the test says; they outlive the service, as processes do."""

    def __init__(self, objective: Callable[[Mapping[str, str]], float] | None = None) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.values: dict[str, list[float]] = {}
        self.most_at_once = 0
        self.refusal: AwsError | None = None
        self.crash_before = self.crash_after = 0  # numbers of the creations that the crash hits
        self._objective = objective
        self._change = asyncio.Event()

    @property
    def running(self) -> list[str]:
        """The jobs that have not ended, oldest first."""
        ended = ("Completed", "Failed", "Stopped")
        return [name for name, job in self.jobs.items() if job["TrainingJobStatus"] not in ended]

    def parameters(self, name: str) -> dict[str, str]:
        """The hyperparameters of a job."""
        (found,) = [r for r in self.requests if r["TrainingJobName"] == name]
        parameters: dict[str, str] = found["HyperParameters"]
        return parameters

    async def create(
        self, request: dict[str, Any], *, tuning_job_arn: str | None = None, parallel: int = 1
    ) -> str:
        """Begin a job, which ends at once where there is an ``objective`` function."""
        del parallel
        if self.refusal:
            raise self.refusal
        if len(self.requests) + 1 == self.crash_before:
            self.crash_before = 0
            raise asyncio.CancelledError
        name = request["TrainingJobName"]
        assert name not in self.jobs, "launched twice"
        self.requests.append(request)
        self.jobs[name] = {
            "TrainingJobName": name,
            "TrainingJobArn": f"arn:{name}",
            "TuningJobArn": tuning_job_arn,
            "TrainingJobStatus": "InProgress",
            "CreationTime": START,
        }
        self.most_at_once = max(self.most_at_once, len(self.running))
        if self._objective:
            value = self._objective(request["HyperParameters"])
            asyncio.get_running_loop().call_soon(self.finish, name, value)
        if len(self.requests) == self.crash_after:
            self.crash_after = 0
            raise asyncio.CancelledError
        return f"arn:{name}"

    async def stop(self, name: str) -> None:
        """Stop a job, which ends at once."""
        self.stopped.append(name)
        self.finish(name, status="Stopped")

    async def describe(self, name: str) -> dict[str, Any]:
        """The job's description."""
        if name not in self.jobs:
            raise AwsError("ValidationException", "Requested resource not found.")
        return self.jobs[name]

    def metrics(self, name: str, metric: str) -> list[tuple[datetime, float]]:
        """The job's values."""
        assert metric == METRIC
        return [(START, value) for value in self.values.get(name, [])]

    async def changed(self) -> None:
        """Wait for the next change."""
        await self._change.wait()

    def emit(self, name: str, *values: float) -> None:
        """Let the job print further values of the objective."""
        self.values.setdefault(name, []).extend(values)
        self._notify()

    def finish(
        self, name: str, *values: float, status: str = "Completed", reason: str = ""
    ) -> None:
        """Let the job end."""
        self.values.setdefault(name, []).extend(values)
        job = self.jobs[name]
        job |= {"TrainingJobStatus": status, "TrainingEndTime": START}
        if reason:
            job["FailureReason"] = reason
        if self.values[name]:
            final = {"MetricName": METRIC, "Value": self.values[name][-1], "Timestamp": START}
            job["FinalMetricDataList"] = [final]
        self._notify()

    def _notify(self) -> None:
        self._change.set()
        self._change = asyncio.Event()
