"""Resampling: exact, seeded, and the same whether equal rows are drawn together or not."""

import numpy as np
import pytest

from backend.evaluation.resampling import (
    bootstrap_sums,
    distinct,
    grouped_rows,
    leave_one_out,
    swapped_sums,
)


def test_equal_rows_are_found_and_counted() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    unique, counts = distinct(rows)
    found = {tuple(row): count for row, count in zip(unique.tolist(), counts.tolist(), strict=True)}
    assert found == {(1.0, 0.0): 2.0, (0.0, 1.0): 1.0}


@pytest.mark.parametrize("different", [True, False])
def test_bootstrap_totals_have_the_mean_and_spread_of_drawing_with_replacement(
    different: bool,
) -> None:
    rng = np.random.default_rng(1)
    values = rng.random(400) if different else rng.integers(0, 2, 400).astype(float)
    rows = np.column_stack([np.ones(400), values])
    sums = bootstrap_sums(rows, resamples=4_000)
    assert (sums[:, 0] == 400).all()
    assert sums[:, 1].mean() == pytest.approx(values.sum(), rel=0.01)
    assert sums[:, 1].std() == pytest.approx(values.std() * 20, rel=0.06)


def test_a_seed_fixes_every_number() -> None:
    rows = np.random.default_rng(0).random((50, 3))
    assert np.array_equal(bootstrap_sums(rows, resamples=20), bootstrap_sums(rows, resamples=20))
    other = bootstrap_sums(rows, resamples=20, seed=1)
    assert not np.array_equal(bootstrap_sums(rows, resamples=20), other)


@pytest.mark.parametrize("different", [True, False])
def test_exchanging_moves_half_of_the_changes_on_average(different: bool) -> None:
    rng = np.random.default_rng(2)
    changes = rng.random((300, 1)) if different else rng.integers(-1, 2, (300, 1)).astype(float)
    sums = swapped_sums(changes, resamples=4_000)
    assert sums.mean() == pytest.approx(changes.sum() / 2, abs=0.5)
    assert sums.std() == pytest.approx(np.sqrt((changes**2).sum()) / 2, rel=0.06)


def test_nothing_changed_moves_nothing() -> None:
    assert not swapped_sums(np.zeros((10, 2)), resamples=5).any()


def test_leaving_one_out_covers_every_example() -> None:
    rows = np.array([[1.0], [1.0], [3.0]])
    sums, counts = leave_one_out(rows)
    assert sorted(zip(sums[:, 0].tolist(), counts.tolist(), strict=True)) == [
        (2.0, 1.0),
        (4.0, 2.0),
    ]


def test_examples_of_one_group_are_added_up() -> None:
    rows = np.array([[1.0], [2.0], [4.0]])
    assert grouped_rows(rows, ["a", "b", "a"])[:, 0].tolist() == [5.0, 2.0]
