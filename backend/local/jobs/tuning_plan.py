"""What a CreateHyperParameterTuningJob request asks for, and the training jobs that follow."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from backend.local.jobs.search_space import SearchSpace

OBJECTIVE_KEY = "_tuning_objective_metric"  # AWS tells each training job what it is judged by
MOST_JOBS = 750  # AWS's own limit, for jobs that name none
_EPOCH_KEYS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
_COPIED = (
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "RetryStrategy",
    "Environment",
)

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Objective:
    """By which metric training jobs are compared."""

    metric: str
    maximize: bool

    @property
    def kind(self) -> str:
        """AWS's word for the direction."""
        return "Maximize" if self.maximize else "Minimize"

    def better(self, value: float, than: float) -> bool:
        """Whether ``value`` beats ``than``."""
        return value > than if self.maximize else value < than


@dataclass(frozen=True)
class Plan:
    """One training job definition: what is fixed, what is searched, what counts."""

    definition: Definition
    space: SearchSpace
    objective: Objective

    @property
    def name(self) -> str | None:
        """The definition's name, which only a job with several definitions needs."""
        return self.definition.get("DefinitionName")

    @property
    def static(self) -> Mapping[str, str]:
        """The hyperparameters that are the same for all training jobs."""
        static: Mapping[str, str] = self.definition.get("StaticHyperParameters", {})
        return static


@dataclass(frozen=True)
class Study:
    """All that a request says of the search."""

    request: Definition

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The definitions, each with its search space and objective. Raises RangeError."""
        single = self.request.get("TrainingJobDefinition")
        definitions = [single] if single else self.request.get("TrainingJobDefinitions", [])
        return tuple(self._plan(definition) for definition in definitions)

    @property
    def objective(self) -> Objective:
        """The objective of the first definition; the others go the same direction."""
        return self.plans[0].objective

    @property
    def config(self) -> Mapping[str, Any]:
        """The HyperParameterTuningJobConfig."""
        config: Mapping[str, Any] = self.request["HyperParameterTuningJobConfig"]
        return config

    @property
    def strategy(self) -> str:
        """Bayesian, Random, Grid or Hyperband."""
        return str(self.config["Strategy"])

    @property
    def criteria(self) -> Mapping[str, Any]:
        """The TuningJobCompletionCriteria."""
        criteria: Mapping[str, Any] = self.config.get("TuningJobCompletionCriteria", {})
        return criteria

    @property
    def stops_early(self) -> bool:
        """Whether the median rule stops training jobs."""
        return self.config.get("TrainingJobEarlyStoppingType") == "Auto"

    @property
    def most_jobs(self) -> int:
        """How many training jobs there will be at most."""
        if "MaxNumberOfTrainingJobs" in self.config["ResourceLimits"]:
            return int(self.config["ResourceLimits"]["MaxNumberOfTrainingJobs"])
        if self.strategy == "Grid":
            return int(sum(plan.space.size for plan in self.plans))
        return MOST_JOBS

    @property
    def most_parallel(self) -> int:
        """How many training jobs may be under way at a time."""
        return int(self.config["ResourceLimits"]["MaxParallelTrainingJobs"])

    @property
    def most_seconds(self) -> int | None:
        """How long the tuning job may run."""
        seconds: int | None = self.config["ResourceLimits"].get("MaxRuntimeInSeconds")
        return seconds

    def resources(self, plan: Plan) -> tuple[int, int] | None:
        """Hyperband's MinResource and MaxResource, in values of the objective (epochs)."""
        given = self.config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
        inferred = (plan.static[key] for key in _EPOCH_KEYS if key in plan.static)
        most = given.get("MaxResource") or _whole(next(inferred, ""))
        return (int(given.get("MinResource", 1)), int(most)) if most else None

    def grid_point(self, number: int) -> tuple[int, dict[str, str]]:
        """(definition, point) of the trial ``number`` (from 0) of a grid search."""
        points = ((i, point) for i, plan in enumerate(self.plans) for point in plan.space.grid())
        return next(islice(points, number, None))

    def _plan(self, definition: Definition) -> Plan:
        ranges = definition.get("HyperParameterRanges") or self.config.get("ParameterRanges", {})
        objective = definition.get("TuningObjective") or self.config.get(
            "HyperParameterTuningJobObjective"
        )
        assert objective is not None  # see tuning_checks
        return Plan(
            definition,
            SearchSpace.parse(ranges),
            Objective(objective["MetricName"], objective["Type"] == "Maximize"),
        )


