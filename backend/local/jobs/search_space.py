"""The ranges of a tuning job: what they hold, and how the unit interval maps onto them.

A position of 0 to 1 within a range is the common coin of all search strategies: equal steps of it
are equally large changes on the range's own scale.
"""

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Auto takes a logarithmic scale where the ends are two orders of magnitude apart, give or take
# the rounding of 1e-3 / 1e-5.
_WIDE = 100.0 * (1 - 1e-9)
_MOST_RANGES = 30
_KINDS = ("IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges")


class RangeError(ValueError):
    """A range that cannot be searched; the message says which one and why."""


@dataclass(frozen=True)
class Numeric:
    """A continuous or integer range, both ends included, on one of three scales."""

    name: str
    low: float
    high: float
    scaling: str  # Linear, Logarithmic or ReverseLogarithmic
    is_integer: bool = False

    def at(self, position: float) -> str:
        """The value at ``position``, written so that reading it gives the same number."""
        low, high = self._scaled(self._edge_low), self._scaled(self._edge_high)
        value = self._unscaled(low + position * (high - low))
        value = min(max(value, self.low), self.high)
        return str(round(value)) if self.is_integer else repr(value)

    def position(self, text: str) -> float:
        """Where in the range the value ``text`` lies. Raises RangeError where it does not."""
        value = _number(self.name, text)
        if not self.low <= value <= self.high:
            raise RangeError(f"{self.name}: {text} is outside {self.low} to {self.high}.")
        low, high = self._scaled(self._edge_low), self._scaled(self._edge_high)
        return min(max((self._scaled(value) - low) / (high - low), 0.0), 1.0)

    @property
    def size(self) -> float:
        """How many values the range holds."""
        return self.high - self.low + 1 if self.is_integer else math.inf

    # An integer stands for half a step to either side of it, so that the ends of a range come as
    # often as what lies between them.
    @property
    def _edge_low(self) -> float:
        return self.low - 0.5 if self.is_integer else self.low

    @property
    def _edge_high(self) -> float:
        return self.high + 0.5 if self.is_integer else self.high

    def _scaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.log(value)
        return -math.log1p(-value) if self.scaling == "ReverseLogarithmic" else value

    def _unscaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.exp(value)
        return -math.expm1(-value) if self.scaling == "ReverseLogarithmic" else value


@dataclass(frozen=True)
class Categorical:
    """A choice among texts, which have no order."""

    name: str
    values: tuple[str, ...]

    def at(self, position: float) -> str:
        """The value whose share of the unit interval holds ``position``."""
        return self.values[min(int(position * len(self.values)), len(self.values) - 1)]

    def position(self, text: str) -> float:
        """The middle of the share of the value ``text``. Raises RangeError where it has none."""
        if text not in self.values:
            raise RangeError(f"{self.name}: {text!r} is not among the values.")
        return (self.values.index(text) + 0.5) / len(self.values)

    @property
    def size(self) -> float:
        """How many values the range holds."""
        return len(self.values)


Range = Numeric | Categorical


@dataclass(frozen=True)
class SearchSpace:
    """The ranges that are searched together."""

    ranges: tuple[Range, ...]

    @classmethod
    def parse(cls, ranges: Mapping[str, Sequence[Mapping[str, Any]]]) -> "SearchSpace":
        """The space of SageMaker's ``ParameterRanges``. Raises RangeError."""
        integers, continuous, categorical = (ranges.get(kind, []) for kind in _KINDS)
        found: list[Range] = [_numeric(given, is_integer=True) for given in integers]
        found += [_numeric(given, is_integer=False) for given in continuous]
        found += [_categorical(given) for given in categorical]
        names = [item.name for item in found]
        if not names:
            raise RangeError("A tuning job needs at least one hyperparameter range.")
        if len(names) > _MOST_RANGES:
            raise RangeError(f"A tuning job can search no more than {_MOST_RANGES} ranges.")
        if doubled := next((name for name in names if names.count(name) > 1), None):
            raise RangeError(f"The hyperparameter {doubled} has more than one range.")
        return cls(tuple(found))

    @property
    def names(self) -> frozenset[str]:
        """The hyperparameters that are searched."""
        return frozenset(item.name for item in self.ranges)

    @property
    def size(self) -> float:
        """How many different points the space holds; infinite with a continuous range."""
        return math.prod(item.size for item in self.ranges)

    def grid(self) -> Iterator[dict[str, str]]:
        """All points of a space of categorical ranges, each once. Raises RangeError for others."""
        choices = [item for item in self.ranges if isinstance(item, Categorical)]
        if len(choices) < len(self.ranges):
            raise RangeError("The Grid strategy searches categorical ranges only.")
        for values in itertools.product(*(item.values for item in choices)):
            yield dict(zip((item.name for item in choices), values, strict=True))

    def holds(self, point: Mapping[str, str]) -> bool:
        """Whether ``point`` has a value within each range."""
        try:
            return all(item.position(point[item.name]) >= 0 for item in self.ranges)
        except (KeyError, RangeError):
            return False

    def spread(self, number: int, count: int, seed: int) -> dict[str, str]:
        """Point ``number`` (from 0) of ``count`` that cover every range evenly.

        A Latin hypercube (McKay, Beckman, Conover 1979): each range is cut into ``count`` equal
        shares, and each share is drawn from by one point.
        """
        point = {}
        for item in self.ranges:
            chance = random.Random(f"{seed}/{item.name}")  # noqa: S311 (no secret)
            shares = chance.sample(range(count), count)
            offsets = [chance.random() for _ in range(count)]
            point[item.name] = item.at((shares[number] + offsets[number]) / count)
        return point


def _numeric(given: Mapping[str, Any], *, is_integer: bool) -> Numeric:
    name, scaling = given["Name"], given.get("ScalingType", "Auto")
    low, high = (_number(name, given[key]) for key in ("MinValue", "MaxValue"))
    if is_integer and not (low.is_integer() and high.is_integer()):
        raise RangeError(f"{name}: MinValue and MaxValue of an integer range must be integers.")
    if low >= high:
        raise RangeError(f"{name}: MinValue must be less than MaxValue.")
    if scaling == "Logarithmic" and low <= 0:
        raise RangeError(f"{name}: logarithmic scaling needs a MinValue greater than 0.")
    if scaling == "ReverseLogarithmic" and is_integer:
        raise RangeError(f"{name}: reverse logarithmic scaling is for continuous ranges only.")
    if scaling == "ReverseLogarithmic" and not 0 <= low < high < 1:
        raise RangeError(f"{name}: reverse logarithmic scaling needs a range within 0<=x<1.0.")
    if scaling == "Auto":
        scaling = _best_scale(low, high, is_integer=is_integer)
    return Numeric(name, low, high, scaling, is_integer)


def _best_scale(low: float, high: float, *, is_integer: bool) -> str:
    if low > 0 and high / low >= _WIDE:
        return "Logarithmic"
    if not is_integer and 0 <= low < high < 1 and (1 - low) / (1 - high) >= _WIDE:
        return "ReverseLogarithmic"
    return "Linear"


def _categorical(given: Mapping[str, Any]) -> Categorical:
    name, values = given["Name"], tuple(given["Values"])
    if len(set(values)) < len(values):
        raise RangeError(f"{name}: the values of a categorical range must differ.")
    return Categorical(name, values)


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise RangeError(f"{name}: {text!r} is not a number.") from error
    if not math.isfinite(number):
        raise RangeError(f"{name}: {text!r} is not a finite number.")
    return number
