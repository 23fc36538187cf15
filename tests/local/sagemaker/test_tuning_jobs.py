"""What the operations on tuning jobs answer, from what is on file."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.local.jobs.tuning_plan import Study
from backend.local.sagemaker import tuning_answers
from backend.local.sagemaker.tuning_jobs import trial_page
from backend.local.wire.errors import AwsError
from tests.local.jobs.test_tuning_checks import named, several
from tests.local.jobs.tuning_support import METRIC, START, request, running, trial, tuning

STUDY = Study(request(jobs=9))
TRIALS = [
    trial(1, 0.5, created=START),
    trial(2, 0.9, created=START, status="Stopped"),
    trial(3, None, created=START, status="Failed", failure_reason="AlgorithmError: x"),
    replace(running(4, 0.95), created=START),
    trial(5, 0.7, created=START + timedelta(seconds=5)),
    trial(6, arn=None, status="InProgress"),  # decided, not launched yet
]


def numbers(**asked: Any) -> list[int]:
    """The numbers of all trials that are listed, fetched two at a time."""
    found, token = trial_page(TRIALS, {"MaxResults": 2, **asked})
    while token:
        more, token = trial_page(TRIALS, {"MaxResults": 2, **asked, "NextToken": token})
        found += more
    return [item.number for item in found]


def test_training_jobs_are_listed_by_name_unless_asked_otherwise() -> None:
    assert numbers() == [1, 2, 3, 4, 5]
    assert numbers(SortOrder="Descending") == [5, 4, 3, 2, 1]
    assert numbers(SortBy="CreationTime", SortOrder="Descending") == [5, 4, 3, 2, 1]
    assert numbers(SortBy="Status") == [1, 5, 3, 4, 2]


def test_by_final_objective_only_jobs_that_have_one_are_listed() -> None:
    assert numbers(SortBy="FinalObjectiveMetricValue") == [1, 5, 2]
    assert numbers(SortBy="FinalObjectiveMetricValue", SortOrder="Descending") == [2, 5, 1]


def test_training_jobs_are_filtered_by_status() -> None:
    assert numbers(StatusEquals="Completed") == [1, 5]
    assert numbers(StatusEquals="Deleting") == []


@pytest.mark.parametrize("token", ["made up", "W10=", "WyJOYW1lIiwgZmFsc2UsICJhIiwgImEiXQ=="])
def test_a_token_of_another_list_is_refused(token: str) -> None:
    with pytest.raises(AwsError, match="NextToken is not valid"):
        trial_page(TRIALS, {"NextToken": token})


def test_a_job_is_described_with_its_counters_and_its_best() -> None:
    shown = tuning_answers.describe(tuning(STUDY, *TRIALS), START + timedelta(seconds=90))
    assert shown["TrainingJobStatusCounters"] == {
        "Completed": 2,
        "InProgress": 1,
        "RetryableError": 0,
        "NonRetryableError": 1,
        "Stopped": 1,
    }
    assert shown["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 1, "Failed": 1}
    best = shown["BestTrainingJob"]
    assert best["TrainingJobName"] == "tune-002"
    assert best["FinalHyperParameterTuningJobObjectiveMetric"] == {
        "MetricName": METRIC,
        "Value": 0.9,
    }
    assert shown["OverallBestTrainingJob"] is None
    assert shown["ConsumedResources"] == {"RuntimeInSeconds": 90}
    assert shown["TuningJobCompletionDetails"]["NumberOfTrainingJobsObjectiveNotImproving"] == 1


def test_a_job_without_results_has_no_best() -> None:
    shown = tuning_answers.describe(tuning(STUDY, running(1)), START)
    assert shown["BestTrainingJob"] is None


def warm(kind: str) -> Study:
    parents = [{"HyperParameterTuningJobName": "before"}]
    config = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": kind}
    return Study({**request(), "WarmStartConfig": config})


def test_the_overall_best_may_be_that_of_a_parent_on_the_same_data() -> None:
    parent = tuning(STUDY, trial(7, 0.8))
    for kind, expected in (("IdenticalDataAndAlgorithm", "tune-007"), ("TransferLearning", None)):
        child = replace(tuning(warm(kind), trial(1, 0.5)), parents=(parent,))
        shown = tuning_answers.describe(child, START)
        assert (shown["OverallBestTrainingJob"] or {}).get("TrainingJobName") == expected
        assert shown["BestTrainingJob"]["TrainingJobName"] == "tune-001"


def test_with_several_definitions_each_training_job_names_its_own() -> None:
    study = Study(several(named("first"), named("second")))
    shown = tuning_answers.summary(trial(2, 0.5, plan=1), study)
    assert shown["TrainingJobDefinitionName"] == "second"
    assert shown["FinalHyperParameterTuningJobObjectiveMetric"]["Type"] == "Maximize"
