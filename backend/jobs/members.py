"""Requests as the members of ``CreateTrainingJob`` and ``CreateHyperParameterTuningJob``."""

from collections.abc import Mapping
from typing import Any, Final

from backend.cloud.naming import (
    DATASET_SHA256_TAG,
    DATASET_TAG,
    PROGRAM_TAG,
    SOURCE_TAG,
    TASK_TAG,
    as_tags,
)
from backend.jobs.requests import Addresses, TrainingRequest, TuningRequest, texts
from backend.tasks.recipes.base import Range, Space, Value, as_text

FINE_TUNED: Final = "finetuned"
TUNED: Final = "tuned"
"""Values of the source tag: where a job's model comes from."""

Members = dict[str, Any]


def training_members(request: TrainingRequest, addresses: Addresses) -> Members:
    """The members of CreateTrainingJob."""
    members = {
        "TrainingJobName": request.name,
        "HyperParameters": _script(addresses, request.hyperparameters),
        **_definition(request, addresses),
        "Tags": _tags(request, FINE_TUNED),
    }
    if addresses.checkpoint_uri:
        members["CheckpointConfig"] = {"S3Uri": addresses.checkpoint_uri}
    return members


def tuning_members(request: TuningRequest, addresses: Addresses) -> Members:
    """The members of CreateHyperParameterTuningJob.

    Trials keep no checkpoints in S3: all of them would share one folder.
    """
    config: Members = {
        "Strategy": request.strategy,
        "HyperParameterTuningJobObjective": {
            "Type": request.training.objective.direction,
            "MetricName": request.training.objective.metric,
        },
        "ResourceLimits": {
            "MaxNumberOfTrainingJobs": request.max_jobs,
            "MaxParallelTrainingJobs": request.parallel_jobs,
        },
        "ParameterRanges": ranges(request.spaces),
        "TrainingJobEarlyStoppingType": "Auto" if request.early_stopping else "Off",
    }
    if criteria := _criteria(request):
        config["TuningJobCompletionCriteria"] = criteria
    if request.seed is not None:
        config["RandomSeed"] = request.seed
    members: Members = {
        "HyperParameterTuningJobName": request.name,
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": {
            "StaticHyperParameters": {
                name: value
                for name, value in _script(addresses, request.fixed).items()
                if name not in request.spaces
            },
            **_definition(request.training, addresses),
        },
        "Tags": _tags(request.training, TUNED),
    }
    if request.parents:
        members["WarmStartConfig"] = {
            "ParentHyperParameterTuningJobs": [
                {"HyperParameterTuningJobName": name} for name in request.parents
            ],
            "WarmStartType": "IdenticalDataAndAlgorithm",
        }
    return members


def ranges(spaces: Mapping[str, Space]) -> Members:
    """``spaces`` as SageMaker's ParameterRanges."""
    result: Members = {}
    for name, space in spaces.items():
        if isinstance(space, Range):
            kind = "IntegerParameterRanges" if space.integer else "ContinuousParameterRanges"
            entry: Members = {
                "Name": name,
                "MinValue": _limit(space.low, integer=space.integer),
                "MaxValue": _limit(space.high, integer=space.integer),
                "ScalingType": space.scaling,
            }
        else:
            kind = "CategoricalParameterRanges"
            entry = {"Name": name, "Values": [as_text(value) for value in space.values]}
        result.setdefault(kind, []).append(entry)
    return result


def _limit(value: float, *, integer: bool) -> str:
    return str(int(value)) if integer else repr(float(value))


def _criteria(request: TuningRequest) -> Members:
    criteria: Members = {}
    if request.target is not None:
        criteria["TargetObjectiveMetricValue"] = request.target
    if request.patience is not None:
        criteria["BestObjectiveNotImproving"] = {
            "MaxNumberOfTrainingJobsNotImproving": request.patience
        }
    return criteria


def _script(addresses: Addresses, values: Mapping[str, Value]) -> dict[str, str]:
    """The hyperparameters, with those that make the container's toolkit run the program (script
    mode).
    """
    program = {
        "sagemaker_program": addresses.entry,
        "sagemaker_submit_directory": addresses.source_uri,
    }
    return {**addresses.hyperparameters, **program, **texts(values)}


def _definition(request: TrainingRequest, addresses: Addresses) -> Members:
    """What a training job and the trials of a tuning job have in common."""
    return {
        "AlgorithmSpecification": {
            "TrainingImage": addresses.image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [
                {"Name": metric.name, "Regex": metric.regex} for metric in request.metrics
            ],
        },
        "RoleArn": addresses.role_arn,
        "InputDataConfig": [
            {
                "ChannelName": name,
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": uri,
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
                "ContentType": content,
            }
            for name, (uri, content) in _channels(request, addresses).items()
        ],
        "OutputDataConfig": {"S3OutputPath": addresses.output_uri},
        "ResourceConfig": {
            "InstanceType": request.instance_type or addresses.instance_type,
            "InstanceCount": 1,
            "VolumeSizeInGB": request.volume_gb,
        },
        **_limits(request),
    }


def _limits(request: TrainingRequest) -> Members:
    condition = {"MaxRuntimeInSeconds": request.max_seconds}
    if not request.spot:
        return {"StoppingCondition": condition}
    condition["MaxWaitTimeInSeconds"] = request.max_wait_seconds
    return {"EnableManagedSpotTraining": True, "StoppingCondition": condition}


_CONTENTS: Final = {"model": "application/x-sagemaker-model", "training": "text/csv"}
"""What channels hold; all others hold JSON Lines."""


def _channels(request: TrainingRequest, addresses: Addresses) -> dict[str, tuple[str, str]]:
    if addresses.channels is None:
        uris = {name: one.uri for name, one in request.channels.items()}
    else:
        uris = dict(addresses.channels)
    return {name: (uri, _CONTENTS.get(name, "application/jsonlines")) for name, uri in uris.items()}


def _tags(request: TrainingRequest, source: str) -> list[dict[str, str]]:
    return as_tags(
        {
            TASK_TAG: request.task,
            PROGRAM_TAG: request.program,
            SOURCE_TAG: source,
            DATASET_TAG: request.dataset,
            DATASET_SHA256_TAG: request.dataset_sha256,
        }
    )
