"""When training jobs are stopped early, and when a tuning job is over."""

import math
from datetime import timedelta
from typing import Any

import pytest

from backend.local.jobs.tuning_plan import Objective, Study
from backend.local.jobs.tuning_rules import (
    Verdict,
    best,
    is_to_stop,
    places,
    progress,
    verdict,
)
from tests.local.jobs.tuning_support import START, request, running, trial, tuning

MAXIMIZE = Objective("f1", maximize=True)
MINIMIZE = Objective("loss", maximize=False)
EARLY = Study(request(TrainingJobEarlyStoppingType="Auto"))
HYPERBAND = Study(request(strategy="Hyperband"))  # of 9 epochs: rungs at 1 and 3


def judged(study: Study, *trials: Any, seconds: float = 0, status: str = "InProgress") -> Any:
    return verdict(tuning(study, *trials, status=status), study, START + timedelta(seconds=seconds))


def test_the_best_is_the_earliest_of_the_highest_or_lowest() -> None:
    trials = [trial(1, 0.5), trial(2, 0.7), trial(3, 0.7), trial(4, 0.1)]
    assert best(trials, MAXIMIZE) is trials[1]
    assert best(trials, MINIMIZE) is trials[3]


def test_what_failed_runs_or_has_no_objective_is_never_the_best() -> None:
    trials = [
        trial(1, None),
        trial(2, 0.9, status="Failed"),
        running(3, 0.9),
        trial(4, 0.1, status="Stopped"),
    ]
    assert best(trials, MAXIMIZE) is trials[3]
    assert best(trials[:3], MAXIMIZE) is None
    assert [item.objective_status for item in trials] == [
        "Failed",
        "Failed",
        "Pending",
        "Succeeded",
    ]


def test_a_trial_worse_than_the_median_of_running_averages_is_stopped() -> None:
    ended = [trial(n, 0.8, values=(v, 0.8)) for n, v in ((1, 0.5), (2, 0.6), (3, 0.7))]
    assert is_to_stop(running(4, 0.4), ended, EARLY)  # the median at 1 is 0.6
    assert not is_to_stop(running(4, 0.6), ended, EARLY)
    assert is_to_stop(running(4, 0.6, 0.69), ended, EARLY)  # and at 2 it is 0.7
    assert not is_to_stop(running(4, 0.6, 0.71), ended, EARLY)
    assert not is_to_stop(running(4, 0.1, 0.1, 0.1), ended, EARLY), "nobody went as far"
    assert is_to_stop(running(4, math.nan), ended, EARLY)


def test_early_stopping_needs_three_trials_to_compare_with_and_to_be_asked_for() -> None:
    ended = [trial(n, 0.8) for n in (1, 2, 3)]
    assert is_to_stop(running(4, 0.1), ended, EARLY)
    assert not is_to_stop(running(4, 0.1), ended[:2], EARLY)
    assert not is_to_stop(running(4, 0.1), [*ended[:2], trial(3, 0.8, status="Failed")], EARLY)
    assert not is_to_stop(running(4, 0.1), ended, Study(request()))
    assert not is_to_stop(running(4), ended, EARLY)


def test_hyperband_keeps_the_best_third_at_each_rung() -> None:
    rivals = [trial(n, v, values=(v,)) for n, v in ((1, 0.5), (2, 0.6), (3, 0.7))]
    middling, leader, lonely = running(6, 0.65), running(6, 0.75), running(6, 0.1)
    assert is_to_stop(middling, [*rivals, middling], HYPERBAND)
    assert not is_to_stop(leader, [*rivals, leader], HYPERBAND)
    assert not is_to_stop(lonely, [lonely], HYPERBAND)
    assert is_to_stop(running(6, math.nan), [], HYPERBAND)


def test_hyperband_lets_some_trials_show_more_before_it_compares_them() -> None:
    rivals = [trial(n, 0.9, values=(0.9,) * 9) for n in (1, 2, 3)]
    patient = running(4, 0.1)  # three of five are compared at once, the others from epoch 3 on
    assert not is_to_stop(patient, [*rivals, patient], HYPERBAND)
    assert is_to_stop(running(4, 0.1, 0.1, 0.1), rivals, HYPERBAND)


def test_hyperband_does_not_stop_before_the_least_resource_and_does_behind_the_most() -> None:
    config = {"HyperbandStrategyConfig": {"MinResource": 3, "MaxResource": 9}}
    study = Study(request(strategy="Hyperband", StrategyConfig=config))
    rivals = [trial(n, 0.9, values=(0.9,) * 9) for n in (1, 2, 3)]
    bad = running(4, 0.1, 0.1)
    assert not is_to_stop(bad, [*rivals, bad], study)
    assert is_to_stop(running(4, 0.1, 0.1, 0.1), [*rivals, bad], study)
    assert not is_to_stop(running(1, *[0.9] * 9), [], study)
    assert is_to_stop(running(1, *[0.9] * 10), [], study)


