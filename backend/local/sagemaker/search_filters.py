"""A SearchExpression as a condition on records: filters, nested filters, And and Or.

``API_Filter`` and ``API_SearchExpression`` in the documentation of Amazon SageMaker say what they
mean. A property is named by its path, ``Tags.<key>`` is a tag's value, ``Metrics.<name>`` a
metric's final value.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Record = Mapping[str, Any]
Condition = Callable[[Record], bool]
_KEYED = {
    "Tags": ("Tags", "Key", "Value"),
    "Metrics": ("FinalMetricDataList", "MetricName", "Value"),
}
_ORDERED: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThan": lambda value, bound: value > bound,
    "GreaterThanOrEqualTo": lambda value, bound: value >= bound,
    "LessThan": lambda value, bound: value < bound,
    "LessThanOrEqualTo": lambda value, bound: value <= bound,
}


class SearchError(ValueError):
    """Raised for an expression that means nothing."""


def compile_expression(expression: Mapping[str, Any], properties: Collection[str]) -> Condition:
    """Whether a record satisfies ``expression``; an empty one lets all pass.

    Raises SearchError where a filter names none of ``properties``, or compares what has no order.
    """
    conditions = [_filter(item, properties) for item in expression.get("Filters", [])]
    conditions += [_nested(item, properties) for item in expression.get("NestedFilters", [])]
    conditions += [
        compile_expression(item, properties) for item in expression.get("SubExpressions", [])
    ]
    if not conditions:
        return bool  # every record holds something
    combine = any if expression.get("Operator") == "Or" else all
    return lambda record: combine(condition(record) for condition in conditions)


def values(record: Any, path: str) -> Iterator[Any]:
    """All values at ``path``; a list counts by its items."""
    first, _, rest = path.partition(".")
    if first in _KEYED and rest and isinstance(record, Mapping):
        place, key, value = _KEYED[first]
        items = record.get(place, [])
        yield from (item[value] for item in items if item[key] == rest)
    elif isinstance(record, list):
        for item in record:
            yield from values(item, path)
    elif isinstance(record, Mapping) and path in record:
        yield from _leaves(record[path])
    elif isinstance(record, Mapping) and rest and first in record:
        yield from values(record[first], rest)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _filter(item: Mapping[str, Any], properties: Collection[str]) -> Condition:
    name, value = item["Name"], item.get("Value")
    if name.partition(".")[0] not in {*properties, *_KEYED}:
        raise SearchError(f"Unknown property name: {name}.")
    operator = item.get("Operator", "Equals")
    if operator in ("Exists", "NotExists"):
        wanted = operator == "Exists"
        return lambda record: any(True for _ in values(record, name)) == wanted
    if value is None:
        raise SearchError(f"The operator {operator} on {name} needs a Value.")
    if operator == "NotEquals":
        return lambda record: not any(_equal(found, value) for found in values(record, name))
    test = _test(operator, value, name)
    return lambda record: any(test(found) for found in values(record, name))


def _nested(item: Mapping[str, Any], properties: Collection[str]) -> Condition:
    """All filters hold of one and the same item of the list."""
    place = item["NestedPropertyName"]
    if place.partition(".")[0] not in properties:
        raise SearchError(f"Unknown property name: {place}.")
    start = f"{place}."
    inner = [{**found, "Name": found["Name"].removeprefix(start)} for found in item["Filters"]]
    names = {found["Name"].partition(".")[0] for found in inner}
    conditions = [_filter(found, names) for found in inner]
    return lambda record: any(
        all(condition(found) for condition in conditions)
        for found in values(record, place)
        if isinstance(found, Mapping)
    )


def _test(operator: str, value: str, name: str) -> Callable[[Any], bool]:
    if operator == "Equals":
        return lambda found: _equal(found, value)
    if operator == "Contains":
        return lambda found: value in _text(found)
    if operator == "In":
        choices = [choice.strip() for choice in value.split(",")]
        return lambda found: any(_equal(found, choice) for choice in choices)
    bound = _number(value)
    if bound is None:
        raise SearchError(
            f"{operator} compares numbers and times: {value!r} for {name} is neither."
        )
    compare = _ORDERED[operator]

    def ordered(found: Any) -> bool:
        number = _number(found)
        return number is not None and compare(number, bound)

    return ordered


def _equal(found: Any, value: str) -> bool:
    if isinstance(found, int | float | datetime) and not isinstance(found, bool):
        return _number(found) == _number(value)
    return _text(found) == value


def _text(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)


def _number(value: Any) -> float | None:
    """A number, or a time as seconds since 1970; None for anything else."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
