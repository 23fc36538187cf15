"""Single values of a table: what stands for nothing, what a cell holds, and labels as people mean
them.
"""

import ast
import json
import re
from typing import Any, Final

_NOTHING: Final = "nan -nan none null n/a na <na> #n/a #na nil #null! #value! #ref! 1.#qnan"
_MISSING: Final = frozenset(_NOTHING.split())
"""What pandas, R, Excel and databases write where there is nothing."""

_WHOLE: Final = re.compile(r"[+-]?\d+\.0+")
_LONGEST_LITERAL: Final = 1_000_000


def is_missing(value: object) -> bool:
    """Whether ``value`` stands for nothing: empty, NaN, ``None``, ``N/A`` and the like.

    >>> [is_missing(value) for value in ("", "nan", "N/A", float("nan"), None, "none of these", 0)]
    [True, True, True, True, True, False, False]
    """
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and (not value.strip() or value.strip().casefold() in _MISSING)


def parsed(value: Any) -> Any:
    """The list or object that a cell holds as JSON or as Python writes it; else ``value`` itself.

    >>> parsed("['Berg', 'leads']"), parsed('{"a": null}'), parsed("[sic]")
    (['Berg', 'leads'], {'a': None}, '[sic]')
    """
    if not isinstance(value, str) or value.strip()[:1] not in ("[", "{"):
        return value
    text = value.strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _python_literal(text, value)


_ARRAY: Final = re.compile(r"\barray\((\[.*?\])(?:,\s*dtype=[^)]*)?\)", re.DOTALL)
_PRINTED: Final = re.compile(r"\[(?:\s*(?:'[^']*'|\"[^\"]*\"|-?\d+))+\s*\]")


def _python_literal(text: str, otherwise: Any) -> Any:
    if len(text) > _LONGEST_LITERAL:
        return otherwise
    text = _ARRAY.sub(r"\1", text)
    if _PRINTED.fullmatch(text):  # numpy prints no commas: ['a' 'b']
        words = re.findall(r"'[^']*'|\"[^\"]*\"|-?\d+", text)
        return [word[1:-1] if word[0] in "'\"" else int(word) for word in words]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return otherwise
    return _without_tuples(found)


def _without_tuples(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_without_tuples(one) for one in value]
    return value


def plain(value: Any) -> Any:
    """``value`` with whole floats as whole numbers, also those that are written so.

    >>> plain(1.0), plain("0.0"), plain("3.5"), plain("-1.0")
    (1, '0', '3.5', '-1')
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return value.strip().partition(".")[0]
    return value


def is_whole(value: Any) -> bool:
    """Whether a cell holds a whole number.

    >>> is_whole("3"), is_whole(3.0), is_whole("3.5"), is_whole("three")
    (True, True, False, False)
    """
    return re.fullmatch(r"-?\d+", str(plain(value)).strip()) is not None
