"""Paired tests: exact values, and no more than 5 false alarms in 100."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom, binomtest

from backend.evaluation.comparison import compare
from backend.evaluation.formulas import Array, class_columns
from backend.evaluation.resampling import swapped_sums
from backend.evaluation.scoring import Scored
from backend.evaluation.significance import detectable, examples_needed, holm, mcnemar, permutation
from tests.evaluation.support import unhurried


@unhurried
@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_exact_binomial_test(one: int, other: int) -> None:
    wanted = binomtest(one, one + other, 0.5).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(wanted, abs=1e-9)


def test_a_permutation_p_value_is_never_zero() -> None:
    assert permutation(1.0, np.zeros(99)) == 0.01


@pytest.mark.parametrize("discordant", [1, 5, 6, 9, 17, 40, 101])
def test_mcnemars_false_alarm_rate_is_at_most_5_percent_exactly(discordant: int) -> None:
    chances = binom.pmf(range(discordant + 1), discordant, 0.5)
    alarms = [mcnemar(one, discordant - one) < 0.05 for one in range(discordant + 1)]
    assert chances @ alarms <= 0.05


@pytest.mark.parametrize(("n", "share"), [(12, 0.5), (30, 0.1), (60, 0.05)])
def test_few_and_skewed_examples_raise_no_more_false_alarms(n: int, share: float) -> None:
    """The F1 of a rare class, whose differences are few and far from normal."""
    rng = np.random.default_rng(29)
    trials, alarms = 400, 0
    for trial in range(trials):
        difficulty, gold = rng.beta(4, 2, n), (rng.random(n) < share).astype(int)
        one, other = (labels(rng, difficulty, gold) for _ in range(2))
        metric = next(m for m in one.aligned(one.columns).metrics if m.name == "f1/1")
        totals = [each.counts.sum(axis=0) for each in (one, other)]
        moved = swapped_sums(other.counts - one.counts, resamples=200, seed=trial)
        before, now, swapped, back = (
            metric.of(one.columns, sums) for sums in (*totals, totals[0] + moved, totals[1] - moved)
        )
        alarms += permutation(float(now - before), back - swapped) < 0.05
    # At a true rate of 5 %, 400 trials show 20 on average, and more than 31 once in a hundred.
    assert alarms <= 31


def test_what_n_examples_can_detect_needs_n_examples() -> None:
    found = detectable(1.0, 32)
    assert examples_needed(1.001 * found, 1.0) == 32


def test_holm_corrects_the_textbook_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@unhurried
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_no_correction_and_bonferronis(p_values: list[float]) -> None:
    for p_value, corrected in zip(p_values, holm(p_values), strict=True):
        assert p_value <= corrected <= min(1.0, len(p_values) * p_value) or corrected == max(
            holm(p_values)[place] for place, other in enumerate(p_values) if other <= p_value
        )


def test_the_sample_size_is_the_textbook_one() -> None:
    # A mean difference of half a standard deviation, 80 % power, two-sided 5 %: 32 pairs.
    assert examples_needed(0.5, 1.0) == 32
    with pytest.raises(ValueError, match="zero"):
        examples_needed(0.0, 1.0)


Counts = NDArray[np.int64]


def scored(rows: list[Any], columns: tuple[str, ...], task: str) -> Scored:
    n = len(rows[0])
    counts = np.column_stack(rows).astype(float)
    ids = tuple(str(place) for place in range(n))
    return Scored(task, ids, columns, counts, np.zeros(n))  # type: ignore[arg-type]


def entities(rng: np.random.Generator, difficulty: Array, gold: Counts) -> Scored:
    hit = rng.binomial(gold, difficulty)
    rows: list[Any] = [hit, hit + rng.poisson(0.3, len(gold)), gold]
    columns = (*class_columns(""), *(f"words{name}" for name in class_columns("")))
    return scored([*rows, *rows], columns, "named_entities")


def labels(rng: np.random.Generator, difficulty: Array, gold: Counts) -> Scored:
    found = np.where(rng.random(len(gold)) < difficulty, gold, 1 - gold)
    rows: list[Any] = [np.ones(len(gold)), gold == found]
    columns = ["n", "right"]
    for label in range(2):
        columns += class_columns(str(label))
        rows += [(gold == label) & (found == label), found == label, gold == label]
    return scored(rows, tuple(columns), "text_classification")


def test_two_equally_good_models_differ_at_most_5_times_in_100() -> None:
    rng = np.random.default_rng(23)
    trials, alarms = 200, {"entities": 0, "accuracy": 0, "f1_macro": 0, "verdict": 0}
    for trial in range(trials):
        difficulty = rng.beta(6, 2, 80)
        gold = rng.poisson(2, 80)
        one, other = entities(rng, difficulty, gold), entities(rng, difficulty, gold)
        found = compare(one, other, resamples=300, seed=trial)
        alarms["entities"] += found.p_value < 0.05
        alarms["verdict"] += found.outcome != "unclear"
        kinds = (rng.random(80) < 0.4).astype(int)
        one, other = labels(rng, difficulty, kinds), labels(rng, difficulty, kinds)
        found = compare(one, other, resamples=300, seed=trial, metric="f1_macro")
        alarms["accuracy"] += found.differences["accuracy"].p_value < 0.05
        alarms["f1_macro"] += found.p_value < 0.05
    # At a true rate of 5 %, 200 trials show 10 on average, and more than 17 once in a hundred.
    assert all(count <= 17 for count in alarms.values()), alarms
