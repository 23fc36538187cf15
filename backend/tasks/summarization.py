"""Summarization: the sentences that say most, in the order of the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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


@dataclass(frozen=True, kw_only=True)
class SummarizationRequest:
    """A document and the length wanted: ``max_words``/``min_words`` count words,
    ``max_length``/``min_length`` tokens as in the original solution; None leaves it to the model.
    """

    text: str
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
    parameters = {name: value for name, value in lengths.items() if value is not None}
    _require_lengths(parameters, "words")
    _require_lengths(parameters, "length")
    if parameters:
        content["parameters"] = parameters
    return json_payload(content)


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
        kept = _best(found, request.max_words or max(result.words for _, result in results))
        summary = " ".join(" ".join(span.text.split()) for span in kept)
    else:
        kept, summary = [], "\n".join(result.summary for _, result in results)
    return SummarizationResult(
        summary=summary,
        sentences=tuple(kept),
        words=len(summary.split()),
        source_words=sum(result.source_words for _, result in results),
        windows=total([result.windows for _, result in results]),
    )


def _best(sentences: Sequence[Span], most: int) -> list[Span]:
    """``sentences`` by score until ``most`` words are full, none twice; at least one."""
    kept: list[Span] = []
    seen: set[str] = set()
    words = 0
    for span in sorted(sentences, key=lambda one: -(one.score or 0.0)):
        line = " ".join(span.text.split()).casefold()
        if line in seen or (kept and words + len(line.split()) > most):
            continue
        seen.add(line)
        words += len(line.split())
        kept.append(span)
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