def child_name(tuning_job: str, number: int) -> str:
    """The name of training job ``number`` (from 1), as AWS makes it."""
    return f"{tuning_job}-{number:03d}-{secrets.token_hex(4)}"


def child_request(
    plan: Plan, name: str, parameters: Mapping[str, str], tags: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The CreateTrainingJob request that tries ``parameters``."""
    definition = plan.definition
    request = {key: definition[key] for key in _COPIED if key in definition}
    request["TrainingJobName"] = name
    request["HyperParameters"] = {
        **plan.static,
        OBJECTIVE_KEY: plan.objective.metric,
        **parameters,
    }
    request["ResourceConfig"] = dict(_resources(definition))
    if checkpoints := definition.get("CheckpointConfig"):
        # As on AWS, each training job keeps its checkpoints apart.
        uri = f"{checkpoints['S3Uri'].rstrip('/')}/{name}"
        request["CheckpointConfig"] = {**checkpoints, "S3Uri": uri}
    if tags:
        request["Tags"] = [dict(tag) for tag in tags]
    return request


def completed(request: Mapping[str, Any]) -> dict[str, Any]:
    """``request`` with the defaults that AWS shows when it describes the job."""
    config = {
        "TrainingJobEarlyStoppingType": "Off",
        **request["HyperParameterTuningJobConfig"],
    }
    if "ParameterRanges" in config:
        config["ParameterRanges"] = _with_scalings(config["ParameterRanges"])
    answer = {**request, "HyperParameterTuningJobConfig": config}
    objective = config.get("HyperParameterTuningJobObjective", {})
    if "TrainingJobDefinition" in request:
        answer["TrainingJobDefinition"] = _completed(request["TrainingJobDefinition"], objective)
    if "TrainingJobDefinitions" in request:
        answer["TrainingJobDefinitions"] = [
            _completed(definition, definition.get("TuningObjective", objective))
            for definition in request["TrainingJobDefinitions"]
        ]
    return answer


def _completed(definition: Definition, objective: Mapping[str, Any]) -> dict[str, Any]:
    answer = {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **definition,
        "StaticHyperParameters": {
            **definition.get("StaticHyperParameters", {}),
            OBJECTIVE_KEY: objective["MetricName"],
        },
    }
    if "HyperParameterRanges" in definition:
        answer["HyperParameterRanges"] = _with_scalings(definition["HyperParameterRanges"])
    return answer


def _with_scalings(ranges: Mapping[str, Any]) -> dict[str, Any]:
    numeric = ("IntegerParameterRanges", "ContinuousParameterRanges")
    scaled = {
        kind: [{"ScalingType": "Auto", **given} for given in ranges.get(kind, [])]
        for kind in numeric
    }
    return {"CategoricalParameterRanges": [], **ranges, **scaled}


def _resources(definition: Definition) -> Iterator[tuple[str, Any]]:
    """The members of CreateTrainingJob's ResourceConfig."""
    if "ResourceConfig" in definition:
        yield from definition["ResourceConfig"].items()
        return
    flexible = definition["HyperParameterTuningResourceConfig"]
    chosen = {**flexible, **next(iter(flexible.get("InstanceConfigs", [])), {})}
    for key in ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"):
        if key in chosen:
            yield key, chosen[key]


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) > 0 else None