def test_a_job_goes_on_until_all_its_training_jobs_have_ended() -> None:
    study = Study(request(jobs=3, parallel=2))
    assert judged(study) is None
    assert judged(study, trial(1, 0.5), trial(2, 0.5), running(3)) is None
    assert judged(study, trial(1, 0.5), trial(2), trial(3)) == Verdict("Completed")


@pytest.mark.parametrize(
    ("jobs", "parallel", "trials", "free"),
    [
        (4, 2, [], 2),
        (4, 2, [running(1)], 1),
        (4, 2, [trial(1, 0.1), trial(2, 0.1), trial(3, 0.1)], 1),
        (4, 2, [running(1), running(2)], 0),
        (2, 9, [], 2),
        (9, 2, [trial(n, status="Failed") for n in range(1, 6)], 0),
    ],
)
def test_places_are_what_limits_leave(jobs: int, parallel: int, trials: Any, free: int) -> None:
    study = Study(request(jobs=jobs, parallel=parallel))
    assert places(tuning(study, *trials), study) == free


def test_nothing_but_failures_fail_the_job_in_one_sentence() -> None:
    study = Study(request(jobs=2))
    lost = [trial(n, status="Failed", failure_reason="AlgorithmError: no GPU.") for n in (1, 2)]
    assert judged(study, *lost) == Verdict(
        "Failed",
        "No training job succeeded after 2 attempts; the last one: AlgorithmError: no GPU.",
    )
    assert judged(study, lost[0], trial(2, 0.1)) == Verdict("Completed")


def test_a_job_gives_up_after_five_failures_without_success_as_on_aws() -> None:
    study = Study(request(jobs=50))
    lost = [trial(n, status="Failed", failure_reason="x") for n in range(1, 6)]
    assert judged(study, *lost[:4]) is None
    assert judged(study, *lost, running(6)) is None
    assert judged(study, *lost).status == "Failed"


def test_an_objective_that_is_never_printed_fails_the_job() -> None:
    found = judged(Study(request(jobs=2)), trial(1), trial(2))
    assert found.status == "Failed"
    assert "No objective metrics found after running 2 training jobs" in found.reason


def test_trials_that_ran_out_of_time_are_not_blamed_on_the_expression() -> None:
    late = [trial(number, status="Stopped") for number in (1, 2)]
    found = judged(Study(request(jobs=2)), *late)
    assert found.status == "Failed"
    assert "All 2 training jobs were stopped before they reported" in found.reason


def test_a_target_that_is_reached_completes_the_job() -> None:
    study = Study(request(TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.8}))
    assert judged(study, trial(1, 0.79), running(2, 0.9)) is None
    assert judged(study, trial(1, 0.8), running(2)) == Verdict("Completed")


def test_a_job_completes_when_its_best_does_not_improve_any_more() -> None:
    patience = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}
    study = Study(request(jobs=50, TuningJobCompletionCriteria=patience))
    trials = [trial(1, 0.5), trial(2, 0.7), trial(3, 0.6), trial(4, 0.706)]
    assert judged(study, *trials) is None
    assert judged(study, *trials, trial(5, 0.1)) == Verdict("Completed")


def test_improvement_counts_from_one_per_cent_in_the_order_in_which_trials_end() -> None:
    late = trial(1, 0.7, ended=START + timedelta(hours=1))
    assert progress([late, trial(2, 0.5), trial(3, 0.502)], MAXIMIZE).not_improving == 0
    assert progress([trial(2, 0.5), trial(3, 0.504)], MAXIMIZE).not_improving == 1
    assert progress([trial(2, 0.5), trial(3, 0.506)], MAXIMIZE).not_improving == 0
    assert progress([trial(2, 0.5), trial(3, 0.494)], MINIMIZE).not_improving == 0
    assert progress([], MAXIMIZE).not_improving == 0


def test_convergence_completes_the_job_where_that_is_wanted() -> None:
    trials = [trial(n, 0.5) for n in range(1, 12)]
    found = progress(trials, MAXIMIZE)
    assert (found.not_improving, found.converged) == (10, trials[-1].ended)
    for wanted, expected in (("Enabled", Verdict("Completed")), ("Disabled", None)):
        criteria = {"ConvergenceDetected": {"CompleteOnConvergence": wanted}}
        study = Study(request(jobs=50, TuningJobCompletionCriteria=criteria))
        assert judged(study, *trials) == expected


def test_a_job_that_runs_too_long_completes_with_what_it_has() -> None:
    study = Study(request(jobs=50, limits={"MaxRuntimeInSeconds": 120}))
    assert judged(study, trial(1, 0.5), running(2), seconds=119) is None
    assert judged(study, trial(1, 0.5), running(2), seconds=120) == Verdict("Completed")


def test_a_job_that_is_stopped_is_stopped_whatever_it_has_reached() -> None:
    study = Study(request(jobs=2))
    assert judged(study, running(1), status="Stopping") == Verdict("Stopped")
    assert judged(study, trial(1, 0.5), trial(2, 0.5), status="Stopping") == Verdict("Stopped")
