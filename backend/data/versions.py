"""Versions of datasets, and the manifests that say what they are."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from backend.data.content import combined
from backend.data.schemas import schema_of


@dataclass(frozen=True)
class Split:
    """The examples of one split: ``uri`` is the S3 prefix that a training channel gets, ``sha256``
    the hash that the job computes from it, ``labels`` how often each label occurs.
    """

    uri: str
    count: int
    sha256: str
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetVersion:
    """One version of a dataset; ``task`` is a slug, ``source`` says where the data came from,
    ``notes`` what was done on the way, ``errors`` and ``warnings`` count the findings of its lint.
    """

    name: str
    version: str
    task: str
    created: datetime
    source: str
    splits: Mapping[str, Split]
    notes: tuple[str, ...] = ()
    errors: int = 0
    warnings: int = 0

    @property
    def id(self) -> str:
        """Name and version, as people and links say them."""
        return f"{self.name}/{self.version}"

    @property
    def number(self) -> int:
        """The version as a number."""
        return int(self.version.removeprefix("v"))

    @property
    def count(self) -> int:
        """Examples in all splits."""
        return sum(split.count for split in self.splits.values())

    @cached_property
    def sha256(self) -> str:
        """The hash of all splits."""
        return combined([(name, split.sha256) for name, split in self.splits.items()])

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, the most frequent first."""
        total: dict[str, int] = {}
        for split in self.splits.values():
            for label, count in split.labels.items():
                total[label] = total.get(label, 0) + count
        return tuple(sorted(total, key=lambda label: (-total[label], label)))


def manifest_of(version: DatasetVersion) -> bytes:
    """``version`` as JSON."""
    content = asdict(version) | {"created": version.created.isoformat(), "sha256": version.sha256}
    return json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def version_from(manifest: bytes) -> DatasetVersion:
    """The version that ``manifest`` tells of; raises ``ValueError`` where it is no manifest."""
    try:
        content: dict[str, Any] = json.loads(manifest)
        schema_of(content["task"])
        return DatasetVersion(
            name=str(content["name"]),
            version=str(content["version"]),
            task=str(content["task"]),
            created=datetime.fromisoformat(content["created"]),
            source=str(content["source"]),
            splits={name: Split(**split) for name, split in content["splits"].items()},
            notes=tuple(content["notes"]),
            errors=int(content["errors"]),
            warnings=int(content["warnings"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a manifest") from error
