"""DataProcessing: what of a record the model sees, and what of both goes to the output.

"Associate Prediction Results with Input Records" in the documentation of Amazon SageMaker says what
it does to JSON: ``$``, ``.name``, ``['name', …]``, ``[number, …]`` and ``[start:end]`` select; the
joined record is the input object with the prediction as its ``SageMakerOutput``.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_QUOTED = r"'[^']*'|\"[^\"]*\""
_STEP = re.compile(
    r"\.(?P<name>[^.\[\]\s*]+)"
    rf"|\[\s*(?P<names>(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*)\s*\]"
    r"|\[\s*(?P<places>-?\d+(?:\s*,\s*-?\d+)*)\s*\]"
    r"|\[\s*(?P<start>-?\d*)\s*:\s*(?P<end>-?\d*)\s*\]"
)
_Step = Callable[[Any], Any]


class PathError(ValueError):
    """Raised for a path that cannot be read, or that selects nothing of a record."""


class JsonPath:
    """The part of JSONPath that AWS offers for DataProcessing."""

    def __init__(self, text: str) -> None:
        """Raises PathError where ``text`` is another path."""
        self.text = text
        self._steps: list[_Step] = []
        at = 1
        if not text.startswith("$"):
            raise PathError(f"{text!r} is no JSONPath: begin it with $.")
        while at < len(text):
            match = _STEP.match(text, at)
            if match is None:
                raise PathError(
                    f"{text!r} is not supported: use $, .name, ['name'], [number] and [start:end]."
                )
            self._steps.append(_step(match))
            at = match.end()

    @property
    def whole(self) -> bool:
        """Whether the path selects all of a record."""
        return not self._steps

    def select(self, value: Any) -> Any:
        """What the path selects of ``value``. Raises PathError where that is nothing."""
        for step in self._steps:
            try:
                value = step(value)
            except (KeyError, IndexError, TypeError) as error:
                raise PathError(f"{self.text!r} selects nothing of the record.") from error
        return value


def _step(match: re.Match[str]) -> _Step:
    if match["name"]:
        return lambda value: _member(value, match["name"])
    if match["names"]:
        names = [quoted[1:-1] for quoted in re.findall(_QUOTED, match["names"])]
        if len(names) == 1:
            return lambda value: _member(value, names[0])
        return lambda value: {name: _member(value, name) for name in names}
    if match["places"]:
        places = [int(text) for text in match["places"].split(",")]
        if len(places) == 1:
            return lambda value: _list(value)[places[0]]
        return lambda value: [_list(value)[place] for place in places]
    part = slice(*(int(match[end]) if match[end] else None for end in ("start", "end")))
    return lambda value: _list(value)[part]


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        raise TypeError(name)
    return value[name]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


@dataclass(frozen=True)
class Filters:
    """A job's DataProcessing."""

    before: JsonPath
    after: JsonPath
    join: bool

    @property
    def needed(self) -> bool:
        """Whether anything is to be done at all."""
        return self.join or not (self.before.whole and self.after.whole)

    def request(self, record: bytes) -> bytes:
        """What the model gets of a record. Raises PathError."""
        return record if self.before.whole else _dump(self.before.select(_load(record)))

    def result(self, record: bytes, prediction: bytes) -> bytes:
        """What the output gets for a record and its prediction, both JSON. Raises PathError."""
        value = _load(prediction)
        if self.join:
            source = _load(record)
            joined = source if isinstance(source, dict) else {"SageMakerInput": source}
            value = {**joined, "SageMakerOutput": value}
        return _dump(self.after.select(value))


def _load(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PathError("The record is not valid JSON, which DataProcessing needs.") from error


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
