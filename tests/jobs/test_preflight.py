"""The pre-flight check: our own recipes pass, every known mistake is found."""

from dataclasses import replace
from typing import Any

import pytest

from backend.jobs.estimates import Estimate, Pace, estimate
from backend.jobs.findings import Finding, can_stop_early, duration
from backend.jobs.preflight import check, expected_direction
from backend.jobs.requests import Channel, Request, TuningRequest
from backend.tasks.recipes.base import Choices, MetricDefinition, Objective, Range
from backend.tasks.recipes.registry import RECIPES, recipe_of
from tests.jobs.samples import fine_tune, published, search, with_values

OURS = [
    (task, preset.name)
    for task, recipe in RECIPES.items()
    for preset in recipe.presets
    if not preset.published
]


def found(request: Request, **options: Any) -> tuple[Finding, ...]:
    training = request.training if isinstance(request, TuningRequest) else request
    return check(request, recipe_of(training.task), **options)


def errors(request: Request, **options: Any) -> list[str]:
    return [f.what for f in found(request, **options) if f.level == "error"]


def told(request: Request, **options: Any) -> str:
    return " | ".join(finding.what for finding in found(request, **options))


@pytest.mark.parametrize(("task", "preset"), OURS)
def test_our_own_presets_have_nothing_wrong(task: str, preset: str) -> None:
    assert found(fine_tune(task, preset=preset)) == ()
    assert found(search(task, preset=preset)) == ()


def test_few_examples_are_enough_to_go_on_from_a_model_that_has_learned_the_task() -> None:
    few = {"train": Channel("s3://b/train/", 300)}
    alone = replace(fine_tune("question_answering"), channels=few)
    assert "only 300 training examples" in told(alone)
    going_on = replace(alone, channels=few | {"model": Channel("s3://b/m/model.tar.gz")})
    assert "training examples" not in told(going_on)
    tiny = {**going_on.channels, "train": Channel("s3://b/train/", 20)}
    assert "only 20 training examples" in told(replace(going_on, channels=tiny))


# The original solution's mistakes, each found before anyone pays.


@pytest.mark.parametrize(
    ("task", "baseline"), [("text_classification", "1e-06"), ("named_entities", "2e-06")]
)
def test_a_baseline_outside_its_own_search_range_is_found(task: str, baseline: str) -> None:
    assert any(
        f"Learning rate: the baseline {baseline} lies outside the search range" in what
        for what in errors(published(task))
    )


def test_patience_that_cannot_fire_is_found() -> None:
    assert "A patience of 2 cannot stop a run of 2 validations" in errors(
        fine_tune(preset="as-published")
    )
    assert "A patience of 3 cannot stop a run of 3 validations" in errors(
        published("named_entities")
    )
    assert "A patience of 3 cannot stop a run of 2 validations" in errors(
        published("relation_extraction")
    )


def test_the_mend_of_a_patience_mends_it() -> None:
    request = with_values(epochs=5, early_stopping_patience=4)
    (finding,) = found(request)
    mended = replace(request, hyperparameters={**request.hyperparameters, **finding.change})
    assert found(mended) == ()
    assert finding.change == {"early_stopping_patience": 3}


@pytest.mark.parametrize(
    ("patience", "checks", "can"), [(1, 2, False), (1, 3, True), (3, 4, False)]
)
def test_a_run_can_end_early_only_before_its_end(patience: int, checks: int, can: bool) -> None:
    assert can_stop_early(patience, checks) is can


def test_a_bayesian_search_with_all_trials_at_once_is_found_to_be_random() -> None:
    assert "All 6 trials run at once" in errors(published("text_classification"))
    assert "run at once" not in told(replace(search(), parallel_jobs=6, strategy="Random"))
    assert "4 of 6 trials run at a time" in told(replace(search(), parallel_jobs=4))


def test_an_objective_that_is_not_the_checkpoints_is_found() -> None:
    request = replace(fine_tune("relation_extraction"), objective=Objective("validation:accuracy"))
    assert "the checkpoint is kept by “validation:f1_macro”" in told(request)


def test_the_original_patterns_are_found_to_miss() -> None:
    for task, recipe in RECIPES.items():
        if recipe.original:
            original = MetricDefinition(recipe.original.objective.metric, recipe.original.regex)
            request = replace(
                fine_tune(task),
                metrics=(*recipe.metrics, original),
                objective=recipe.original.objective,
            )
            assert any("misses our trainers' lines" in what for what in errors(request)), task


def test_a_pattern_that_misreads_is_found() -> None:
    metrics = (MetricDefinition("validation:f1", r"validation:f1=([0-9\.]+)"),)
    request = replace(fine_tune(), metrics=metrics)
    assert any("misreads numbers: 5.97e-05 is read as 5.97" in what for what in errors(request))


