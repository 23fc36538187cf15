"""Reading a channel's examples (JSON Lines), splitting and hashing them."""

import hashlib
import json
import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Example = dict[str, Any]


@dataclass(frozen=True)
class Channel:
    """The examples of a channel and the SHA-256 of their bytes."""

    examples: list[Example]
    sha256: str

    @property
    def facts(self) -> dict[str, Any]:
        """What a record keeps of the data."""
        return {"examples": len(self.examples), "sha256": self.sha256}


def read_channel(folder: Path, fields: Sequence[str] = ()) -> Channel:
    """All ``*.jsonl`` files of ``folder`` in order of their names.

    Raises ``ValueError`` naming the file and line that is not a JSON object or lacks one of
    ``fields``, and where there is no example at all.
    """
    examples: list[Example] = []
    digest = hashlib.sha256()
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.jsonl"))
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                digest.update(line)
                if line.strip():
                    examples.append(_parse(line, path, number, fields))
    if not examples:
        raise ValueError(f"no examples in {folder}: expected JSON Lines files ending in .jsonl")
    return Channel(examples, digest.hexdigest())


def _parse(line: bytes, path: Path, number: int, fields: Sequence[str]) -> Example:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{path.name}, line {number} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path.name}, line {number} is not a JSON object")
    if lacking := [field for field in fields if value.get(field) is None]:
        raise ValueError(f"{path.name}, line {number} has no {lacking[0]!r}")
    return value


def hold_out(
    examples: list[Example], fraction: float, group: Callable[[Example], Hashable], seed: int
) -> tuple[list[Example], list[Example]]:
    """Split into (train, validation) so that no group is in both.

    At least one group is held out, and at least one is left to train on. Raises ``ValueError``
    where all examples are of one group.
    """
    groups = list(dict.fromkeys(group(example) for example in examples))
    if len(groups) < 2:
        raise ValueError("all examples are of one document: give the job a validation channel")
    random.Random(seed).shuffle(groups)
    wanted = max(1, round(len(examples) * fraction))
    counts: dict[Hashable, int] = {}
    for example in examples:
        counts[group(example)] = counts.get(group(example), 0) + 1
    held: set[Hashable] = set()
    taken = 0
    for name in groups[:-1]:
        if taken >= wanted:
            break
        held.add(name)
        taken += counts[name]
    train = [example for example in examples if group(example) not in held]
    return train, [example for example in examples if group(example) in held]


def digest(examples: list[Example]) -> str:
    """SHA-256 of the examples in their order, in canonical JSON."""
    result = hashlib.sha256()
    for example in examples:
        result.update(json.dumps(example, sort_keys=True, ensure_ascii=False).encode())
        result.update(b"\n")
    return result.hexdigest()
