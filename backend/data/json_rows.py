"""JSON and JSON Lines to rows: plain, wrapped in an object, by column, or nested."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from backend.data.errors import FormatError
from backend.data.tables import LeftOut, Table, columns_of, named, require_few

_TOLERATED: Final = 0.1
"""The share of lines that may be no JSON before the file as a whole is taken for another."""

_DEPTH: Final = 4
"""Levels below a row that get columns of their own."""

_WIDTH: Final = 200
"""Names in an object beyond which it is a mapping and no record."""


def json_content(text: str, name: str) -> tuple[str, Any, tuple[LeftOut, ...]] | None:
    """The format in words, what the text holds, and the lines that are left out; None where it is
    no JSON. Raises ``FormatError`` naming the line that is wrong.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return "JSON", json.loads(text), ()
    except RecursionError:
        raise FormatError(f"{name} is nested too deeply: bring one object a row.") from None
    except ValueError:
        return _json_lines(text, name)


def _json_lines(text: str, name: str) -> tuple[str, Any, tuple[LeftOut, ...]]:
    rows: list[Any] = []
    bad: list[LeftOut] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError):
            bad.append(LeftOut(f"line {number}", "it is not JSON", line[:200]))
    if len(bad) > _TOLERATED * (len(rows) + len(bad)):
        objects = _one_after_another(text)
        if objects is not None:
            return "JSON objects", objects, ()
        raise FormatError(f"{name}, {bad[0].place} is not JSON: correct that line.")
    return "JSON Lines", rows, tuple(bad)


def _one_after_another(text: str) -> list[Any] | None:
    """The values of a text that holds several without commas, each over several lines perhaps."""
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            while text[at : at + 1] in (" ", "\n", "\t", ","):
                at += 1
    except (ValueError, RecursionError):
        return None
    return found


def json_table(content: Any, format: str, name: str) -> Table:  # noqa: A002
    """The table in JSON ``content``; raises ``FormatError`` where it holds no rows."""
    rows = records_in(content)
    if not isinstance(rows, list):
        raise FormatError(f"{name} is {format}, but not of rows: bring one object a row.")
    if all(isinstance(row, list) for row in rows):
        width = max(map(len, rows), default=0)
        return named(format, [row for row in rows if len(row) == width], header=False)
    if not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"{name} is {format}, but not of objects: bring one object a row.")
    require_few(max(map(len, rows), default=0), name)
    flat = [flattened(row) for row in rows]
    return Table(format, columns_of(flat, name), flat)


def records_in(content: Any) -> Any:
    """The list of records in what a file holds: itself, inside of an object, or by column."""
    if not isinstance(content, dict):
        return content
    for reader in (_by_column, _split_orient, _by_index, _by_label):
        rows = reader(content)
        if rows is not None:
            return rows
    lists = sorted(_lists_in(content, 3), key=len, reverse=True)
    # One object whose lists are parts of it, such as its spans, is a record by itself.
    if lists and (len(lists[0]) > 1 or len(content) == 1 or set(content) <= {"version", "data"}):
        scalars = [v for v in content.values() if not isinstance(v, (list, dict))]
        texts = [v for v in scalars if isinstance(v, str) and " " in v]
        if not texts:
            return lists[0]
    return [content]


def _lists_in(content: Mapping[str, Any], depth: int) -> Iterator[list[Any]]:
    for value in content.values():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _lists_in(value, depth - 1)


def _by_column(content: Mapping[str, Any]) -> list[Any] | None:
    """``{"text": ["a", "b"], "label": [0, 1]}``, or pandas' ``{"text": {"0": "a", "1": "b"}}``."""
    values = list(content.values())
    if len(values) < 2 or any(_PARTS.fullmatch(name.casefold()) for name in content):
        return None
    if all(isinstance(value, dict) for value in values):
        keys = list(values[0])
        same = keys and all(list(value) == keys for value in values)
        scalar = all(not isinstance(v, (dict,)) for value in values for v in value.values())
        numbered = all(key.isdigit() for key in keys)
        if same and scalar and numbered:
            return [{name: content[name][key] for name in content} for key in keys]
        return None
    lists = all(isinstance(value, list) and value for value in values)
    if not lists or _strings_by_label(content) or len(set(map(len, values))) > 1:
        return None
    if isinstance(values[0][0], dict):
        return None
    return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]


