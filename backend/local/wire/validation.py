"""The constraints of botocore's shapes that no client checks, in AWS's own words.

Java patterns are translated to Python's; AWS matches them against the whole value.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from backend.local.wire.errors import AwsError

_LONGEST_MATCHED = 65_536
_LONGEST_SHOWN = 512
# Classes of Java that Python's re lacks. Some are a little wider than the original, because Python
# has no such class: never refuse what AWS accepts.
_CLASSES = {
    "L": r"\w",
    "M": r"\u0300-\u036f\u0483-\u0489\u0591-\u06ed\u0900-\u109f\u1ab0-\u1aff\u20d0-\u20ff"
    r"\ufe00-\ufe0f\ufe20-\ufe2f",
    "N": r"\w",
    "P": r"!-/:-@\[-`{-~\u00a1-\u00bf\u0589-\u061f\u2010-\u2027\u2030-\u205e\u3001-\u303f"
    r"\uff01-\uff65",
    "S": r"$+<->^`|~\u00a2-\u00b4\u00d7\u00f7\u20a0-\u20cf\u2100-\u2bff\U0001f000-\U0001faff",
    "Z": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    "Alnum": "0-9A-Za-z",
    "ASCII": r"\x00-\x7f",
    "Print": r"\x20-\x7e",
}
_JAVA_TO_PYTHON = (
    (re.compile(r"\\z"), r"\\Z"),
    (re.compile(r"\\w-(?!\])"), r"\\w\\-"),
    (re.compile(r"\\uD800\\uDC00-\\uDBFF\\uDFFF"), r"\\U00010000-\\U0010ffff"),
    # The local service reads the data of models and jobs from plain files as well.
    (re.compile(r"^\^?\(https\|s3\)://.*"), r"(?:\g<0>)|file:///.+"),
)


def validate(shape: Any, value: Mapping[str, Any]) -> None:
    """Raise AwsError ``ValidationException`` naming all constraints of ``shape`` not satisfied.

    ``value`` holds the parsed members of a request (see ``shapes.parse``).
    """
    problems = [
        f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
        for path, shown, constraint in violations(shape, value)
    ]
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        listed = "; ".join(problems)
        raise AwsError(
            "ValidationException", f"{len(problems)} validation {noun} detected: {listed}"
        )


def violations(shape: Any, value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, value as text, constraint) for each constraint that ``value`` does not satisfy."""
    if shape.type_name != "structure":
        for constraint in constraints(shape, value):
            yield path, _shown(value), constraint
    match shape.type_name:
        case "structure":
            yield from _in_structure(shape, value, path)
        case "list" if _is_scalar(shape.member):
            yield from _in_scalars(shape.member, value, value, path, "Member")
        case "list":
            for index, item in enumerate(value, start=1):
                yield from violations(shape.member, item, f"{path}.{index}.member")
        case "map":
            yield from _in_scalars(shape.key, value, value, path, "Map keys")
            if _is_scalar(shape.value):
                yield from _in_scalars(shape.value, value.values(), value, path, "Map value")
            else:
                for key, item in value.items():
                    yield from violations(shape.value, item, f"{path}.{key}.member")


def constraints(shape: Any, value: Any) -> list[str]:
    """The constraints of a shape itself (not of its members) that ``value`` does not satisfy."""
    limits = shape.metadata
    found = []
    if limits.get("enum") and value not in limits["enum"]:
        found.append(f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]")
    if limits.get("pattern") and not _matches(limits["pattern"], value):
        found.append(f"Member must satisfy regular expression pattern: {limits['pattern']}")
    return found + _size_constraints(shape, value)


def _size_constraints(shape: Any, value: Any) -> list[str]:
    what, size = ("length", len(value)) if hasattr(value, "__len__") else ("value", value)
    if shape.type_name in ("boolean", "timestamp"):
        return []
    least, most = (shape.metadata.get(name) for name in ("min", "max"))
    found = []
    if most is not None and size > most:
        found.append(f"Member must have {what} less than or equal to {most}")
    if least is not None and size < least:
        found.append(f"Member must have {what} greater than or equal to {least}")
    return found


def _in_structure(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    for name, member in shape.members.items():
        inner = f"{path}.{_camel(name)}" if path else _camel(name)
        if value.get(name) is not None:
            yield from violations(member, value[name], inner)
        elif name in shape.required_members:
            yield inner, "null", "Member must not be null"


def _in_scalars(
    shape: Any, items: Any, whole: Any, path: str, subject: str
) -> Iterator[tuple[str, str, str]]:
    """AWS names the whole collection and lists what each of its members must satisfy."""
    broken = next((found for item in items if (found := constraints(shape, item))), None)
    if broken:
        yield path, _shown(whole), f"{subject} must satisfy constraint: [{', '.join(broken)}]"


def _is_scalar(shape: Any) -> bool:
    return shape.type_name not in ("structure", "list", "map")


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        text = f"[{', '.join(str(item) for item in value)}]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}"
    else:
        text = str(value)
    return f"'{text[:_LONGEST_SHOWN]}…'" if len(text) > _LONGEST_SHOWN else f"'{text}'"


def _matches(pattern: str, value: Any) -> bool:
    compiled = compile_pattern(pattern)
    if not isinstance(value, str) or compiled is None:
        return True
    # A text beyond every length limit is refused by that limit; matching it could take forever.
    return len(value) <= _LONGEST_MATCHED and compiled.fullmatch(value) is not None


@cache
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """A Java pattern as Python's, or None where Python has no equal and AWS alone can judge."""
    translated = pattern
    for java, python in _JAVA_TO_PYTHON:
        translated = java.sub(python, translated)
    translated = re.sub(r"\\p\{(\w+)\}", _class_of, translated)
    try:
        return re.compile(translated)
    except re.error:
        return None


def _class_of(match: re.Match[str]) -> str:
    before = match.string[: match.start()].replace(r"\[", "").replace(r"\]", "")
    characters = _CLASSES.get(match[1], r"\w")
    return characters if before.count("[") > before.count("]") else f"[{characters}]"
