"""Text classification: what kind of text this is, as a whole and section by section."""

from dataclasses import dataclass
from typing import Any, Final

from backend.tasks.base import (
    JSON,
    Payload,
    Span,
    Task,
    items,
    parse_object,
    read_span,
    require_text,
    take,
    unexpected,
    whole,
)


@dataclass(frozen=True)
class TextClassificationRequest:
    """A document of any length."""

    text: str


@dataclass(frozen=True)
class Section:
    """One part of the document: ``span`` carries its class and that class's probability;
    ``probabilities`` are in the order of the result's ``labels``.
    """

    span: Span
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class TextClassificationResult:
    """The most probable class, all classes with their probabilities, and the same by section
    (empty where the model does not say; ``windows`` is then None).
    """

    label: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    sections: tuple[Section, ...]
    windows: int | None = None

    @property
    def score(self) -> float:
        """The probability of ``label``."""
        return self.probabilities[self.labels.index(self.label)]

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """Classes and probabilities, the most probable first."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def encode(request: TextClassificationRequest) -> Payload:
    """The text itself, as JumpStart's classifiers take it; raises ``InputError`` if empty."""
    body = require_text(request.text).encode()
    return Payload(body, "application/x-text", f"{JSON};verbose")


def decode(body: bytes, request: TextClassificationRequest) -> TextClassificationResult:
    """The answer in ``body``, ours or JumpStart's (whose labels may be integers)."""
    answer = parse_object(body)
    probabilities = _probabilities(answer)
    labels = tuple(
        str(label) for label in take(answer, "labels", list, [*range(len(probabilities))])
    )
    if not labels or len(labels) != len(probabilities):
        raise unexpected("one probability for each label")
    label = _predicted(answer, labels, probabilities)
    sections = tuple(_section(found, request.text, labels) for found in items(answer, "sections"))
    return TextClassificationResult(
        label, labels, probabilities, sections, whole(answer, "windows")
    )


def _probabilities(source: dict[str, Any]) -> tuple[float, ...]:
    values = take(source, "probabilities", list)
    if not all(isinstance(value, (int, float)) and 0 <= value <= 1.0001 for value in values):
        raise unexpected("usable “probabilities”")
    return tuple(float(value) for value in values)


def _predicted(
    source: dict[str, Any], labels: tuple[str, ...], probabilities: tuple[float, ...]
) -> str:
    best = labels[max(range(len(labels)), key=probabilities.__getitem__)]
    label = str(take(source, "predicted_label", (str, int), best))
    if label not in labels:
        raise unexpected("a “predicted_label” that is one of its “labels”")
    return label


def _section(source: dict[str, Any], text: str, labels: tuple[str, ...]) -> Section:
    probabilities = _probabilities(source)
    if len(probabilities) != len(labels):
        raise unexpected("one probability for each label in each section")
    place = read_span(source, text)
    label = _predicted(source, labels, probabilities)
    score = probabilities[labels.index(label)]
    return Section(Span(place.start, place.end, place.text, label, score), probabilities)


TEXT_CLASSIFICATION: Final = Task(
    slug="text_classification",
    title="Text classification",
    description="What kind of text this is, with how sure the model is, part by part.",
    encode=encode,
    decode=decode,
)
