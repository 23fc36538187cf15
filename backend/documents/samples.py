"""The sample documents that are there before anyone types, with questions to ask of them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "samples"


@dataclass(frozen=True)
class Question:
    """A suggested question; ``answer`` is a passage of the sample, ``None`` where it has none."""

    text: str
    answer: str | None


@dataclass(frozen=True)
class Sample:
    """A document of ours. ``kind`` is what a reader calls it, ``tasks`` what it is good for."""

    slug: str
    title: str
    kind: str
    text: str
    tasks: tuple[str, ...]
    questions: tuple[Question, ...]


def samples(task: str | None = None) -> tuple[Sample, ...]:
    """All samples, or those good for ``task`` (a slug such as ``named_entities``), best first."""
    return tuple(sample for sample in _all() if task is None or task in sample.tasks)


def sample(slug: str) -> Sample:
    """The sample with this slug.

    Raises:
        KeyError: there is none.
    """
    for candidate in _all():
        if candidate.slug == slug:
            return candidate
    raise KeyError(slug)


@cache
def _all() -> tuple[Sample, ...]:
    records = json.loads((FOLDER / "samples.json").read_text(encoding="utf-8"))
    return tuple(_sample(record) for record in records)


def _sample(record: dict[str, Any]) -> Sample:
    text = (FOLDER / f"{record['slug']}.txt").read_text(encoding="utf-8")
    return Sample(
        slug=record["slug"],
        title=record["title"],
        kind=record["kind"],
        text=text.strip(),
        tasks=tuple(record["tasks"]),
        questions=tuple(Question(**question) for question in record["questions"]),
    )
