"""What an accuracy and an F1 really say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InputError
from backend.evaluation.explain import (
    ARTICLE,
    ARTICLE_SIZE,
    Confusion,
    explain,
    rounded,
    sizes_that_fit,
)
from tests.evaluation.support import unhurried


def test_the_articles_first_row_never_answers_negative() -> None:
    found = explain("0.579795", "0.734013", 683)
    assert found.tables == (Confusion(683, 396, 0, 287),)
    assert found.count == 1
    assert "never answers “negative”" in found.sentence
    assert "TP 396, TN 0" in found.sentence
    assert "58.0%" in found.sentence


def test_the_articles_second_row_is_an_ordinary_model() -> None:
    found = explain("0.944363", "0.953202", 683)
    assert found.tables == (Confusion(683, 387, 258, 38),)
    assert found.warning == ""


def test_a_size_that_nobody_told_is_found_from_both_rows() -> None:
    rows = [(accuracy, f1) for _, accuracy, f1 in ARTICLE]
    assert [size for size in sizes_that_fit(rows) if 400 <= size <= 999] == [ARTICLE_SIZE]


def test_every_size_that_fits_the_first_row_has_the_same_defect() -> None:
    found = explain("0.579795", "0.734013")
    assert found.sizes[0] == 683
    assert len(found.sizes) > 1
    assert "never answers “negative”" in found.warning


def test_zeros_at_the_end_make_a_number_more_exact() -> None:
    assert explain("0.9", "0.9", 100).count > explain("0.90", "0.90", 100).count


@pytest.mark.parametrize("written", ["57.9795%", "57.9795", "0,579795", " .579795 "])
def test_percentages_and_commas_are_understood(written: str) -> None:
    assert explain(written, "0.734013", 683).count == 1


@pytest.mark.parametrize("written", ["", "abc", "-0.5", "1e3", "101%", "nan", "."])
def test_what_is_no_score_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        explain(written, "0.5", 100)


@pytest.mark.parametrize("n", [0, -5, 10**9])
def test_impossible_sizes_are_refused(n: int) -> None:
    with pytest.raises(InputError):
        explain("0.5", "0.5", n)


def test_numbers_that_contradict_each_other_have_no_table() -> None:
    found = explain("0.90", "0.10", 20)
    assert found.count == 0
    assert found.sentence.startswith("No confusion table")


@unhurried
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(1, 7),
)
def test_the_true_table_is_always_among_those_that_fit(
    tp: int, tn: int, fp: int, fn: int, digits: int
) -> None:
    n = tp + tn + fp + fn
    if n == 0:
        return
    f1 = 2 * tp / (2 * tp + fp + fn) if 2 * tp + fp + fn else 0.0
    found = explain(f"{(tp + tn) / n:.{digits}f}", f"{f1:.{digits}f}", n)
    assert found.count >= 1
    if found.count == len(found.tables):
        assert Confusion(n, tp, tn, fp + fn) in found.tables
    for table in found.tables:
        right = table.true_positives + table.true_negatives
        assert right + table.wrong == n
        assert rounded(f"{(tp + tn) / n:.{digits}f}").low * n <= right


@unhurried
@given(st.integers(1, 40), st.integers(1, 4), st.data())
def test_all_tables_that_fit_are_found(n: int, digits: int, data: st.DataObject) -> None:
    accuracy = data.draw(st.integers(0, 10**digits)) / 10**digits
    f1 = data.draw(st.integers(0, 10**digits)) / 10**digits
    half = 0.5 / 10**digits + 1e-12
    wanted = sum(
        abs((tp + tn) / n - accuracy) <= half
        and abs((2 * tp / (2 * tp + n - tp - tn) if tp + n - tn else 0.0) - f1) <= half
        for tp in range(n + 1)
        for tn in range(n + 1 - tp)
    )
    assert explain(f"{accuracy:.{digits}f}", f"{f1:.{digits}f}", n).count == wanted
