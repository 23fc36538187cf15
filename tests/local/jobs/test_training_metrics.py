"""Metric values out of log lines."""

import math

import pytest

from backend.local.jobs.training_metrics import MetricReader


@pytest.mark.parametrize("text", ["1", "-1", "+2.5", ".5", "1e-05", "-3.2E+7", "1e400", "inf"])
def test_every_float_is_read(text: str) -> None:
    reader = MetricReader([{"Name": "m", "Regex": "m=([^;]+);"}])
    assert list(reader.read(f"step=3; m={text};")) == [("m", float(text))]


def test_not_a_number_is_read_and_words_are_not() -> None:
    reader = MetricReader([{"Name": "m", "Regex": r"m=(\S+)"}])
    ((_, value),) = reader.read("m=nan")
    assert math.isnan(value)
    assert list(reader.read("m=high m=1_000 m=0x1")) == []


def test_all_matches_of_all_definitions_count_in_their_order() -> None:
    reader = MetricReader(
        [{"Name": "a", "Regex": "a: ([0-9.]+)"}, {"Name": "whole", "Regex": "[0-9]+$"}]
    )
    found = [("a", 1.0), ("a", 2.0), ("whole", 2.0)]
    assert list(reader.read("a: 1 then a: 2")) == found


def test_a_group_that_takes_no_part_in_the_match_is_no_value() -> None:
    reader = MetricReader([{"Name": "m", "Regex": "x(=[0-9])?"}])
    assert list(reader.read("x")) == []
