"""Labels by what they mean, for classifying without training: a user's own, and ready sets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.settings import ROOT

FOLDER: Final = ROOT / "assets" / "label_sets"
KIND, TOPIC, URGENCY, ASPECTS = "kind", "topic", "urgency", "aspects"
OWN_LABELS: Final = "pretrained-own-labels"
"""The embedded endpoint that classifies by the labels of each request."""


@dataclass(frozen=True)
class Label:
    """A name, a line about what it means, texts of its kind, and phrases that give it away."""

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def payload(self) -> dict[str, object]:
        """As it goes over the wire, without what is empty."""
        content: dict[str, object] = {
            "name": self.name,
            "description": self.description,
            "examples": list(self.examples),
            "phrases": list(self.phrases),
        }
        return {key: value for key, value in content.items() if value}


@dataclass(frozen=True)
class LabelSet:
    """Labels that go together, with a title for people."""

    name: str
    title: str
    labels: tuple[Label, ...]


@cache
def label_sets(folder: Path = FOLDER) -> Mapping[str, LabelSet]:
    """The ready sets that come with the product, by name."""
    sets = (_read(path) for path in sorted(folder.glob("*.json")))
    return {one.name: one for one in sets}


def _read(path: Path) -> LabelSet:
    content = json.loads(path.read_text(encoding="utf-8"))
    labels = tuple(
        Label(
            label["name"],
            label.get("description", ""),
            tuple(label.get("examples", ())),
            tuple(label.get("phrases", ())),
        )
        for label in content["labels"]
    )
    return LabelSet(content["name"], content["title"], labels)
