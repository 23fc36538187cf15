"""Cells of a row to the parts of an example: texts, labels and numbers, or why there is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from backend.data.values import is_missing, parsed, plain

NO_LABEL: Final = "it has no label"
Get = Callable[[str], Any]
"""The cell of a field of the task, None where no column is one."""

_LONGEST: Final = 1_000_000


class RowError(ValueError):
    """Raised for a row that no example can be made of."""


def text_of(value: Any, what: str) -> str:
    """The text in a cell, "" where there is none; raises ``RowError`` where it is none."""
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        raise RowError(f"the {what} is not a text")
    text = str(value)
    if len(text) > _LONGEST:
        raise RowError(f"the {what} has more than {_LONGEST:,} characters")
    return text


def label_of(value: Any, names: Sequence[str] = ()) -> str:
    """The label in a cell, by ``names`` where it is a number; raises ``RowError`` for several."""
    value = plain(value)
    if isinstance(value, list) and len(value) == 1:
        value = plain(value[0])
    if isinstance(value, list) and len(value) > 1:
        raise RowError(f"it has {len(value)} labels, and a model here chooses one")
    number = str(value).strip()
    if names and number.isdigit():
        if int(number) >= len(names):
            raise RowError(f"label {number} has no name: there are {len(names)}, from 0 on")
        return names[int(number)]
    return text_of(value, "label").strip()


def given_label(value: Any, names: Sequence[str] = ()) -> str:
    """The label of an example that must have one."""
    value = parsed(value)
    if is_missing(value) or value == []:
        raise RowError(NO_LABEL)
    return label_of(value, names)


def whole_of(value: Any, what: str) -> int:
    """The whole number in a cell; raises ``RowError`` where it is none."""
    try:
        return int(str(value).strip())
    except ValueError:
        raise RowError(f"the {what} is not a whole number") from None


def first_of(source: Mapping[str, Any], *names: str) -> Any:
    """What ``source`` has under the first of ``names`` that it knows; raises ``RowError``."""
    for name in names:
        if source.get(name) is not None:
            return source[name]
    raise RowError(f"a span has no “{names[0]}”")
