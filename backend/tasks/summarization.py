"""Summarization: the sentences that say most, in the order of the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from backend.errors import InputError
from backend.tasks.base import (
    Part,
    Payload,
    Span,
    Task,
    items,
    json_payload,
    parse_object,
    read_span,
    require_text,
    take,
    whole,
)
from backend.tasks.parts import shifted, stretches, total

LONGEST_PART: Final = 60_000
"""Characters in one request."""
LARGEST_PART: Final = 3
"""A summary is at most one such part of its document, unless more is asked for."""
SHORTEST: Final = 25
"""Words that it may have all the same."""
BULLET: Final = "•"

Style = Literal["lead", "bullets", "focus"]


@dataclass(frozen=True, kw_only=True)
class SummarizationRequest:
    """A document, the length wanted and the form: ``max_words``/``min_words`` count words,
    ``max_length``/``min_length`` tokens as in the original solution; None leaves it to the model.

    ``style`` is a paragraph, ``bullets`` points, or what says most about ``focus``.
    """

    text: str
    style: Style = "lead"
    bullets: int = 3
    focus: str = ""
    max_words: int | None = None
    min_words: int | None = None
    max_length: int | None = None
    min_length: int | None = None


@dataclass(frozen=True)
class SummarizationResult:
    """The summary; ``sentences`` are its sentences in the document, empty where the model wrote
    its own words. ``windows`` is None where the model does not say.
    """

    summary: str
    sentences: tuple[Span, ...]
    words: int
    source_words: int
    windows: int | None

    @property
    def compression(self) -> float:
        """Words of the summary per word of the document."""
        return self.words / self.source_words if self.source_words else 0.0


def encode(request: SummarizationRequest) -> Payload:
    """The request's body; raises ``InputError`` for an empty text or contradicting lengths."""
    content: dict[str, object] = {"text": require_text(request.text)}
    lengths = {
        "max_words": request.max_words,
        "min_words": request.min_words,
        "max_length": request.max_length,
        "min_length": request.min_length,
    }
    given = {name: value for name, value in lengths.items() if value is not None}
    _require_lengths(given, "words")
    _require_lengths(given, "length")
    parameters = {**given, **_form(request)}
    if parameters:
        content["parameters"] = parameters
    return json_payload(content)


def _form(request: SummarizationRequest) -> dict[str, object]:
    """What the request says of the summary's form; nothing where it is a paragraph of all."""
    if request.style == "bullets":
        if request.bullets < 1:
            raise InputError("A summary in points needs at least one point: raise their number.")
        return {"style": request.style, "bullets": request.bullets}
    if request.style == "focus":
        if not request.focus.strip():
            raise InputError("Write what the summary should be about.")
        return {"style": request.style, "focus": request.focus.strip()}
    return {}


def longest(text: str, most: int) -> int:
    """``most`` words, or fewer where that were more than a third of a text.

    >>> longest("word " * 120, 100)
    40
    """
    return min(most, max(SHORTEST, len(text.split()) // LARGEST_PART))


def _require_lengths(parameters: dict[str, int], unit: str) -> None:
    least, most = parameters.get(f"min_{unit}", 0), parameters.get(f"max_{unit}")
    if least < 0 or (most is not None and (most < 1 or most < least)):
        raise InputError(
            "The summary's longest length must be at least one and not below its shortest: "
            "change the lengths."
        )


def decode(body: bytes, request: SummarizationRequest) -> SummarizationResult:
    """The answer in ``body``, ours or the original solution's ``{"summary": …}``."""
    answer = parse_object(body)
    summary = take(answer, "summary_text" if "summary_text" in answer else "summary", str)
    found = items(answer, "sentences")
    return SummarizationResult(
        summary=summary,
        sentences=tuple(read_span(sentence, request.text) for sentence in found),
        words=take(answer, "words", int, len(summary.split())),
        source_words=take(answer, "source_words", int, len(request.text.split())),
        windows=whole(answer, "windows"),
    )


def parts(request: SummarizationRequest) -> Sequence[Part[SummarizationRequest]]:
    """A long document in parts, each asked for a summary of the length wanted of the whole: the
    sentences to choose from.
    """
    return stretches(request, size=LONGEST_PART)


def join(
    request: SummarizationRequest, results: Sequence[tuple[int, SummarizationResult]]
) -> SummarizationResult:
    """The best sentences of all parts, within the length wanted, in the order of the document.

    Summaries in a model's own words have no sentences to choose from: they follow each other.
    """
    if len(results) == 1:
        kept = [shifted(span, results[0][0]) for span in results[0][1].sentences]
        summary = results[0][1].summary
    elif all(result.sentences for _, result in results):
        found = [shifted(span, by) for by, result in results for span in result.sentences]
        most = request.max_words or max(result.words for _, result in results)
        points = request.bullets if request.style == "bullets" else None
        groups = [[span] for span in found] if points else _together(found, request.text)
        kept = _best(groups, most, points)
        summary = _written(kept, request)
    else:
        kept, summary = [], "\n".join(result.summary for _, result in results)
    return SummarizationResult(
        summary=summary,
        sentences=tuple(kept),
        words=sum(1 for word in summary.split() if word != BULLET),
        source_words=sum(result.source_words for _, result in results),
        windows=total([result.windows for _, result in results]),
    )


def _written(sentences: Sequence[Span], request: SummarizationRequest) -> str:
    """``sentences`` as one paragraph, or a line each where points are wanted."""
    lines = [" ".join(span.text.split()) for span in sentences]
    if request.style == "bullets":
        return "\n".join(f"{BULLET} {line}" for line in lines)
    return " ".join(lines)


def _together(sentences: Sequence[Span], text: str) -> list[list[Span]]:
    """``sentences`` with those in one that follow each other in ``text``: the second may hang on
    the first.
    """
    found: list[list[Span]] = []
    for span in sorted(sentences, key=lambda one: one.start):
        if found and not text[found[-1][-1].end : span.start].strip():
            found[-1].append(span)
        else:
            found.append([span])
    return found


def _best(groups: Sequence[list[Span]], most: int, most_sentences: int | None) -> list[Span]:
    """``groups`` by score until ``most`` words are full, no sentence twice; at least one group, and
    at most ``most_sentences`` sentences.
    """
    kept: list[Span] = []
    seen: set[str] = set()
    words = 0
    for group in sorted(groups, key=lambda one: -max(span.score or 0.0 for span in one)):
        lines = [" ".join(span.text.split()).casefold() for span in group]
        size = sum(len(line.split()) for line in lines)
        full = most_sentences is not None and len(kept) + len(group) > most_sentences
        if seen.intersection(lines) or (kept and (full or words + size > most)):
            continue
        seen.update(lines)
        words += size
        kept += group
    return sorted(kept, key=lambda span: span.start)


SUMMARIZATION: Final = Task(
    slug="summarization",
    title="Summarization",
    description="The few sentences of a long document that say what matters.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
)