def test_more_training_for_trials_than_for_the_baseline_is_found() -> None:
    assert "Trials may have 10 epochs, the baseline has 3" in told(published("question_answering"))


# And what else goes wrong.


def test_an_objective_that_is_not_defined_is_found() -> None:
    request = replace(fine_tune(), objective=Objective("f1"))
    assert "The objective “f1” is not among the metric definitions" in errors(request)


def test_a_wrong_direction_is_found() -> None:
    request = replace(fine_tune(), objective=Objective("validation:f1", "Minimize"))
    assert "“validation:f1” is to be minimized" in errors(request)
    assert expected_direction("val_loss") == "Minimize"


def test_two_definitions_of_a_name_are_found() -> None:
    request = fine_tune()
    twice = replace(request, metrics=(*request.metrics, request.metrics[0]))
    assert "Two metric definitions have the same name" in errors(twice)


def test_little_data_is_found() -> None:
    few = {"train": Channel("s3://b/t", 20), "validation": Channel("s3://b/v", 5)}
    said = told(replace(fine_tune(), channels=few))
    assert "only 20 training examples" in said
    assert "only 5 validation examples" in said
    assert "A step of 32 examples is larger than the 20 there are" in said


def test_a_missing_validation_split_is_worth_a_note() -> None:
    request = replace(fine_tune(), channels={"train": Channel("s3://b/t", 1000)})
    (finding,) = found(request)
    assert finding.level == "note"
    assert "10%" in finding.why


def test_findings_of_the_data_come_in_with_the_worst_first() -> None:
    note = Finding("note", "n", "", "")
    error = Finding("error", "e", "", "")
    assert found(fine_tune(), lint=(note, error)) == (error, note)


def test_a_batch_that_does_not_fit_the_machine_is_found() -> None:
    request = with_values(base_model="bert-base-uncased", batch_size=64, max_length=512)
    (finding,) = found(request, instance_type="ml.m5.large")
    assert "ml.m5.large has 8" in finding.what
    mended = replace(request, hyperparameters={**request.hyperparameters, **finding.change})
    assert found(mended, instance_type="ml.m5.large") == ()
    assert found(request, instance_type="ml.unheard.large") == ()


def test_bfloat16_on_a_processor_is_found() -> None:
    request = with_values(precision="bfloat16")
    assert "bfloat16 on a processor" in told(request, instance_type="ml.m5.large")
    assert found(request, instance_type="ml.g5.xlarge") == ()


def test_values_that_the_trainer_refuses_are_found() -> None:
    request = fine_tune()
    wrong = replace(request, hyperparameters={**request.hyperparameters, "epochs": 0, "speed": 1})
    assert "Epochs is 0: it is below 1" in errors(wrong)
    assert "speed is not a hyperparameter of this task" in told(wrong)


@pytest.mark.parametrize(
    ("spaces", "says"),
    [
        ({"speed": Range(1, 2)}, "speed is searched, but is not"),
        ({"dropout": Range(0, 2)}, "Dropout: the search would try 2"),
        ({"epochs": Range(1, 4)}, "whole numbers only"),
        ({"precision": Choices(("float32", "int8"))}, "Precision: the search would try int8"),
        ({"learning_rate": Range(1e-5, 0.1, "Linear")}, "is searched linearly"),
        ({"batch_size": Choices((16, 64))}, "lies outside the search range 16, 64"),
    ],
)
def test_a_search_space_that_makes_no_sense_is_found(spaces: Any, says: str) -> None:
    assert says in told(search(spaces=spaces))


def test_a_grid_is_as_large_as_its_points() -> None:
    spaces = {"batch_size": Choices((16, 32)), "dropout": Choices((0.0, 0.1))}
    grid = replace(search(spaces=spaces), strategy="Grid", max_jobs=4)
    assert found(grid) == ()
    assert "The grid has 4 points, not 6" in errors(replace(grid, max_jobs=6))
    assert "A grid needs values to choose from" in told(replace(search(), strategy="Grid"))


def test_hyperband_stops_trials_itself() -> None:
    request = replace(search(), strategy="Hyperband", early_stopping=True)
    assert "Hyperband stops trials itself" in errors(request)


def test_a_job_that_would_be_cut_off_is_found() -> None:
    request = replace(fine_tune(), max_seconds=60)
    estimated = Estimate(600.0, "A guess.")
    (what,) = errors(request, estimated=estimated)
    assert what == "It takes about 10 min and is stopped after 60 s"


# Estimates.


def guess(request: Request, **options: Any) -> Estimate:
    training = request.training if isinstance(request, TuningRequest) else request
    result = estimate(request, recipe_of(training.task), **options)
    assert result is not None
    return result


