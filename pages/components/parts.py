"""Long documents in parts, for tasks whose results add up: names and relations.

A part goes in one request, so that the work can be seen to progress and be stopped, what is found
is not lost then, and no request takes longer than SageMaker lets one take (60 seconds).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pages.components.door import (
    NAMED_ENTITIES,
    RELATION_EXTRACTION,
    Answer,
    NamedEntitiesRequest,
    NamedEntitiesResult,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
    Span,
)

_BREAKS: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]\s"),
    re.compile(r"\s"),
)


@dataclass(frozen=True)
class Parts:
    """How the requests of a task are cut and its results put together.

    ``size`` is the longest part in characters; ``cut`` gives the request for a part, ``join`` the
    result of results with the offsets of their parts.
    """

    size: int
    cut: Callable[[Any, str], Any]
    join: Callable[[Sequence[tuple[int, Any]]], Any]


def split(text: str, size: int) -> list[tuple[int, int]]:
    """``text`` in stretches of at most ``size`` characters, cut where a paragraph ends, else a
    line, a sentence, a word.

    >>> split("One two.\\n\\nThree four.", 12)
    [(0, 10), (10, 21)]
    """
    stretches, start = [], 0
    while len(text) - start > size:
        end = _last_break(text, start, start + size)
        stretches.append((start, end))
        start = end
    return [*stretches, (start, len(text))]


def _last_break(text: str, start: int, end: int) -> int:
    """The best place to cut before ``end``, in the second half of the stretch where possible."""
    half = start + (end - start) // 2
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(text, half, end)]
        if places:
            return places[-1]
    return end


def requests_for(slug: str, request: Any) -> list[tuple[int, Any]]:
    """The requests, with the offsets of their parts, that together are ``request``."""
    parts = PARTS.get(slug)
    text = getattr(request, "text", "")
    if parts is None or len(text) <= parts.size or getattr(request, "pair", None):
        return [(0, request)]
    return [
        (start, parts.cut(request, text[start:end]))
        for start, end in split(text, parts.size)
        if text[start:end].strip()
    ]


def join_answers(slug: str, answers: Sequence[tuple[int, Answer[Any]]]) -> Answer[Any]:
    """One answer for all parts: their results together, their seconds added up, and what was sent
    for the first part, for developers to see.
    """
    first = answers[0][1]
    if len(answers) == 1 and answers[0][0] == 0:
        return first
    results = [(offset, answer.result) for offset, answer in answers]
    seconds = sum(answer.seconds for _, answer in answers)
    return replace(first, result=PARTS[slug].join(results), seconds=seconds)


def _shifted(span: Span, by: int) -> Span:
    return replace(span, start=span.start + by, end=span.end + by)


def _join_names(results: Sequence[tuple[int, NamedEntitiesResult]]) -> NamedEntitiesResult:
    return NamedEntitiesResult(
        tuple(_shifted(span, by) for by, result in results for span in result.entities),
        tuple(_shifted(span, by) for by, result in results for span in result.noun_chunks),
    )


def _join_relations(
    results: Sequence[tuple[int, RelationExtractionResult]],
) -> RelationExtractionResult:
    relations = [_moved(relation, by) for by, result in results for relation in result.relations]
    relations.sort(key=lambda relation: -(relation.score or 0.0))
    return RelationExtractionResult(tuple(relations), sum(result.pairs for _, result in results))


def _moved(relation: Relation, by: int) -> Relation:
    return replace(
        relation,
        head=_shifted(relation.head, by),
        tail=_shifted(relation.tail, by),
        sentence=_shifted(relation.sentence, by),
    )


PARTS: Final[Mapping[str, Parts]] = {
    NAMED_ENTITIES.slug: Parts(20_000, lambda _, text: NamedEntitiesRequest(text), _join_names),
    RELATION_EXTRACTION.slug: Parts(
        2_000, lambda _, text: RelationExtractionRequest(text), _join_relations
    ),
}
