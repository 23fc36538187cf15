"""Datasets and their versions in S3, written whole or not at all.

``<prefix>/datasets/<name>/<version>/<split>/data.jsonl`` hold the examples; ``manifest.json``
beside the splits, which is written last, says that the version is there. Versions never change;
the same content is the same version.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from backend.cloud.connections import Connections
from backend.data.content import as_lines, from_lines, in_order
from backend.data.contents import Contents, Examples
from backend.data.errors import DatasetError
from backend.data.files import SourceFile
from backend.data.fixes import FIXES, apply, rename_labels
from backend.data.lint import Report, lint, report_from, report_of
from backend.data.objects import Objects
from backend.data.repairs import Repairs, apply_all
from backend.data.schemas import SPLITS, Example, Splits, schema_of
from backend.data.sources import fetch
from backend.data.split import DEFAULT, Fractions, split
from backend.data.stats import label_counts
from backend.data.versions import DatasetVersion, Split, manifest_of, version_from
from backend.errors import DocumentInsightsError, NotFound

__all__ = ["DatasetVersion", "Datasets", "Split", "dataset_name"]

_NAME: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9]){0,47}")
_VERSION: Final = re.compile(r"v([1-9]\d{0,5})")
_MANIFEST: Final = "manifest.json"
_KEPT: Final = 4
"""Splits whose examples stay in memory."""


def dataset_name(text: str) -> str:
    """``text`` made a name: "Support cases 2024.csv" is "support-cases-2024-csv"."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:48].strip("-")


