"""Named entities: the people, organizations, places, dates and amounts in a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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

LONGEST_PART: Final = 20_000
"""Characters in one request."""


@dataclass(frozen=True)
class NamedEntitiesRequest:
    """A document of any length."""

    text: str


@dataclass(frozen=True)
class NamedEntitiesResult:
    """Entities, whose ``label`` is their type, and noun chunks, both in document order;
    ``windows`` is None where the model does not say.
    """

    entities: tuple[Span, ...]
    noun_chunks: tuple[Span, ...]
    windows: int | None = None


def encode(request: NamedEntitiesRequest) -> Payload:
    """The request's body; raises ``InputError`` for an empty text."""
    return json_payload({"text": require_text(request.text)})


def decode(body: bytes, request: NamedEntitiesRequest) -> NamedEntitiesResult:
    """The answer in ``body``, whose entities may lack scores and whose chunks may be absent."""
    answer = parse_object(body)
    take(answer, "entities", list)
    return NamedEntitiesResult(
        entities=_spans(answer, "entities", request.text),
        noun_chunks=_spans(answer, "noun_chunks", request.text),
        windows=whole(answer, "windows"),
    )


def _spans(answer: dict[str, object], key: str, text: str) -> tuple[Span, ...]:
    found = (
        read_span(item, text, start="start_char", end="end_char") for item in items(answer, key)
    )
    return tuple(sorted(found, key=lambda span: (span.start, -span.end)))


def parts(request: NamedEntitiesRequest) -> Sequence[Part[NamedEntitiesRequest]]:
    """A long document in parts."""
    return stretches(request, size=LONGEST_PART)


def join(
    _: NamedEntitiesRequest, results: Sequence[tuple[int, NamedEntitiesResult]]
) -> NamedEntitiesResult:
    """All that was found, one part after the other."""
    return NamedEntitiesResult(
        tuple(shifted(span, by) for by, result in results for span in result.entities),
        tuple(shifted(span, by) for by, result in results for span in result.noun_chunks),
        total([result.windows for _, result in results]),
    )


NAMED_ENTITIES: Final = Task(
    slug="named_entities",
    title="Named entities",
    description="The people, organizations, places, dates and amounts that a document names.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
    standard="pretrained-document-entities",
)
