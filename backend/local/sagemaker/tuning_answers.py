"""Tuning jobs and their training jobs in AWS's shapes."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.local.jobs.tuning_plan import Study
from backend.local.jobs.tuning_records import Trial, Tuning, TuningJob
from backend.local.jobs.tuning_rules import best, progress

_SHOWN = (
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobConfig",
    "TrainingJobDefinition",
    "TrainingJobDefinitions",
    "WarmStartConfig",
)


def describe(tuning: Tuning, moment: datetime) -> dict[str, Any]:
    """DescribeHyperParameterTuningJob's answer at ``moment``."""
    job, study = tuning.job, Study(tuning.job.definition)
    leader = best(tuning.trials, study.objective)
    shown = progress(tuning.trials, study.objective)
    return {
        **{key: job.definition[key] for key in _SHOWN if key in job.definition},
        "HyperParameterTuningJobArn": job.arn,
        "HyperParameterTuningJobStatus": job.status,
        **_times(job),
        **_counters(tuning.trials),
        "BestTrainingJob": summary(leader, study) if leader else None,
        "OverallBestTrainingJob": _overall_best(tuning, study),
        "FailureReason": job.failure_reason,
        "TuningJobCompletionDetails": {
            "NumberOfTrainingJobsObjectiveNotImproving": shown.not_improving,
            "ConvergenceDetectedTime": shown.converged,
        },
        "ConsumedResources": {
            "RuntimeInSeconds": round(
                ((job.end_time or moment) - job.creation_time).total_seconds()
            )
        },
    }


def listed(tuning: Tuning) -> dict[str, Any]:
    """The tuning job as ListHyperParameterTuningJobs shows it."""
    job, study = tuning.job, Study(tuning.job.definition)
    return {
        "HyperParameterTuningJobName": job.name,
        "HyperParameterTuningJobArn": job.arn,
        "HyperParameterTuningJobStatus": job.status,
        "Strategy": study.strategy,
        **_times(job),
        **_counters(tuning.trials),
        "ResourceLimits": study.config["ResourceLimits"],
    }


def summary(trial: Trial, study: Study, *, tuning_job: str | None = None) -> dict[str, Any]:
    """A HyperParameterTrainingJobSummary; ``tuning_job`` names a job that it is not listed with."""
    plan = study.plans[trial.plan]
    final: dict[str, Any] | None = None
    if trial.score is not None:
        final = {"MetricName": plan.objective.metric, "Value": trial.score}
        if len(study.plans) > 1:
            final["Type"] = plan.objective.kind
    return {
        "TrainingJobDefinitionName": plan.name,
        "TrainingJobName": trial.training_job,
        "TrainingJobArn": trial.arn,
        "TuningJobName": tuning_job,
        "CreationTime": trial.created,
        "TrainingStartTime": trial.started,
        "TrainingEndTime": trial.ended,
        "TrainingJobStatus": trial.status,
        "TunedHyperParameters": trial.parameters,
        "FailureReason": trial.failure_reason,
        "FinalHyperParameterTuningJobObjectiveMetric": final,
        "ObjectiveStatus": trial.objective_status,
    }


def _times(job: TuningJob) -> dict[str, Any]:
    return {
        "CreationTime": job.creation_time,
        "LastModifiedTime": job.last_modified_time,
        "HyperParameterTuningEndTime": job.end_time,
    }


def _counters(trials: Sequence[Trial]) -> dict[str, Any]:
    launched = [trial for trial in trials if trial.arn]
    statuses = Counter(trial.status if trial.has_ended else "InProgress" for trial in launched)
    objectives = Counter(trial.objective_status for trial in launched)
    return {
        "TrainingJobStatusCounters": {
            "Completed": statuses["Completed"],
            "InProgress": statuses["InProgress"],
            "RetryableError": 0,
            "NonRetryableError": statuses["Failed"],
            "Stopped": statuses["Stopped"],
        },
        "ObjectiveStatusCounters": {
            "Succeeded": objectives["Succeeded"],
            "Pending": objectives["Pending"],
            "Failed": objectives["Failed"],
        },
    }


def _overall_best(tuning: Tuning, study: Study) -> dict[str, Any] | None:
    """The best of this job and of its parents, where their objectives are comparable."""
    warm_start = tuning.job.definition.get("WarmStartConfig", {})
    if warm_start.get("WarmStartType") != "IdenticalDataAndAlgorithm":
        return None
    leaders = [
        (family, leader)
        for family in (tuning, *tuning.parents)
        if (leader := best(family.trials, study.objective))
    ]
    champion = best([leader for _, leader in leaders], study.objective)
    for family, leader in leaders:
        if leader is champion:
            return summary(leader, Study(family.job.definition), tuning_job=family.job.name)
    return None
