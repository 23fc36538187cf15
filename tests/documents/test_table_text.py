"""Rows of cells as lines."""

import doctest

from backend.documents import html_inline, table_text
from backend.documents.table_text import table_text as as_text


def test_columns_and_rows_that_are_empty_all_through_go() -> None:
    assert as_text([["", "a", "", "b"], ["", "", "", ""], ["", "c", "", ""]]) == "a | b\nc |"


def test_a_row_of_one_cell_stands_as_it_is() -> None:
    assert as_text([["Assets"], ["Cash", "5"]]) == "Assets\nCash | 5"


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(table_text).failed == 0
    assert doctest.testmod(html_inline).failed == 0