class Datasets:
    """The datasets of one cloud. Every method raises ``DocumentInsightsError``s only."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._objects = Objects(connections)
        self._lock = threading.Lock()
        self._manifests: dict[tuple[str, str], DatasetVersion] = {}
        self._examples: dict[str, tuple[Example, ...]] = {}

    def fetch(self, where: str) -> tuple[SourceFile, ...]:
        """The files at an ``s3://`` URI or of a dataset of the hub: see ``sources.fetch``."""
        return tuple(fetch(self._connections, where))

    def list(self, task: str | None = None) -> tuple[DatasetVersion, ...]:
        """All versions (of one task), by name, the newest of each first."""
        found = self._found_below("")
        mine = (version for version in found if task is None or version.task == task)
        return tuple(sorted(mine, key=lambda version: (version.name, -version.number)))

    def get(self, name: str, version: str | None = None) -> DatasetVersion:
        """One version, the newest unless told; raises ``NotFound`` where there is none."""
        for one in self.versions(name):
            if version is None or one.version == version:
                return one
        raise NotFound(f"the dataset “{name}{f'/{version}' if version else ''}”")

    def versions(self, name: str) -> tuple[DatasetVersion, ...]:
        """All versions of ``name``, the newest first."""
        if not _NAME.fullmatch(name):
            return ()
        found = self._found_below(f"{name}/")
        return tuple(sorted(found, key=lambda version: -version.number))

    def add(
        self, name: str, task: str, splits: Splits, *, source: str, notes: Iterable[str] = ()
    ) -> DatasetVersion:
        """Keep canonical examples as the next version of ``name``, or find the version that has
        exactly these.

        Raises ``DatasetError`` for a name, task or example that is not one.
        """
        require_examples(name, task, splits)
        kept = {split: in_order(splits[split]) for split in SPLITS if splits.get(split)}
        with self._lock:
            versions = self.versions(name)
            if versions and versions[0].task != task:
                raise DatasetError(
                    f"“{name}” is a dataset of another task: give this one another name."
                )
            version = self._next(name, task, kept, source, tuple(notes))
            same = (known for known in versions if known.sha256 == version.sha256)
            return next(same, None) or self._write(version, kept)

    def add_reading(
        self,
        name: str,
        task: str,
        reading: Contents,
        *,
        source: str,
        mapping: Mapping[str, str] | None = None,
        fractions: Fractions = DEFAULT,
        seed: int = 0,
    ) -> DatasetVersion:
        """Keep what was read: made canonical by ``mapping`` and split where it is not split.

        Raises ``DatasetError`` where examples cannot be made, split or kept.
        """
        return self.add_examples(
            name,
            task,
            reading.examples(task, mapping),
            source=source,
            fractions=fractions,
            seed=seed,
        )

    def add_examples(
        self,
        name: str,
        task: str,
        examples: Examples,
        *,
        source: str,
        fractions: Fractions = DEFAULT,
        seed: int = 0,
    ) -> DatasetVersion:
        """Keep examples as they were read, split where they are not split.

        Raises ``DatasetError`` where they cannot be split or kept.
        """
        splits = split(task, examples.parts, fractions=fractions, seed=seed)
        made = [name for name in splits if name != "train" and not examples.parts.get(name)]
        notes = [*examples.notes]
        if made:
            notes.append(f"{' and '.join(made)} taken out of the rest, seed {seed}")
        return self.add(name, task, splits, source=source, notes=notes)

    def _next(
        self, name: str, task: str, kept: Splits, source: str, notes: tuple[str, ...]
    ) -> DatasetVersion:
        """The version to be written, under a number of which there is nothing yet."""
        folders = {key.split("/")[1] for key in self._objects.tags_below(f"{name}/")}
        numbers = [int(match[1]) for match in map(_VERSION.fullmatch, folders) if match]
        version = f"v{max(numbers, default=0) + 1}"
        splits = {
            part: Split(
                uri=self._objects.uri(f"{name}/{version}/{part}/"),
                count=len(examples),
                sha256=hashlib.sha256(as_lines(examples)).hexdigest(),
                labels=label_counts(schema_of(task), examples),
            )
            for part, examples in kept.items()
        }
        created = datetime.now(UTC).replace(microsecond=0)
        return DatasetVersion(name, version, task, created, source, splits, notes)

    def _write(self, version: DatasetVersion, kept: Splits) -> DatasetVersion:
        report = lint(version.task, kept)
        version = replace(version, errors=report.errors, warnings=report.warnings)
        try:
            for split, examples in kept.items():
                self._objects.put(f"{version.id}/{split}/data.jsonl", as_lines(examples))
            self._objects.put(f"{version.id}/lint.json", json.dumps(report_of(report)).encode())
            self._objects.put_new(f"{version.id}/{_MANIFEST}", manifest_of(version))
        except DocumentInsightsError:
            self._objects.delete_below(f"{version.id}/")
            raise
        return version

    def fix(self, version: DatasetVersion, fix: str) -> DatasetVersion:
        """A new version of the dataset after the fix of that name (see ``backend.data.fixes``).

        Raises ``DatasetError`` where nothing would be left.
        """
        changed = apply(fix, version.task, self.all_examples(version))
        return self._changed(version, changed, FIXES[fix].note)

    def fixes_of(self, version: DatasetVersion) -> Repairs:
        """What ``fix_all`` would do, step by step."""
        return apply_all(version.task, self.all_examples(version))

    def fix_all(self, version: DatasetVersion) -> DatasetVersion:
        """A new version after all fixes that lose nothing that is right."""
        repairs = self.fixes_of(version)
        what = "; ".join(step.note for step in repairs.steps) or "nothing to fix"
        return self._changed(version, repairs.splits, what)

    def rename_labels(self, version: DatasetVersion, names: Mapping[str, str]) -> DatasetVersion:
        """A new version with other names for labels; "" drops a label."""
        changed = rename_labels(version.task, self.all_examples(version), names)
        return self._changed(version, changed, "labels renamed")

    def _changed(self, version: DatasetVersion, splits: Splits, what: str) -> DatasetVersion:
        lost = version.count - sum(map(len, splits.values()))
        note = f"{version.version}: {what}" + (f", {lost:,} rows fewer" if lost else "")
        return self.add(
            version.name,
            version.task,
            splits,
            source=version.source,
            notes=(*version.notes, note),
        )

    def examples(self, version: DatasetVersion, split: str) -> tuple[Example, ...]:
        """The examples of one split, in the order in which they are kept; () for no such split."""
        if split not in version.splits:
            return ()
        # The hash, since a number may be given again after a version was deleted.
        key = f"{version.id}/{version.splits[split].sha256}"
        if key not in self._examples:
            data = self._objects.get(f"{version.id}/{split}/data.jsonl")
            while len(self._examples) >= _KEPT:
                self._examples.pop(next(iter(self._examples)), None)
            self._examples[key] = tuple(from_lines(data, version.id))
        return self._examples[key]

    def all_examples(self, version: DatasetVersion) -> dict[str, tuple[Example, ...]]:
        """The examples of every split."""
        return {split: self.examples(version, split) for split in version.splits}

    def lines(self, version: DatasetVersion, split: str) -> bytes:
        """One split as the JSON Lines that a training job reads."""
        return self._objects.get(f"{version.id}/{split}/data.jsonl")

    def lint(self, version: DatasetVersion) -> Report:
        """The findings of a version, as they were when it was kept, or made anew where this
        project's checks have changed since.
        """
        try:
            report = report_from(json.loads(self._objects.get(f"{version.id}/lint.json")))
        except (NotFound, ValueError):
            report = None
        return report or lint(version.task, self.all_examples(version))

    def remove(self, name: str, version: str | None = None) -> None:
        """Delete one version, or all of a dataset; raises ``NotFound`` where there is none."""
        found = (self.get(name, version),) if version else self.versions(name)
        if not found:
            raise NotFound(f"the dataset “{name}”")
        for one in found:
            # Without its manifest a version is gone, whatever happens to the rest.
            self._objects.delete(f"{one.id}/{_MANIFEST}")
            self._objects.delete_below(f"{one.id}/")

    def _found_below(self, folder: str) -> Iterable[DatasetVersion]:
        manifests = [
            found
            for found in self._objects.tags_below(folder).items()
            if found[0].endswith(f"/{_MANIFEST}")
        ]
        with ThreadPoolExecutor(max_workers=8) as pool:
            return [version for version in pool.map(self._manifest, manifests) if version]

    def _manifest(self, found: tuple[str, str]) -> DatasetVersion | None:
        """The version of a key and entity tag; None where it was deleted or is not one of ours."""
        if found not in self._manifests:
            try:
                self._manifests[found] = version_from(self._objects.get(found[0]))
            except (NotFound, ValueError):
                return None
        return self._manifests[found]


def require_examples(name: str, task: str, splits: Splits) -> None:
    """Raises ``DatasetError`` unless all this can be kept."""
    if not _NAME.fullmatch(name):
        raise DatasetError(
            f"“{name}” cannot be a dataset's name: use small letters, digits and single hyphens, "
            "at most 48."
        )
    if not any(splits.values()):
        raise DatasetError("There are no examples in this: choose another file.")
    if unknown := set(splits) - set(SPLITS):
        raise DatasetError(f"“{min(unknown)}” is no split: use train, validation and test.")
    schema = schema_of(task)
    for name_of_split, examples in splits.items():
        for number, example in enumerate(examples, 1):
            if fault := schema.fault(example):
                raise DatasetError(
                    f"Example {number} of {name_of_split}: {fault}. Correct the data."
                )
