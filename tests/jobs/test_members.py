"""Requests as SageMaker's members: complete, valid by its own model, and nothing beside."""

from dataclasses import replace
from typing import Any

import pytest

from backend.errors import InputError
from backend.jobs.members import training_members, tuning_members
from backend.jobs.requests import Start
from backend.local.wire.models import service_model
from backend.local.wire.validation import validate
from backend.tasks.recipes.base import Choices, Range
from backend.tasks.recipes.registry import RECIPES
from tests.jobs.samples import ADDRESSES, fine_tune, published, search

TASKS = pytest.mark.parametrize("task", RECIPES)


def check(operation: str, members: dict[str, Any]) -> None:
    """Raises where SageMaker's own model of the operation does not allow the members."""
    validate(service_model("sagemaker").operation_model(operation).input_shape, members)


@TASKS
def test_a_training_job_is_valid(task: str) -> None:
    for preset in RECIPES[task].presets:
        request = fine_tune(task, preset=preset.name)
        check("CreateTrainingJob", training_members(request, ADDRESSES))


@TASKS
def test_a_search_is_valid(task: str) -> None:
    for preset in RECIPES[task].presets:
        members = tuning_members(search(task, preset=preset.name), ADDRESSES)
        check("CreateHyperParameterTuningJob", members)


def test_a_training_job_runs_our_program_in_script_mode_on_both_channels() -> None:
    members = training_members(fine_tune(), ADDRESSES)
    assert members["HyperParameters"]["sagemaker_program"] == "train.py"
    assert members["HyperParameters"]["sagemaker_submit_directory"] == ADDRESSES.source_uri
    assert members["HyperParameters"]["learning_rate"] == "0.0002"
    channels = {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in members["InputDataConfig"]
    }
    assert channels == {
        name: f"s3://b/p/datasets/support-mails/v1/{name}/" for name in ("train", "validation")
    }
    assert members["CheckpointConfig"] == {"S3Uri": "s3://b/p/jobs/n/checkpoints"}
    assert members["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}


def test_a_model_to_go_on_from_is_a_channel_of_its_own() -> None:
    start = Start("earlier", "s3://b/p/jobs/earlier/output/model.tar.gz")
    members = training_members(fine_tune(start=start), ADDRESSES)
    check("CreateTrainingJob", members)
    (channel,) = (one for one in members["InputDataConfig"] if one["ChannelName"] == "model")
    assert channel["ContentType"] == "application/x-sagemaker-model"
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == start.uri


def test_spare_machines_are_asked_for_with_the_time_to_wait_for_them() -> None:
    request = replace(fine_tune(), spot=True, max_wait_seconds=100_000)
    members = training_members(request, ADDRESSES)
    assert members["EnableManagedSpotTraining"] is True
    assert members["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 86400,
        "MaxWaitTimeInSeconds": 100_000,
    }
    assert "CheckpointConfig" in members  # what a job goes on from
    definition = tuning_members(replace(search(), training=request), ADDRESSES)[
        "TrainingJobDefinition"
    ]
    assert definition["EnableManagedSpotTraining"] is True
    assert "EnableManagedSpotTraining" not in training_members(fine_tune(), ADDRESSES)
    with pytest.raises(InputError, match="at least as long as it may train"):
        replace(fine_tune(), spot=True, max_wait_seconds=60)


def test_a_job_says_what_it_is_and_of_what_data() -> None:
    tags = {tag["Key"]: tag["Value"] for tag in training_members(fine_tune(), ADDRESSES)["Tags"]}
    assert tags == {
        "docinsights:task": "named_entities",
        "docinsights:source": "finetuned",
        "docinsights:dataset": "support-mails/v1",
        "docinsights:dataset-sha256": "1" * 64,
    }


def test_every_metric_is_defined_and_the_objective_among_them() -> None:
    members = tuning_members(search(), ADDRESSES)
    definition = members["TrainingJobDefinition"]
    names = {metric["Name"] for metric in definition["AlgorithmSpecification"]["MetricDefinitions"]}
    goal = members["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert goal == {"Type": "Maximize", "MetricName": "validation:f1"}
    assert {"validation:f1", "train:loss", "progress"} <= names


def test_ranges_are_sorted_by_their_kind_and_not_sent_as_fixed() -> None:
    spaces = {
        "learning_rate": Range(1e-5, 1e-2, "Logarithmic"),
        "epochs": Range(3, 10, integer=True),
        "frozen_layers": Choices((0, 12)),
    }
    members = tuning_members(search(spaces=spaces), ADDRESSES)
    assert members["HyperParameterTuningJobConfig"]["ParameterRanges"] == {
        "ContinuousParameterRanges": [
            {
                "Name": "learning_rate",
                "MinValue": "1e-05",
                "MaxValue": "0.01",
                "ScalingType": "Logarithmic",
            }
        ],
        "IntegerParameterRanges": [
            {"Name": "epochs", "MinValue": "3", "MaxValue": "10", "ScalingType": "Auto"}
        ],
        "CategoricalParameterRanges": [{"Name": "frozen_layers", "Values": ["0", "12"]}],
    }
    assert not set(spaces) & set(members["TrainingJobDefinition"]["StaticHyperParameters"])


def test_trials_do_not_share_a_folder_of_checkpoints() -> None:
    assert "CheckpointConfig" not in tuning_members(search(), ADDRESSES)["TrainingJobDefinition"]


def test_a_search_with_everything_is_valid() -> None:
    request = replace(
        search(),
        early_stopping=True,
        target=0.9,
        patience=5,
        seed=7,
        parents=("earlier-search",),
    )
    members = tuning_members(request, ADDRESSES)
    check("CreateHyperParameterTuningJob", members)
    config = members["HyperParameterTuningJobConfig"]
    assert config["TrainingJobEarlyStoppingType"] == "Auto"
    assert config["TuningJobCompletionCriteria"] == {
        "TargetObjectiveMetricValue": 0.9,
        "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 5},
    }
    assert members["WarmStartConfig"]["WarmStartType"] == "IdenticalDataAndAlgorithm"


def test_the_published_searches_keep_their_sizes() -> None:
    config = tuning_members(published("text_classification"), ADDRESSES)[
        "HyperParameterTuningJobConfig"
    ]
    assert config["ResourceLimits"] == {
        "MaxNumberOfTrainingJobs": 6,
        "MaxParallelTrainingJobs": 6,
    }
