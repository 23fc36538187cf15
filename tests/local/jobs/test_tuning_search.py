"""The points that the strategies choose."""

import ast
import math
import statistics
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from backend.local.jobs.tuning_plan import Study
from backend.local.jobs.tuning_records import Trial
from backend.local.jobs.tuning_search import suggest
from backend.settings import ROOT
from tests.local.jobs.test_tuning_checks import named, several
from tests.local.jobs.tuning_support import METRIC, definition, request, running, trial, tuning

IMPORTS = (ast.Import, ast.ImportFrom)


def quality(point: Mapping[str, str]) -> float:
    """Highest at lr = 1e-3 and depth = 4."""
    return -abs(math.log10(float(point["lr"])) + 3) - 0.1 * abs(int(point["depth"]) - 4)


def searched(study: Study, count: int, *, seed: int = 1, parents: Any = ()) -> list[Trial]:
    """``count`` trials, each of them chosen while the one before it still runs."""
    trials: list[Trial] = []
    for number in range(1, count + 1):
        ended = [replace(item, status="Completed") for item in trials[:-1]]
        asked = replace(tuning(study, *ended, *trials[-1:], seed=seed), parents=tuple(parents))
        plan, point = suggest(asked, study)
        found = trial(number, quality(point), parameters=point, plan=plan, status="InProgress")
        trials.append(found)
    return [replace(item, status="Completed") for item in trials]


@pytest.mark.parametrize("strategy", ["Random", "Bayesian", "Hyperband"])
def test_the_same_seed_finds_the_same_points_and_another_one_others(strategy: str) -> None:
    study = Study(request(strategy=strategy, jobs=7))
    first, second, other = (
        [item.parameters for item in searched(study, 7, seed=seed)] for seed in (5, 5, 6)
    )
    assert first == second != other


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_points_lie_in_their_ranges_and_differ(strategy: str) -> None:
    study = Study(request(strategy=strategy, jobs=12))
    points = [item.parameters for item in searched(study, 12)]
    assert all(study.plans[0].space.holds(point) for point in points)
    assert len({tuple(point.values()) for point in points}) == 12


def test_points_of_a_small_space_are_not_tried_twice() -> None:
    values = {"CategoricalParameterRanges": [{"Name": "c", "Values": list("abcdef")}]}
    study = Study(request(strategy="Random", ParameterRanges=values))
    trials: list[Trial] = []
    for number in range(1, 7):
        _, point = suggest(tuning(study, *trials), study)
        trials.append(trial(number, 0.5, parameters=point))
    assert len({item.parameters["c"] for item in trials}) >= 5


def test_the_results_guide_the_bayesian_search() -> None:
    def mean_of_the_last(strategy: str) -> float:
        study = Study(request(strategy=strategy, jobs=16))
        runs = (searched(study, 16, seed=seed)[8:] for seed in (100, 200, 300))
        return statistics.fmean(quality(item.parameters) for run in runs for item in run)

    assert mean_of_the_last("Bayesian") > mean_of_the_last("Random") + 0.15


def test_trials_that_run_side_by_side_spread_over_the_ranges() -> None:
    study = Study(request(jobs=8, parallel=8))
    trials: list[Trial] = []
    for number in range(1, 9):
        _, point = suggest(tuning(study, *trials), study)
        trials.append(replace(running(number), parameters=point))
    rates = sorted(math.log10(float(item.parameters["lr"])) for item in trials)
    assert [int((rate + 5) / 3 * 8) for rate in rates] == list(range(8))


def test_a_grid_search_tries_each_combination_once() -> None:
    values = [{"Name": "a", "Values": ["1", "2"]}, {"Name": "b", "Values": ["x", "y", "z"]}]
    ranges = {"CategoricalParameterRanges": values}
    study = Study(request(strategy="Grid", jobs=None, ParameterRanges=ranges))
    trials: list[Trial] = []
    for number in range(1, study.most_jobs + 1):
        _, point = suggest(tuning(study, *trials), study)
        trials.append(trial(number, parameters=point))
    assert len({tuple(item.parameters.values()) for item in trials}) == 6


