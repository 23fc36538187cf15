"""What SageMaker says of jobs, as the records of ``backend.jobs.records``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from backend.cloud.naming import (
    DATASET_SHA256_TAG,
    DATASET_TAG,
    PROGRAM_TAG,
    PROJECT_TAG,
    SOURCE_TAG,
    TASK_TAG,
)
from backend.jobs.records import Counters, TrainingJob, Transition, Trial, TuningJob, is_finished
from backend.tasks.recipes.base import (
    Choices,
    MetricDefinition,
    Objective,
    Range,
    Space,
)

_INTERNAL: Final = ("sagemaker_", "_tuning_")
"""Hyperparameters that are not the trainer's."""

Facts = Mapping[str, Any]
Tags = Mapping[str, str]


def training_job(facts: Facts, tags: Tags) -> TrainingJob:
    """A DescribeTrainingJob answer and the job's tags as a ``TrainingJob``."""
    tuning = str(facts.get("TuningJobArn", "")).rpartition("/")[2]
    algorithm = facts.get("AlgorithmSpecification", {})
    return TrainingJob(
        name=facts["TrainingJobName"],
        arn=facts["TrainingJobArn"],
        status=facts["TrainingJobStatus"],
        secondary_status=facts.get("SecondaryStatus", ""),
        failure_reason=facts.get("FailureReason", ""),
        created=facts["CreationTime"],
        started=facts.get("TrainingStartTime"),
        ended=_ended(facts, facts["TrainingJobStatus"], "TrainingEndTime"),
        task=tags.get(TASK_TAG, ""),
        source=tags.get(SOURCE_TAG, ""),
        dataset=tags.get(DATASET_TAG, ""),
        dataset_sha256=tags.get(DATASET_SHA256_TAG, ""),
        tuning_job=tuning,
        hyperparameters=own_hyperparameters(facts.get("HyperParameters", {})),
        metric_definitions=_definitions(algorithm),
        metrics={
            metric["MetricName"]: float(metric["Value"])
            for metric in facts.get("FinalMetricDataList", [])
        },
        channels=_channels(facts),
        transitions=tuple(
            Transition(
                item["Status"],
                item.get("StatusMessage", ""),
                item["StartTime"],
                item.get("EndTime"),
            )
            for item in facts.get("SecondaryStatusTransitions", [])
        ),
        model_uri=facts.get("ModelArtifacts", {}).get("S3ModelArtifacts", ""),
        output_uri=facts.get("OutputDataConfig", {}).get("S3OutputPath", ""),
        instance_type=facts.get("ResourceConfig", {}).get("InstanceType", ""),
        max_seconds=facts.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 0),
        max_wait_seconds=facts.get("StoppingCondition", {}).get("MaxWaitTimeInSeconds", 0),
        billable_seconds=facts.get("BillableTimeInSeconds", 0),
        instances=facts.get("ResourceConfig", {}).get("InstanceCount", 1),
        spot=facts.get("EnableManagedSpotTraining", False),
        project=tags.get(PROJECT_TAG, ""),
        program=tags.get(PROGRAM_TAG, ""),
    )


