"""The rules for tuning jobs that no shape expresses: what AWS refuses, and what nobody offers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.local.jobs.search_space import RangeError
from backend.local.jobs.tuning_plan import OBJECTIVE_KEY, Plan, Study
from backend.local.jobs.tuning_records import Tuning

_MOST_EPOCHS = 20_000
_NO_METRIC = (
    "A metric is required for this hyperparameter tuning job objective. "
    "Provide a metric in the metric definitions."
)


class TuningError(ValueError):
    """A request that no tuning job could follow; the message says what to change."""


def check(request: Mapping[str, Any]) -> Study:
    """The search that ``request`` asks for. Raises TuningError."""
    _refuse_first(_in_shape(request))
    study = Study(request)
    try:
        for plan in study.plans:
            _refuse_first(_in_plan(plan))
        if len({plan.objective.maximize for plan in study.plans}) > 1:
            raise TuningError("The objectives of all definitions must have the same Type.")
        _refuse_first(_in_strategy(study))
        _refuse_first(_in_limits(study))
    except RangeError as error:
        raise TuningError(str(error)) from error
    return study


def check_parents(study: Study, parents: Sequence[Tuning]) -> None:
    """Refuse parents that ``study`` cannot learn from. Raises TuningError."""
    for parent in parents:
        _refuse_first(_in_parent(study, parent))


def _refuse_first(problems: Iterator[str]) -> None:
    if problem := next(problems, None):
        raise TuningError(problem)


def _in_shape(request: Mapping[str, Any]) -> Iterator[str]:
    config = request["HyperParameterTuningJobConfig"]
    if "Autotune" in request or config.get("ParameterRanges", {}).get("AutoParameters"):
        yield "Autotune is not supported by the local service: give the ranges to search."
    several = request.get("TrainingJobDefinitions", [])
    single = request.get("TrainingJobDefinition")
    if bool(several) == bool(single):
        yield "Specify either TrainingJobDefinition or TrainingJobDefinitions."
    for definition in [single] if single else several:
        if "TuningObjective" not in {**definition, **_objective(config)}:
            yield "A HyperParameterTuningJobObjective is required."
    names = [definition.get("DefinitionName") for definition in several]
    if None in names:
        yield "Each of the TrainingJobDefinitions needs a DefinitionName."
    if len(set(names)) < len(names):
        yield "The names of the TrainingJobDefinitions must differ."


def _objective(config: Mapping[str, Any]) -> dict[str, Any]:
    key = "HyperParameterTuningJobObjective"
    return {"TuningObjective": config[key]} if key in config else {}


def _in_plan(plan: Plan) -> Iterator[str]:
    doubled = sorted(plan.space.names & set(plan.static))
    if doubled:
        yield f"The hyperparameter {doubled[0]} is both static and tuned: leave one of them out."
    if OBJECTIVE_KEY in plan.space.names:
        yield f"The hyperparameter {OBJECTIVE_KEY} is reserved: it cannot be tuned."
    metrics = plan.definition["AlgorithmSpecification"].get("MetricDefinitions", [])
    if plan.objective.metric not in {metric["Name"] for metric in metrics}:
        yield _NO_METRIC
    for metric in metrics:
        if not _is_regex(metric["Regex"]):
            yield f"The Regex of the metric {metric['Name']} is not a regular expression."
    if "ResourceConfig" in plan.definition:
        if "HyperParameterTuningResourceConfig" in plan.definition:
            yield "Specify either ResourceConfig or HyperParameterTuningResourceConfig."
    elif "HyperParameterTuningResourceConfig" not in plan.definition:
        yield "A ResourceConfig is required."


def _in_strategy(study: Study) -> Iterator[str]:
    if study.strategy != "Hyperband" and "StrategyConfig" in study.config:
        yield "StrategyConfig is for the Hyperband strategy only."
    if study.strategy == "Grid":
        size = sum(plan.space.size for plan in study.plans)
        for plan in study.plans:
            next(plan.space.grid())  # raises for ranges without a grid
        if study.most_jobs != size:
            yield (
                "For the Grid strategy MaxNumberOfTrainingJobs must be left out or equal the "
                f"number of combinations, {size:g}."
            )
    if study.strategy == "Hyperband":
        yield from _in_hyperband(study)


def _in_hyperband(study: Study) -> Iterator[str]:
    if study.stops_early:
        yield "Hyperband stops training jobs itself: TrainingJobEarlyStoppingType must be Off."
    for plan in study.plans:
        resources = study.resources(plan)
        if resources is None:
            yield (
                "Hyperband needs a MaxResource in HyperbandStrategyConfig, or the static "
                "hyperparameter epochs."
            )
        elif resources[0] >= resources[1]:
            yield "Hyperband's MinResource must be less than its MaxResource."
        elif resources[1] > _MOST_EPOCHS:
            yield f"Hyperband's MaxResource can be no more than {_MOST_EPOCHS}."


def _in_limits(study: Study) -> Iterator[str]:
    limits = study.config["ResourceLimits"]
    if study.strategy == "Grid" or limits.keys() & {"MaxNumberOfTrainingJobs"}:
        return
    if not study.criteria and study.most_seconds is None:
        yield (
            "A tuning job needs an end: give MaxNumberOfTrainingJobs, MaxRuntimeInSeconds or "
            "TuningJobCompletionCriteria."
        )


def _in_parent(study: Study, parent: Tuning) -> Iterator[str]:
    name, before = parent.job.name, Study(parent.job.definition)
    if not parent.job.has_ended:
        yield f"The parent tuning job {name} has not ended yet: wait for it, or stop it."
    if len(study.plans) > 1 or len(before.plans) > 1:
        yield "Warm start is for tuning jobs with one training job definition."
    plan, old = study.plans[0], before.plans[0]
    if plan.objective != old.objective:
        yield f"The objective metric must be the same as in the parent tuning job {name}."
    if len(_hyperparameters(plan)) != len(_hyperparameters(old)):
        yield (
            "The number of static and tuned hyperparameters together must be the same as in the "
            f"parent tuning job {name}."
        )
    if study.request["WarmStartConfig"]["WarmStartType"] == "IdenticalDataAndAlgorithm":
        for path in ("InputDataConfig", "TrainingImage"):
            if _part(plan, path) != _part(old, path):
                yield (
                    f"IdenticalDataAndAlgorithm needs the {path} of the parent tuning job {name}: "
                    "use it, or choose TransferLearning."
                )


def _hyperparameters(plan: Plan) -> set[str]:
    return (set(plan.static) | plan.space.names) - {OBJECTIVE_KEY}


def _part(plan: Plan, key: str) -> Any:
    return plan.definition.get(key) or plan.definition["AlgorithmSpecification"].get(key)


def _is_regex(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
