"""Ranges, their scales and the points drawn from them."""

import math
import random
import statistics
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.local.jobs.search_space import Categorical, Numeric, RangeError, SearchSpace

SCALED = [
    Numeric("x", -3.0, 7.5, "Linear"),
    Numeric("x", 1e-6, 1e-1, "Logarithmic"),
    Numeric("x", 0.9, 0.9999, "ReverseLogarithmic"),
    Numeric("x", 0.0, 0.999, "ReverseLogarithmic"),
    Numeric("x", -2, 9, "Linear", is_integer=True),
    Numeric("x", 1, 1024, "Logarithmic", is_integer=True),
]


def numeric(low: Any, high: Any, scaling: str = "Auto", name: str = "x") -> dict[str, str]:
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), "ScalingType": scaling}


def continuous(low: Any, high: Any, scaling: str = "Auto") -> Numeric:
    space = SearchSpace.parse({"ContinuousParameterRanges": [numeric(low, high, scaling)]})
    (found,) = space.ranges
    assert isinstance(found, Numeric)
    return found


def integer(low: Any, high: Any, scaling: str = "Auto") -> Numeric:
    space = SearchSpace.parse({"IntegerParameterRanges": [numeric(low, high, scaling)]})
    (found,) = space.ranges
    assert isinstance(found, Numeric)
    return found


@pytest.mark.parametrize("item", SCALED)
def test_all_draws_lie_within_the_range_and_the_ends_are_reached(item: Numeric) -> None:
    chance = random.Random(1)
    values = [float(item.at(chance.random())) for _ in range(5000)]
    assert item.low <= min(values) <= max(values) <= item.high
    assert float(item.at(0.0)) == pytest.approx(item.low)
    assert float(item.at(1.0)) == pytest.approx(item.high)


@pytest.mark.parametrize("item", SCALED)
@given(position=st.floats(0, 1))
def test_a_value_leads_back_to_its_position_and_to_itself(item: Numeric, position: float) -> None:
    text = item.at(position)
    again = item.at(item.position(text))
    assert float(again) == pytest.approx(float(text), rel=1e-9, abs=1e-9)
    if not item.is_integer:
        assert item.position(text) == pytest.approx(position, abs=1e-6)


def test_the_middle_of_a_range_is_that_of_its_scale() -> None:
    assert float(continuous(0, 10, "Linear").at(0.5)) == 5
    assert float(continuous(1e-6, 1e-2, "Logarithmic").at(0.5)) == pytest.approx(1e-4)
    assert float(continuous(0.9, 0.999, "ReverseLogarithmic").at(0.5)) == pytest.approx(0.99)
    assert integer(1, 99, "Logarithmic").at(0.5) == str(round(math.sqrt(0.5 * 99.5)))


def test_auto_is_logarithmic_where_the_ends_are_far_apart() -> None:
    assert continuous("1e-5", "1e-3").scaling == "Logarithmic"
    assert continuous(0.9, 0.999).scaling == "ReverseLogarithmic"
    assert continuous(0, 0.3).scaling == "Linear"
    assert continuous(-1, 1000).scaling == "Linear"
    assert integer(1, 500).scaling == "Logarithmic"
    assert integer(1, 5).scaling == "Linear"


def test_every_integer_of_a_linear_range_comes_equally_often() -> None:
    item, chance = integer(1, 4, "Linear"), random.Random(2)
    counts = Counter(item.at(chance.random()) for _ in range(8000))
    assert set(counts) == {"1", "2", "3", "4"}
    assert max(counts.values()) / min(counts.values()) < 1.2


def test_logarithmic_draws_are_as_many_below_as_above_the_geometric_mean() -> None:
    item, chance = continuous(1e-5, 1e-1, "Logarithmic"), random.Random(3)
    values = [float(item.at(chance.random())) for _ in range(4000)]
    assert statistics.median(values) == pytest.approx(1e-3, rel=0.2)


def test_a_grid_holds_each_combination_once() -> None:
    ranges = [{"Name": "a", "Values": ["1", "2", "3"]}, {"Name": "b", "Values": ["x", "y"]}]
    space = SearchSpace.parse({"CategoricalParameterRanges": ranges})
    points = [tuple(sorted(point.items())) for point in space.grid()]
    assert space.size == len(points) == len(set(points)) == 6


def test_spread_points_take_each_share_of_each_range_once() -> None:
    space = SearchSpace((Numeric("x", 0, 1, "Linear"), Categorical("c", ("a", "b", "c", "d"))))
    points = [space.spread(number, 4, seed=7) for number in range(4)]
    assert sorted(int(float(point["x"]) * 4) for point in points) == [0, 1, 2, 3]
    assert sorted(point["c"] for point in points) == ["a", "b", "c", "d"]
    assert points == [space.spread(number, 4, seed=7) for number in range(4)]
    assert points != [space.spread(number, 4, seed=8) for number in range(4)]


def test_a_space_holds_what_lies_within_all_its_ranges() -> None:
    space = SearchSpace((Numeric("x", 0, 1, "Linear"), Categorical("c", ("a",))))
    assert space.holds({"x": "0.5", "c": "a", "other": "1"})
    assert not space.holds({"x": "1.5", "c": "a"})
    assert not space.holds({"x": "0.5", "c": "b"})
    assert not space.holds({"c": "a"})
    assert not space.holds({"x": "half", "c": "a"})


INTEGER, CONTINUOUS = "IntegerParameterRanges", "ContinuousParameterRanges"
CATEGORICAL = "CategoricalParameterRanges"


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({}, "at least one"),
        ({CONTINUOUS: [numeric(1, 1)]}, "MinValue must be less than MaxValue"),
        ({CONTINUOUS: [numeric(2, 1)]}, "MinValue must be less than MaxValue"),
        ({CONTINUOUS: [numeric("low", 1)]}, "'low' is not a number"),
        ({CONTINUOUS: [numeric(0, "nan")]}, "not a finite number"),
        ({CONTINUOUS: [numeric(0, "inf")]}, "not a finite number"),
        ({CONTINUOUS: [numeric(0, 1, "Logarithmic")]}, "greater than 0"),
        ({CONTINUOUS: [numeric(0, 1, "ReverseLogarithmic")]}, "within 0<=x<1.0"),
        ({CONTINUOUS: [numeric(-0.1, 0.9, "ReverseLogarithmic")]}, "within 0<=x<1.0"),
        ({INTEGER: [numeric(0, 5, "Logarithmic")]}, "greater than 0"),
        ({INTEGER: [numeric(0.5, 5)]}, "must be integers"),
        ({INTEGER: [numeric(1, 5, "ReverseLogarithmic")]}, "continuous ranges only"),
        ({INTEGER: [numeric(1, 5)], CONTINUOUS: [numeric(1, 5)]}, "more than one range"),
        ({CATEGORICAL: [{"Name": "c", "Values": ["a", "a"]}]}, "must differ"),
        ({CATEGORICAL: [{"Name": f"c{i}", "Values": ["a"]} for i in range(31)]}, "no more than 30"),
    ],
)
def test_a_range_that_cannot_be_searched_is_refused(ranges: dict[str, Any], words: str) -> None:
    with pytest.raises(RangeError, match=words):
        SearchSpace.parse(ranges)


def test_numbers_have_no_grid() -> None:
    space = SearchSpace((Numeric("x", 0, 1, "Linear"), Categorical("c", ("a",))))
    with pytest.raises(RangeError, match="categorical ranges only"):
        next(space.grid())