def tuning_job(facts: Facts, tags: Tags) -> TuningJob:
    """A DescribeHyperParameterTuningJob answer and the job's tags as a ``TuningJob``."""
    config = facts["HyperParameterTuningJobConfig"]
    definition = facts.get("TrainingJobDefinition") or {}
    goal = config.get("HyperParameterTuningJobObjective", {})
    counts = facts.get("TrainingJobStatusCounters", {})
    limits = config["ResourceLimits"]
    best = facts.get("BestTrainingJob")
    return TuningJob(
        name=facts["HyperParameterTuningJobName"],
        arn=facts["HyperParameterTuningJobArn"],
        status=facts["HyperParameterTuningJobStatus"],
        failure_reason=facts.get("FailureReason", ""),
        strategy=config["Strategy"],
        objective=Objective(goal.get("MetricName", ""), goal.get("Type", "Maximize")),
        created=facts["CreationTime"],
        ended=_ended(facts, facts["HyperParameterTuningJobStatus"], "HyperParameterTuningEndTime"),
        max_jobs=limits.get("MaxNumberOfTrainingJobs", 0),
        parallel_jobs=limits["MaxParallelTrainingJobs"],
        counters=Counters(
            completed=counts.get("Completed", 0),
            in_progress=counts.get("InProgress", 0),
            failed=counts.get("RetryableError", 0) + counts.get("NonRetryableError", 0),
            stopped=counts.get("Stopped", 0),
        ),
        best=trial(best) if best else None,
        spaces=spaces_of(config.get("ParameterRanges", {})),
        early_stopping=config.get("TrainingJobEarlyStoppingType") == "Auto",
        parents=tuple(
            parent["HyperParameterTuningJobName"]
            for parent in facts.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
        ),
        task=tags.get(TASK_TAG, ""),
        dataset=tags.get(DATASET_TAG, ""),
        dataset_sha256=tags.get(DATASET_SHA256_TAG, ""),
        fixed=own_hyperparameters(definition.get("StaticHyperParameters", {})),
        metric_definitions=_definitions(definition.get("AlgorithmSpecification", {})),
        channels=_channels(definition),
        instance_type=(definition.get("ResourceConfig") or {}).get("InstanceType", ""),
        max_seconds=(definition.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds", 0),
        max_wait_seconds=(definition.get("StoppingCondition") or {}).get("MaxWaitTimeInSeconds", 0),
        spot=definition.get("EnableManagedSpotTraining", False),
        project=tags.get(PROJECT_TAG, ""),
        program=tags.get(PROGRAM_TAG, ""),
    )


def trial(facts: Facts) -> Trial:
    """A HyperParameterTrainingJobSummary as a ``Trial``."""
    objective = facts.get("FinalHyperParameterTuningJobObjectiveMetric")
    return Trial(
        name=facts["TrainingJobName"],
        status=facts["TrainingJobStatus"],
        created=facts["CreationTime"],
        started=facts.get("TrainingStartTime"),
        ended=facts.get("TrainingEndTime"),
        hyperparameters=own_hyperparameters(facts.get("TunedHyperParameters", {})),
        objective=None if objective is None else float(objective["Value"]),
        objective_status=facts.get("ObjectiveStatus", ""),
        failure_reason=facts.get("FailureReason", ""),
    )


def spaces_of(ranges: Facts) -> dict[str, Space]:
    """SageMaker's ParameterRanges as spaces; a range that holds one value is a choice."""
    spaces: dict[str, Space] = {}
    for kind in ("ContinuousParameterRanges", "IntegerParameterRanges"):
        for item in ranges.get(kind, []):
            low, high = float(item["MinValue"]), float(item["MaxValue"])
            whole = kind.startswith("Integer")
            spaces[item["Name"]] = (
                Range(low, high, item.get("ScalingType", "Auto"), integer=whole)
                if low < high
                else Choices((low,))
            )
    for item in ranges.get("CategoricalParameterRanges", []):
        spaces[item["Name"]] = Choices(tuple(item["Values"]))
    return spaces


def own_hyperparameters(given: Mapping[str, str]) -> dict[str, str]:
    """Those of the trainer: without SageMaker's own, and without the SDK's JSON quotes."""
    return {
        name: value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
        for name, value in given.items()
        if not name.startswith(_INTERNAL)
    }


def _definitions(algorithm: Facts) -> tuple[MetricDefinition, ...]:
    found: Sequence[Facts] = algorithm.get("MetricDefinitions", [])
    return tuple(MetricDefinition(item["Name"], item["Regex"]) for item in found)


def _channels(facts: Facts) -> dict[str, str]:
    return {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in facts.get("InputDataConfig", [])
        if "S3DataSource" in channel.get("DataSource", {})
    }


def _ended(facts: Facts, status: str, key: str) -> datetime | None:
    """When a job ended; one that never started has only the time of its last change."""
    ended: datetime | None = facts.get(key)
    if ended is None and is_finished(status):
        ended = facts.get("LastModifiedTime")
    return ended