def test_a_rule_of_thumb_agrees_with_what_was_measured() -> None:
    """20,000 sentences of WikiANN for 4 epochs took 12 minutes on two cores."""
    request = replace(
        fine_tune(values={"early_stopping_patience": 0}),
        channels={"train": Channel("s3://b/t", 20_000)},
    )
    assert 8 * 60 < guess(request).seconds < 25 * 60
    assert "rule of thumb" in guess(request).basis


def test_a_measured_pace_replaces_the_rule() -> None:
    slow, fast = (guess(fine_tune(), pace=Pace(speed)) for speed in (100.0, 10_000.0))
    assert slow.seconds > 20 * fast.seconds
    assert "10,000 tokens a second" in fast.basis


def test_a_search_takes_as_many_rounds_as_it_needs() -> None:
    one = guess(search().training).seconds
    assert guess(search()).seconds == pytest.approx(3 * one)


def test_trials_that_share_one_machine_take_as_long_as_one_after_the_other() -> None:
    one = guess(search().training).seconds
    assert guess(search(), one_machine=True).seconds == pytest.approx(6 * one)


def test_a_larger_model_takes_longer_and_a_gpu_less() -> None:
    small, large = fine_tune(), with_values(base_model="bert-base-uncased")
    assert guess(large).seconds > 4 * guess(small).seconds
    machine = "ml.g4dn.xlarge"
    assert guess(large, instance_type=machine).seconds < guess(large).seconds / 4


def test_a_scorer_over_fixed_embeddings_does_not_pay_for_epochs() -> None:
    few, many = (
        guess(fine_tune("summarization", values={"epochs": n}), pace=Pace(1.0)) for n in (10, 100)
    )
    assert few == many


def test_a_limit_of_steps_limits_the_time() -> None:
    assert guess(with_values(max_steps=10)).seconds < guess(fine_tune()).seconds / 2


def test_costs_are_told_where_running_costs() -> None:
    options = {"instance_type": "ml.g4dn.xlarge"}
    assert guess(fine_tune(), **options).cost is None
    charged = guess(search(), **options, hourly=0.5)
    assert charged.cost is not None
    assert charged.ceiling == pytest.approx(6 * 24 * 0.5)
    assert charged.ceiling is not None
    assert charged.cost < charged.ceiling
    assert guess(fine_tune(), **options, hourly=0.0).cost == 0


def test_nothing_is_guessed_of_data_of_unknown_size() -> None:
    request = replace(fine_tune(), channels={"train": Channel("s3://b/t")})
    assert estimate(request, recipe_of("named_entities")) is None


@pytest.mark.parametrize(("seconds", "said"), [(45, "45 s"), (600, "10 min"), (7200, "2.0 h")])
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"learning_rate": 0.05}, "far too high"),
        ({"learning_rate": 2e-7}, "far too low"),
        ({"max_length": 16}, "Texts are cut after 16 tokens"),
        ({"max_steps": 1}, "Training ends after 1 step,"),
        ({"warmup_ratio": 0.9}, "rises for 90% of the steps"),
        ({"base_model": "somebody/nothing"}, "not among the base models"),
    ],
)
def test_a_value_that_nobody_would_choose_on_purpose_is_found(
    values: dict[str, Any], says: str
) -> None:
    assert says in told(with_values(**values))


def test_a_range_of_learning_rates_that_diverge_is_found() -> None:
    spaces = {"learning_rate": Range(1e-5, 1.0, "Logarithmic")}
    assert "searched up to 1" in told(search(spaces=spaces))


def test_a_search_of_the_seed_is_found() -> None:
    spaces = {"seed": Range(1, 100, integer=True)}
    assert "The seed is searched" in told(search(spaces=spaces))


@pytest.mark.parametrize("options", [{"early_stopping": True}, {"strategy": "Hyperband"}])
def test_trials_cannot_be_told_apart_by_two_validations_or_all_at_once(
    options: dict[str, Any],
) -> None:
    request = replace(search(), **options)
    short = with_values(epochs=2)
    assert "has 2 validations" in told(replace(request, training=short))
    at_once = replace(request, max_jobs=4, parallel_jobs=4)
    assert "all 4 run at once" in told(at_once)


def test_a_grid_need_not_hold_the_default() -> None:
    grid = replace(search(spaces={"batch_size": Choices((8, 16))}), strategy="Grid", max_jobs=2)
    assert errors(grid) == []


def test_a_metric_may_have_a_name_of_its_own_if_its_pattern_fits() -> None:
    mine = MetricDefinition("my:loss", MetricDefinition.ours("train:loss").regex)
    request = fine_tune()
    assert errors(replace(request, metrics=(*request.metrics, mine))) == []