def test_several_definitions_are_searched_in_turns() -> None:
    asked = several(named("a"), named("b"))
    found = searched(Study(asked), 4)
    assert [item.plan for item in found] == [0, 1, 0, 1]


def warm(kind: str, **more: Any) -> Study:
    parents = [{"HyperParameterTuningJobName": "tune"}]
    config = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": kind}
    return Study({**request(jobs=8), "WarmStartConfig": config, **more})


def test_a_warm_start_on_the_same_data_goes_on_where_its_parent_ended() -> None:
    parent = tuning(Study(request(jobs=20)), *searched(Study(request(jobs=20)), 20))
    cold = searched(Study(request(jobs=8)), 3, seed=9)
    found = searched(warm("IdenticalDataAndAlgorithm"), 3, seed=9, parents=[parent])
    mean = statistics.fmean
    assert mean(quality(t.parameters) for t in found) > mean(quality(t.parameters) for t in cold)


def test_a_warm_start_on_other_data_begins_with_the_best_of_its_parents() -> None:
    points = [{"lr": "0.001", "depth": "4"}, {"lr": "0.01", "depth": "8"}]
    lost = {"lr": "0.5", "depth": "4"}  # beyond the range
    parent = tuning(
        Study(request()),
        trial(1, 0.2, parameters=points[1]),
        trial(2, 0.9, parameters=points[0]),
        trial(3, 0.99, parameters=lost),
        trial(4, 0.99, parameters=points[1], status="Failed"),
    )
    found = searched(warm("TransferLearning"), 3, parents=[parent])
    assert [item.parameters for item in found[:2]] == points
    assert found[2].parameters not in points


def test_a_hyperparameter_that_was_fixed_in_the_parent_counts_with_its_value() -> None:
    ranges = {"ContinuousParameterRanges": [{"Name": "lr", "MinValue": "1e-5", "MaxValue": "1"}]}
    before = Study(
        {
            **request(ParameterRanges=ranges),
            "TrainingJobDefinition": definition(StaticHyperParameters={"depth": "4"}),
        }
    )
    parent = tuning(before, trial(1, 0.9, parameters={"lr": "0.001"}))
    (found,) = searched(warm("TransferLearning"), 1, parents=[parent])
    assert found.parameters == {"lr": "0.001", "depth": "4"}


def test_a_trial_without_objective_does_not_hinder_the_search() -> None:
    study = Study(request(jobs=8))
    lost = [
        trial(n, status="Failed", parameters={"lr": "0.001", "depth": "1"}) for n in range(1, 7)
    ]
    _, point = suggest(tuning(study, *lost), study)
    assert study.plans[0].space.holds(point)


def test_the_direction_of_the_objective_is_heeded() -> None:
    objective = {"Type": "Minimize", "MetricName": METRIC}
    study = Study(request(jobs=20, HyperParameterTuningJobObjective=objective))
    grades = [("1e-05", 0.1), ("0.01", 0.9)] * 4
    trials = [
        trial(n, value, parameters={"lr": lr, "depth": str(n)})
        for n, (lr, value) in enumerate(grades, 1)
    ]
    rates = []
    for seed in range(8):
        _, point = suggest(tuning(study, *trials, seed=seed), study)
        rates.append(math.log10(float(point["lr"])))
    assert statistics.median(rates) < -3.5


def test_optuna_is_loaded_by_nothing_but_a_suggestion() -> None:
    for path in (ROOT / "backend" / "local").rglob("*.py"):
        at_import = ast.parse(path.read_text()).body
        names = [ast.unparse(node) for node in at_import if isinstance(node, IMPORTS)]
        assert not [name for name in names if "optuna" in name], path
