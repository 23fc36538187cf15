"""Cells: what is missing, what is a list, and what a number of a class is."""

from typing import Any

import pytest

from backend.data.values import is_missing, parsed, plain


@pytest.mark.parametrize(
    "value", [None, "", "  ", "nan", "NaN", "None", "N/A", "<NA>", float("nan")]
)
def test_nothing_is_missing(value: Any) -> None:
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, 0.0, "0", "no", "nano", "none of these", False, []])
def test_something_is_not_missing(value: Any) -> None:
    assert not is_missing(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("[(0, 4, 'PER')]", [[0, 4, "PER"]]),
        ("{'text': array(['a'], dtype=object)}", {"text": ["a"]}),
        ("['B-PER' 'O'\n 'O']", ["B-PER", "O", "O"]),
        ("[0 3 0]", [0, 3, 0]),
        ("[sic] he said", "[sic] he said"),
        ("(2019)", "(2019)"),
        ("[__import__('os')]", "[__import__('os')]"),
        ("[" * 5_000, "[" * 5_000),
    ],
)
def test_lists_in_cells_are_read_and_texts_stay(cell: str, value: Any) -> None:
    assert parsed(cell) == value


@pytest.mark.parametrize(
    ("value", "label"), [(1.0, 1), ("1.0", "1"), ("-0.0", "-0"), ("1.5", "1.5"), ("v1.0", "v1.0")]
)
def test_whole_numbers_lose_their_point(value: Any, label: Any) -> None:
    assert plain(value) == label
