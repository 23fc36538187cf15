"""What a person thought of the names, relations and summaries that were shown: kept with the hash
of the models that showed them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.catalog.shipped import own_files
from backend.cloud.archives import digest
from backend.settings import ROOT

MODELS: Final = {
    "pretrained-document-entities": "named_entities",
    "pretrained-business-relations": "relation_extraction",
    "pretrained-summarization": "summarization",
}


@dataclass(frozen=True)
class Judged:
    """Counts of one document: names shown and wrong in type or boundary; relations shown, true
    and worth knowing; the summary's mark, 1 to 5.
    """

    names: tuple[int, int]
    relations: tuple[int, int, int]
    summary: float


@dataclass(frozen=True)
class Judgement:
    """Who read what, when (an ISO date), of which models."""

    judge: str
    date: str
    models: Mapping[str, str]
    documents: Mapping[str, Judged]

    @property
    def is_of_these_models(self) -> bool:
        """Whether the models that ship now are those that were read."""
        return dict(self.models) == hashes()


def hashes() -> dict[str, str]:
    """The models that ship, by name: a hash of their files and code."""
    return {name: digest(own_files(name, task, ROOT) or {}) for name, task in MODELS.items()}


def judgement(path: Path) -> Judgement | None:
    """The judgement in ``path``, None where there is none."""
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    read = {
        name: Judged(tuple(one["names"]), tuple(one["relations"]), float(one["summary"]))
        for name, one in found["documents"].items()
    }
    return Judgement(found["judge"], found["date"], found["models"], read)