_PARTS: Final = re.compile(r"tokens?|words|\w*tags|sentences|\w+_labels|messages|options")
"""Names of lists that are parts of one record."""

_COLUMN_WORDS: Final = "text texts sentence label labels"
_TEXT_NAMES: Final = frozenset(_COLUMN_WORDS.split())


def _strings_by_label(content: Mapping[str, Any]) -> bool:
    """Whether every name holds texts, and none is what columns are called."""
    return not any(
        name.casefold() in _TEXT_NAMES or _PARTS.fullmatch(name.casefold()) for name in content
    ) and all(
        isinstance(value, list) and value and all(isinstance(text, str) for text in value)
        for value in content.values()
    )


def _split_orient(content: Mapping[str, Any]) -> list[Any] | None:
    """pandas' ``{"columns": […], "data": [[…]]}`` and the rows of Hugging Face's viewer."""
    columns, data = content.get("columns"), content.get("data")
    if (
        isinstance(columns, list)
        and isinstance(data, list)
        and data
        and all(isinstance(row, list) and len(row) == len(columns) for row in data)
    ):
        return [dict(zip(map(str, columns), row, strict=True)) for row in data]
    rows = content.get("rows")
    if (
        isinstance(rows, list)
        and rows
        and all(isinstance(row, dict) and isinstance(row.get("row"), dict) for row in rows)
    ):
        return [row["row"] for row in rows]
    return None


def _by_index(content: Mapping[str, Any]) -> list[Any] | None:
    """``{"0": {…}, "1": {…}}``: records under their numbers or names."""
    values = list(content.values())
    if len(values) < 2 or not all(isinstance(value, dict) and value for value in values):
        return None
    names = [frozenset(value) for value in values]
    alike = sum(keys == names[0] for keys in names) > 0.8 * len(names)
    if alike and (len(values) > 20 or all(key.isdigit() for key in content)):
        return [{"id": key, **value} for key, value in content.items()]
    return None


def _by_label(content: Mapping[str, Any]) -> list[Any] | None:
    """``{"praise": ["…", "…"], "complaint": ["…"]}``: texts under their class, or FewRel's records
    under their relation.
    """
    if len(content) > 1 and all(
        isinstance(rows, list) and rows and all(isinstance(r, dict) and "h" in r for r in rows)
        for rows in content.values()
    ):
        return [{"relation": name, **row} for name, rows in content.items() for row in rows]
    if len(content) < 2 or not _strings_by_label(content):
        return None
    return [{"text": text, "label": label} for label, texts in content.items() for text in texts]


def flattened(row: Mapping[str, Any]) -> dict[str, Any]:
    """``row`` with what its objects hold beside them, under dotted names.

    >>> flattened({"data": {"text": "Fine."}})
    {'data': {'text': 'Fine.'}, 'data.text': 'Fine.'}
    """
    flat = {str(name): value for name, value in row.items()}
    for name, value in row.items():
        if isinstance(value, dict) and value:
            _flatten(str(name), value, flat, 1)
    return flat


def _flatten(prefix: str, value: Mapping[str, Any], flat: dict[str, Any], depth: int) -> None:
    if len(value) > _WIDTH or depth > _DEPTH:
        return
    for name, inner in value.items():
        flat.setdefault(f"{prefix}.{name}", inner)
        if isinstance(inner, dict):
            _flatten(f"{prefix}.{name}", inner, flat, depth + 1)


def split_lists(content: Any, words: Mapping[str, str]) -> dict[str, Sequence[Any]]:
    """The lists of an object that holds one for each split; none where it holds anything else."""
    if not isinstance(content, dict) or len(content) < 2:
        return {}
    if not all(name in words and isinstance(rows, list) for name, rows in content.items()):
        return {}
    return {words[name]: rows for name, rows in content.items() if rows}
