"""Examples as bytes: canonical JSON Lines, their hash, and reading them back."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from backend.data.errors import FormatError
from backend.data.schemas import Example


def line_of(example: Example) -> bytes:
    """One example as canonical JSON in UTF-8 with its line end."""
    return (
        json.dumps(example, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    )


def in_order(examples: Iterable[Example]) -> list[Example]:
    """The examples in the order in which they are kept.

    It depends on what they are and not on where they stood, so that the same examples have the
    same hash in whatever order a file brings them; and it mixes classes and documents, so that the
    first rows show some of everything.
    """
    return sorted(examples, key=lambda example: hashlib.sha256(line_of(example)).digest())


def as_lines(examples: Iterable[Example]) -> bytes:
    """JSON Lines, whose SHA-256 is the hash of the split: what a job computes from its channel."""
    return b"".join(map(line_of, examples))


def digest(examples: Iterable[Example]) -> str:
    """SHA-256 of ``examples`` as JSON Lines."""
    total = hashlib.sha256()
    for example in examples:
        total.update(line_of(example))
    return total.hexdigest()


def combined(hashes: Sequence[tuple[str, str]]) -> str:
    """One hash for ``(split, hash)`` pairs, whatever their order."""
    lines = "".join(f"{name} {value}\n" for name, value in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def from_lines(data: bytes, name: str) -> list[Example]:
    """The examples in JSON Lines; raises ``FormatError`` naming the line that is not an object."""
    examples = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise FormatError(f"{name}, line {number} is not a JSON object: correct that line.")
        examples.append(value)
    return examples
