"""The regex tester, on good, bad and hostile patterns."""

import math

import pytest

from backend.jobs.patterns import Pattern, PatternError
from backend.jobs.regexes import misreadings, read_log, sample_line
from backend.tasks.recipes.base import MetricDefinition
from backend.tasks.recipes.registry import RECIPES

LOG = """downloading
[metrics] step=1; validation:loss=5.97e-05; validation:f1=0.5;
[metrics] step=2; validation:loss=2; validation:f1=nan;
"""


@pytest.mark.parametrize("value", [0.5, 5.97e-05, -1.25e17, 2.0, math.inf, -math.inf, 1e-300])
def test_our_pattern_reads_every_number(value: float) -> None:
    definition = MetricDefinition.ours("validation:f1")
    report = read_log(sample_line("validation:f1", value), [definition])
    assert report.last("validation:f1") == value


def test_our_pattern_reads_nan_and_integers() -> None:
    definition = MetricDefinition.ours("validation:f1")
    report = read_log(" validation:f1=nan;\n validation:f1=2;", [definition])
    first, second = report.values["validation:f1"]
    assert math.isnan(first)
    assert second == 2.0


def test_a_metric_whose_name_ends_like_another_is_not_taken_for_it() -> None:
    line = sample_line("validation:HasAns_f1", 0.9)
    assert read_log(line, [MetricDefinition.ours("f1")]).matches == ()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_all_definitions_of_all_recipes_read_all_that_trainers_print(recipe: object) -> None:
    for definition in recipe.metrics:  # type: ignore[attr-defined]
        assert misreadings(definition) == (), definition.name


def test_matches_say_where_they_are() -> None:
    report = read_log(LOG, [MetricDefinition.ours("validation:loss")])
    first = report.matches[0]
    assert (first.line, first.raw, first.value) == (2, "5.97e-05", 5.97e-05)
    assert first.text[first.start : first.end] == "5.97e-05"
    assert report.warnings == ()


def test_the_pattern_that_reads_an_exponent_away_is_found_out() -> None:
    original = RECIPES["question_answering"].original
    assert original is not None
    report = read_log("'eval_loss': 5.97e-05,", [MetricDefinition("val_loss", original.regex)])
    assert report.values["val_loss"] == (5.97,)
    assert report.warnings == ("val_loss: line 1 says 5.97e-05, but the pattern reads 5.97.",)


def test_a_pattern_that_misses_whole_numbers_is_found_out() -> None:
    pattern = r"'eval_loss': ([0-9]+(.|e\-)[0-9]+),?"
    report = read_log("'eval_loss': 2,", [MetricDefinition("val_loss", pattern)])
    assert report.warnings == ("val_loss: the pattern matches no line.",)


def test_a_definition_that_is_for_another_trainers_lines_misses_ours() -> None:
    wrong = misreadings(MetricDefinition("f1", r"'eval_f1': ([0-9\.]+)"))
    assert all("nothing" in text for text in wrong)
    assert wrong


def test_a_pattern_that_drops_the_exponent_misreads_ours() -> None:
    wrong = misreadings(MetricDefinition("validation:f1", r"validation:f1=([0-9\.]+)"))
    assert "5.97e-05 is read as 5.97" in wrong
    assert "nan is read as nothing" in wrong


def test_a_number_that_is_none_is_told() -> None:
    report = read_log("loss=high", [MetricDefinition("loss", "loss=(\\w+)")])
    assert report.warnings == ("loss: “high” in line 1 is not a number.",)
    assert report.values["loss"] == ()


def test_a_diverged_training_is_told() -> None:
    report = read_log(LOG, [MetricDefinition.ours("validation:f1")])
    assert report.warnings == ("validation:f1: line 3 says nan: the training diverged there.",)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("loss=(", "cannot be read"),
        ("loss=[0-9]+", "no group"),
        ("", "1 to 500"),
        ("a" * 501, "1 to 500"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told(pattern: str, says: str) -> None:
    report = read_log("loss=1", [MetricDefinition("loss", pattern)])
    assert says in report.warnings[0]
    with pytest.raises(PatternError):
        Pattern(pattern)


def test_a_pattern_that_would_take_for_ever_is_stopped() -> None:
    hostile = MetricDefinition("loss", r"((?:a|aa|a.)+)+\d")
    report = read_log("a" * 5_000, [hostile])
    assert "takes too long" in report.warnings[0]


def test_a_long_log_is_read_in_part() -> None:
    report = read_log("loss=1;\n" * 6_000, [MetricDefinition("loss", "loss=([0-9]+);")])
    assert len(report.values["loss"]) == 5_000
    assert report.warnings == ("Only the first 5,000 of 6,000 lines were read.",)


def test_the_last_value_counts() -> None:
    report = read_log("loss=1;\nloss=2;", [MetricDefinition("loss", "loss=([0-9]+);")])
    assert report.last("loss") == 2.0
    assert report.last("other") is None
