"""What tuning jobs are refused for, and what they inherit."""

from typing import Any

import pytest

from backend.local.jobs.tuning_checks import TuningError, check, check_parents
from backend.local.jobs.tuning_plan import Study, child_name, child_request, completed
from tests.local.jobs.tuning_support import METRIC, RANGES, definition, request, trial, tuning

CHOICES = {"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "b"]}]}


def hyperband(**config: Any) -> dict[str, Any]:
    return {"HyperbandStrategyConfig": config}


def several(*definitions: dict[str, Any]) -> dict[str, Any]:
    asked = request()
    del asked["TrainingJobDefinition"]
    del asked["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    del asked["HyperParameterTuningJobConfig"]["ParameterRanges"]
    return {**asked, "TrainingJobDefinitions": list(definitions)}


def named(name: str, kind: str = "Maximize") -> dict[str, Any]:
    objective = {"Type": kind, "MetricName": METRIC}
    return definition(DefinitionName=name, TuningObjective=objective, HyperParameterRanges=RANGES)


def with_definition(**more: Any) -> dict[str, Any]:
    return {**request(), "TrainingJobDefinition": definition(**more)}


NO_METRICS = {"TrainingImage": "i", "TrainingInputMode": "File"}
BAD_REGEX = {**NO_METRICS, "MetricDefinitions": [{"Name": METRIC, "Regex": "("}]}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({**request(), "Autotune": {"Mode": "Enabled"}}, "Autotune is not supported"),
        ({**request(), "TrainingJobDefinitions": [named("a")]}, "Specify either"),
        (several(named("a"), named("a")), "must differ"),
        (several(definition()), "Objective is required"),
        (several({**named("a"), "DefinitionName": None}), "needs a DefinitionName"),
        (several(named("a"), named("b", "Minimize")), "same Type"),
        (with_definition(StaticHyperParameters={"lr": "1"}), "lr is both static and tuned"),
        (with_definition(AlgorithmSpecification=NO_METRICS), "A metric is required"),
        (with_definition(AlgorithmSpecification=BAD_REGEX), "not a regular expression"),
        (with_definition(ResourceConfig=None), "ResourceConfig is required"),
        (request(jobs=None), "needs an end"),
        (request(ParameterRanges={}), "at least one"),
        (request(strategy="Grid"), "categorical ranges only"),
        (request(strategy="Grid", ParameterRanges=CHOICES, jobs=3), "number of combinations, 2"),
        (request(StrategyConfig=hyperband(MaxResource=3)), "Hyperband strategy only"),
        (request(strategy="Hyperband", TrainingJobEarlyStoppingType="Auto"), "must be Off"),
        (
            request(strategy="Hyperband", StrategyConfig=hyperband(MinResource=9)),
            "MinResource must be less",
        ),
        (
            request(strategy="Hyperband", StrategyConfig=hyperband(MaxResource=20_001)),
            "no more than 20000",
        ),
    ],
)
def test_what_no_tuning_job_could_follow_is_refused(asked: dict[str, Any], words: str) -> None:
    if asked.get("TrainingJobDefinition", {}).get("ResourceConfig", "") is None:
        del asked["TrainingJobDefinition"]["ResourceConfig"]
    for item in asked.get("TrainingJobDefinitions", []):
        if item.get("DefinitionName", "") is None:
            del item["DefinitionName"]
    with pytest.raises(TuningError, match=words):
        check(asked)


def test_hyperband_needs_a_largest_resource_or_epochs_to_infer_it_from() -> None:
    study = check(request(strategy="Hyperband"))
    assert study.resources(study.plans[0]) == (1, 9)
    asked = request(strategy="Hyperband")
    asked["TrainingJobDefinition"]["StaticHyperParameters"] = {}
    with pytest.raises(TuningError, match="needs a MaxResource"):
        check(asked)


def test_a_grid_has_as_many_jobs_as_combinations() -> None:
    study = check(request(strategy="Grid", ParameterRanges=CHOICES, jobs=None))
    assert study.most_jobs == 2


def test_a_job_may_end_by_its_criteria_alone() -> None:
    criteria = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}
    assert check(request(jobs=None, TuningJobCompletionCriteria=criteria)).most_jobs == 750


def test_training_jobs_get_what_is_fixed_what_is_tuned_and_what_counts() -> None:
    asked = with_definition(CheckpointConfig={"S3Uri": "s3://bucket/check/"})
    (plan,) = Study(asked).plans
    child = child_request(plan, "tune-001", {"lr": "0.1"}, [{"Key": "a", "Value": "b"}])
    assert child["HyperParameters"] == {
        "epochs": "9",
        "lr": "0.1",
        "_tuning_objective_metric": METRIC,
    }
    assert child["CheckpointConfig"] == {"S3Uri": "s3://bucket/check/tune-001"}
    assert child["Tags"] == [{"Key": "a", "Value": "b"}]
    assert child["ResourceConfig"] == asked["TrainingJobDefinition"]["ResourceConfig"]


def test_flexible_resources_become_those_of_a_training_job() -> None:
    asked = with_definition(
        HyperParameterTuningResourceConfig={
            "AllocationStrategy": "Prioritized",
            "InstanceConfigs": [
                {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5}
            ],
        }
    )
    del asked["TrainingJobDefinition"]["ResourceConfig"]
    child = child_request(check(asked).plans[0], "n", {}, [])
    assert child["ResourceConfig"] == {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 5,
    }


def test_names_of_training_jobs_are_those_of_aws() -> None:
    name = child_name("tune", 7)
    assert name.startswith("tune-007-")
    assert len(name.removeprefix("tune-007-")) == 8
    int(name[-8:], 16)


def test_a_described_job_shows_the_defaults() -> None:
    shown = completed(request())
    config = shown["HyperParameterTuningJobConfig"]
    assert config["TrainingJobEarlyStoppingType"] == "Off"
    assert config["ParameterRanges"]["IntegerParameterRanges"][0]["ScalingType"] == "Auto"
    assert config["ParameterRanges"]["CategoricalParameterRanges"] == []
    static = shown["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["_tuning_objective_metric"] == METRIC
    assert check(shown).plans[0].static == static  # and can be asked for again


def warm(kind: str = "IdenticalDataAndAlgorithm", **more: Any) -> Study:
    parents = [{"HyperParameterTuningJobName": "tune"}]
    config = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": kind}
    return Study({**with_definition(**more), "WarmStartConfig": config})


def test_parents_must_have_ended_and_be_of_the_same_kind() -> None:
    before = Study(request())
    ended = tuning(before, trial(1, 0.5), status="Stopped")
    check_parents(warm(), [ended])
    with pytest.raises(TuningError, match="has not ended yet"):
        check_parents(warm(), [tuning(before)])
    with pytest.raises(TuningError, match="number of static and tuned"):
        check_parents(warm(StaticHyperParameters={}), [ended])
    data = [{"ChannelName": "train", "DataSource": {}}]
    with pytest.raises(TuningError, match="InputDataConfig of the parent"):
        check_parents(warm(InputDataConfig=data), [ended])
    check_parents(warm("TransferLearning", InputDataConfig=data), [ended])
    other = {"Type": "Minimize", "MetricName": METRIC}
    with pytest.raises(TuningError, match="objective metric must be the same"):
        check_parents(warm(TuningObjective=other), [ended])
