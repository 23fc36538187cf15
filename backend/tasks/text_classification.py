"""Text classification: what kind of text this is, as a whole and section by section."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from backend.errors import InputError, ModelError
from backend.tasks.base import (
    JSON,
    Part,
    Payload,
    Span,
    Task,
    items,
    json_payload,
    number,
    parse_object,
    read_span,
    require_text,
    take,
    unexpected,
    whole,
)
from backend.tasks.label_sets import Label
from backend.tasks.parts import shifted, split, stretches, total

LONGEST_PART: Final = 60_000
"""Characters in one request."""


@dataclass(frozen=True)
class TextClassificationRequest:
    """A document of any length. ``labels`` are the caller's own, for an endpoint that takes them;
    parts of the document are sections of a few sentences, or each sentence.
    """

    text: str
    labels: tuple[Label, ...] = ()
    by: Literal["section", "sentence"] = "section"


@dataclass(frozen=True)
class Section:
    """One part of the document: ``span`` carries its class and that class's probability;
    ``probabilities`` are in the order of the result's ``labels``. ``none``: it is like none of the
    caller's own labels, this one is only the nearest.
    """

    span: Span
    probabilities: tuple[float, ...]
    none: bool = False


@dataclass(frozen=True)
class TextClassificationResult:
    """The most probable class, all classes with their probabilities, and the same by section
    (empty where the model does not say; ``windows`` is then None). ``none`` as of ``Section``;
    ``similarity`` is the cosine to the nearest of the caller's own labels, None for trained ones.
    """

    label: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    sections: tuple[Section, ...]
    windows: int | None = None
    none: bool = False
    similarity: float | None = None

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
    """The text itself, as JumpStart's classifiers take it, and JSON where more is asked for; raises
    ``InputError`` for an empty text or label, or a single label.
    """
    text = require_text(request.text)
    if not request.labels and request.by == "section":
        return Payload(text.encode(), "application/x-text", f"{JSON};verbose")
    content: dict[str, Any] = {"text": text}
    if request.labels:
        content["labels"] = [_checked(label).payload for label in request.labels]
        if len(request.labels) < 2:
            raise InputError("One label leaves nothing to choose: add a second one.")
    return json_payload(content | {"parameters": {"by": request.by}})


def _checked(label: Label) -> Label:
    for value in (label.description, *label.examples, *label.phrases):
        if value.strip():
            require_text(value, "text of a label")
    require_text(label.name, "name of a label")
    return label


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
        label,
        labels,
        probabilities,
        sections,
        whole(answer, "windows"),
        none=bool(take(answer, "none", bool, default=False)),
        similarity=number(answer, "similarity"),
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
    none = bool(take(source, "none", bool, default=False))
    return Section(Span(place.start, place.end, place.text, label, score), probabilities, none)


def parts(request: TextClassificationRequest) -> Sequence[Part[TextClassificationRequest]]:
    """A long document in parts."""
    return stretches(request, size=LONGEST_PART)


def join(
    request: TextClassificationRequest,
    results: Sequence[tuple[int, TextClassificationResult]],
    *,
    size: int = LONGEST_PART,
) -> TextClassificationResult:
    """The sections of all parts (of ``size`` characters at most), and the mean of the parts'
    probabilities, weighted by their length in characters. A part without sections is a section
    itself.
    """
    if len(results) == 1 and results[0][0] == 0 and len(request.text) <= size:
        return results[0][1]
    first = results[0][1]
    if any(result.labels != first.labels for _, result in results):
        raise ModelError("The model names other classes for another part: see the model's log.")
    lengths = _lengths(request.text, [by for by, _ in results], size)
    mean = tuple(
        sum(result.probabilities[at] * n for (_, result), n in zip(results, lengths, strict=True))
        / sum(lengths)
        for at in range(len(first.labels))
    )
    return TextClassificationResult(
        label=first.labels[max(range(len(mean)), key=mean.__getitem__)],
        labels=first.labels,
        probabilities=mean,
        sections=tuple(
            section
            for (by, result), length in zip(results, lengths, strict=True)
            for section in _sections_at(result, request.text, by, length)
        ),
        windows=total([result.windows for _, result in results]),
        none=all(result.none for _, result in results),
        similarity=max((one.similarity or 0.0 for _, one in results), default=None)
        if first.similarity is not None
        else None,
    )


def _lengths(text: str, offsets: Sequence[int], size: int) -> list[int]:
    """The lengths of the parts of ``text`` that begin at ``offsets``."""
    known = {start: end - start for start, end in split(text, size)}
    return [known[offset] for offset in offsets]


def _sections_at(
    result: TextClassificationResult, text: str, by: int, length: int
) -> Sequence[Section]:
    if result.sections:
        return [replace(section, span=shifted(section.span, by)) for section in result.sections]
    whole_part = Span(by, by + length, text[by : by + length], result.label, result.score)
    return [Section(whole_part, result.probabilities, result.none)]


TEXT_CLASSIFICATION: Final = Task(
    slug="text_classification",
    title="Text classification",
    description="What kind of document this is and what it is about, by ready labels or your own, "
    "part by part.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
)
