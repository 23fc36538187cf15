"""Gold examples and predictions: JSON Lines files, matched by ``id``."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from backend.errors import InputError

TaskName = Literal[
    "text_classification",
    "named_entities",
    "question_answering",
    "relation_extraction",
    "summarization",
]
TASKS: Final[tuple[TaskName, ...]] = get_args(TaskName)


class Entity(NamedTuple):
    """A typed stretch of a text, in Unicode code points; ``end`` is exclusive."""

    start: int
    end: int
    label: str


Value = str | tuple[Entity, ...] | tuple[str, ...]
"""Gold or predicted: a label, an answer or a summary; entities; accepted answers or summaries."""


@dataclass(frozen=True)
class Examples:
    """A hold-out set. ``texts`` and ``groups`` (document, source) are "" where not given."""

    task: TaskName
    ids: tuple[str, ...]
    gold: tuple[Value, ...]
    texts: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of what is asked and expected, whatever the order of the examples."""
        rows = sorted(zip(self.ids, self.texts, self.gold, strict=True))
        written = json.dumps([self.task, rows], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def require_task(name: str) -> TaskName:
    """``name`` as a task; raises ``InputError`` for any other word."""
    for task in TASKS:
        if name == task:
            return task
    raise InputError(f"“{name}” is no task: use one of {', '.join(TASKS)}.")


def read_examples(task: TaskName, path: Path) -> Examples:
    """The gold file at ``path``; raises ``InputError`` with the file and line of what is wrong."""
    return examples_of(task, _lines(path), where=path.name)


def read_predictions(wanted: Examples, path: Path) -> tuple[Value, ...]:
    """The predictions at ``path``, in the order of ``wanted``; raises ``InputError``."""
    return answers_of(wanted, _lines(path), where=path.name)


def examples_of(
    task: TaskName, rows: Iterable[Mapping[str, Any]], *, where: str = "gold"
) -> Examples:
    """Gold ``rows`` (each with an ``id``) as ``Examples``; raises ``InputError``."""
    found: dict[str, tuple[Value, str, str]] = {}
    for number, row in enumerate(rows, 1):
        place = f"{where}, example {number}"
        name = _id(row, place, found)
        text = _optional_text(row, "text", place) or _optional_text(row, "context", place)
        value = _GOLD[task](row, text, place)
        found[name] = (value, text, _optional_text(row, "group", place))
    if not found:
        raise InputError(f"{where} holds no example: give one JSON object a line.")
    gold, texts, groups = zip(*found.values(), strict=True)
    return Examples(task, tuple(found), gold, texts, groups)


def answers_of(
    wanted: Examples, rows: Iterable[Mapping[str, Any]], *, where: str = "predictions"
) -> tuple[Value, ...]:
    """Predicted ``rows`` in the order of ``wanted``.

    Raises ``InputError`` unless every id of ``wanted`` is there once, and no other.
    """
    texts = dict(zip(wanted.ids, wanted.texts, strict=True))
    found: dict[str, Value] = {}
    for number, row in enumerate(rows, 1):
        place = f"{where}, example {number}"
        name = _id(row, place, found)
        if name not in texts:
            raise InputError(f"{place}: the id “{name}” is not in the gold file: remove it there.")
        found[name] = _PREDICTED[wanted.task](row, texts[name], place)
    missing = [name for name in wanted.ids if name not in found]
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise InputError(
            f"{where} lacks a prediction for the id “{missing[0]}”{more}: predict every example."
        )
    return tuple(found[name] for name in wanted.ids)


def _lines(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InputError(f"{path} cannot be read ({reason}): check the path.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not UTF-8: save it as UTF-8.") from None
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            yield _object(line, f"{path.name}, line {number}")


def _object(line: str, place: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"{place} is not JSON: give one JSON object a line.") from None
    if not isinstance(row, dict):
        raise InputError(f"{place} is not a JSON object: give one JSON object a line.")
    return row


def _id(row: Mapping[str, Any], place: str, found: Mapping[str, object]) -> str:
    value = row.get("id")
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise InputError(f"{place} has no “id”: give every example one, a text or a whole number.")
    if str(value) in found:
        raise InputError(f"{place}: the id “{value}” is there twice: keep one of them.")
    return str(value)


def _optional_text(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{place}: “{key}” is not a text: write it in quotes.")
    return value or ""


def _label(row: Mapping[str, Any], _text: str, place: str) -> str:
    value = row.get("label")
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, int)) or value == "":
        raise InputError(f"{place} has no “label”: give the class as a text or a whole number.")
    return str(value)


def _texts(key: str) -> Callable[[Mapping[str, Any], str, str], tuple[str, ...]]:
    def read(row: Mapping[str, Any], _text: str, place: str) -> tuple[str, ...]:
        values = row.get(key)
        if values is None and isinstance(row.get(_SINGULAR[key]), str):
            values = [row[_SINGULAR[key]]]
        if not isinstance(values, list):
            raise InputError(f"{place} has no “{key}”: give a list of texts.")
        texts = [value.get("text") if isinstance(value, dict) else value for value in values]
        found = tuple(text for text in texts if isinstance(text, str))
        if len(found) < len(texts):
            raise InputError(f"{place}: “{key}” holds something that is not a text.")
        if key == "summaries" and not found:
            raise InputError(f"{place} has no reference summary: give at least one.")
        return found

    return read


_SINGULAR: Final[Mapping[str, str]] = {"answers": "answer", "summaries": "summary"}


def _text(key: str) -> Callable[[Mapping[str, Any], str, str], str]:
    def read(row: Mapping[str, Any], _text: str, place: str) -> str:
        if key not in row:
            raise InputError(f"{place} has no “{key}”: give a text (empty where there is none).")
        return _optional_text(row, key, place)

    return read


def _entities(row: Mapping[str, Any], text: str, place: str) -> tuple[Entity, ...]:
    values = row.get("entities")
    if not isinstance(values, list):
        raise InputError(f"{place} has no “entities”: give a list, empty where there are none.")
    return tuple(_entity(value, text, place) for value in values)


def _entity(value: Any, text: str, place: str) -> Entity:
    source = value if isinstance(value, dict) else {}
    start = source.get("start", source.get("start_char"))
    end = source.get("end", source.get("end_char"))
    label = source.get("label")
    whole = all(isinstance(at, int) and not isinstance(at, bool) for at in (start, end))
    if not whole or not isinstance(label, str) or not label:
        raise InputError(f"{place}: an entity needs “start”, “end” and “label”.")
    assert isinstance(start, int)
    assert isinstance(end, int)
    if not 0 <= start < end or (text and end > len(text)):
        raise InputError(
            f"{place}: the entity from {start} to {end} lies outside the text of {len(text):,} "
            "characters: offsets count characters, the end not included."
        )
    return Entity(start, end, label)


Reader = Callable[[Mapping[str, Any], str, str], Value]

_GOLD: Final[Mapping[TaskName, Reader]] = {
    "text_classification": _label,
    "named_entities": _entities,
    "question_answering": _texts("answers"),
    "relation_extraction": _label,
    "summarization": _texts("summaries"),
}
_PREDICTED: Final[Mapping[TaskName, Reader]] = {
    "text_classification": _label,
    "named_entities": _entities,
    "question_answering": _text("answer"),
    "relation_extraction": _label,
    "summarization": _text("summary"),
}


def labels(values: Sequence[Value]) -> tuple[str, ...]:
    """``values`` as what they are in classification and relation extraction."""
    return tuple(value if isinstance(value, str) else "" for value in values)
