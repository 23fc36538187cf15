"""What two models say of the same text, place by place: where they agree and where they do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from backend.tasks.base import Span
from backend.tasks.entity_types import AS_COARSE, is_coarse
from backend.tasks.question_answering import QuestionAnsweringResult
from backend.tasks.relation_extraction import Relation
from backend.tasks.text_classification import Section, TextClassificationResult

T = TypeVar("T")

_KINDS: Final = {**AS_COARSE, "PER": "PER"}


@dataclass(frozen=True)
class Agreement(Generic[T]):
    """What two models say of one place, None where one says nothing.

    Not ``comparable`` is what only one of the two is made to find.
    """

    one: T | None
    two: T | None
    agree: bool
    comparable: bool = True


def entities(one: Sequence[Span], two: Sequence[Span]) -> tuple[Agreement[Span], ...]:
    """Names of two models, in document order: alike where borders and type are the same.

    Where one model has the four types of CoNLL and the other the eighteen of OntoNotes, types are
    compared as those of CoNLL, and what that has no word for is not compared.
    """
    coarse = _is_coarse(one) or _is_coarse(two)

    def kind(span: Span) -> str | None:
        return _KINDS.get(span.label) if coarse else span.label

    pairs = _paired(one, two)
    return tuple(
        Agreement(
            a,
            b,
            agree=bool(a and b and _place(a) == _place(b) and kind(a) == kind(b)),
            comparable=bool(a and b) or any(span and kind(span) for span in (a, b)),
        )
        for a, b in pairs
    )


def _is_coarse(spans: Sequence[Span]) -> bool:
    return is_coarse({span.label for span in spans})


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _paired(one: Sequence[Span], two: Sequence[Span]) -> list[tuple[Span | None, Span | None]]:
    """Spans of both that overlap, each at most once, and those that nothing overlaps."""
    pairs: list[tuple[Span | None, Span | None]] = []
    others = sorted(two, key=_place)
    at = 0
    for span in sorted(one, key=_place):
        while at < len(others) and others[at].end <= span.start:
            pairs.append((None, others[at]))
            at += 1
        if at < len(others) and others[at].start < span.end:
            pairs.append((span, others[at]))
            at += 1
        else:
            pairs.append((span, None))
    return [*pairs, *((None, other) for other in others[at:])]


def sentences(one: Sequence[Span], two: Sequence[Span]) -> tuple[Agreement[Span], ...]:
    """Sentences that two summaries took: alike where both took the same."""
    return tuple(Agreement(a, b, agree=bool(a and b)) for a, b in _paired(one, two))


def answers(
    one: QuestionAnsweringResult, two: QuestionAnsweringResult
) -> tuple[Agreement[Span], ...]:
    """The best answers of two models: alike where they overlap, or where both find none."""
    a, b = one.best, two.best
    if a is None or b is None:
        return (Agreement(a, b, agree=a is b),)
    return (Agreement(a, b, agree=a.start < b.end and b.start < a.end),)


def sections(
    one: TextClassificationResult, two: TextClassificationResult, text: str
) -> tuple[Agreement[Span], ...]:
    """Each section of the first model with the class that the second gives to most of it."""
    ours, theirs = _class_spans(one, text), _class_spans(two, text)
    found = []
    for span in ours:
        other = max(theirs, key=lambda their: _overlap(span, their))
        found.append(Agreement(span, other, agree=_same(span.label, other.label)))
    return tuple(found)


def _class_spans(result: TextClassificationResult, text: str) -> Sequence[Span]:
    whole = Span(0, len(text), text, result.label, result.score)
    return [_of(section) for section in result.sections] or [whole]


def _of(section: Section) -> Span:
    return section.span


def _overlap(one: Span, two: Span) -> int:
    return min(one.end, two.end) - max(one.start, two.start)


def _same(one: str, two: str) -> bool:
    return one.casefold() == two.casefold()


def relations(
    one: Sequence[Relation], two: Sequence[Relation], *, shown: Iterable[Relation]
) -> tuple[Agreement[Relation], ...]:
    """What two models say of the pairs in ``shown``: alike where it is the same relation."""
    ours, theirs = ({_ends(r): r for r in found} for found in (one, two))
    pairs = dict.fromkeys(_ends(relation) for relation in shown)
    return tuple(
        Agreement(
            ours.get(ends),
            theirs.get(ends),
            agree=ends in ours and ends in theirs and ours[ends].label == theirs[ends].label,
        )
        for ends in pairs
    )


def _ends(relation: Relation) -> frozenset[tuple[int, int]]:
    return frozenset({_place(relation.head), _place(relation.tail)})
