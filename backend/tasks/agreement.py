"""What several models say of the same text, place by place: where they agree and where not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
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
    """What each model says of one place, in the models' order, None where one says nothing.

    Not ``comparable`` is what only one of them is made to find.
    """

    sides: tuple[T | None, ...]
    agree: bool
    comparable: bool = True

    @property
    def said(self) -> tuple[T, ...]:
        """What is said of it, by whomever."""
        return tuple(side for side in self.sides if side is not None)


def entities(found: Sequence[Sequence[Span]]) -> tuple[Agreement[Span], ...]:
    """Names that models found, in document order: alike where borders and type are the same.

    Where one model has the four types of CoNLL and another the eighteen of OntoNotes, types are
    compared as those of CoNLL, and what that has no word for is not compared.
    """
    coarse = any(is_coarse({span.label for span in spans}) for spans in found)

    def kind(span: Span) -> str | None:
        return _KINDS.get(span.label) if coarse else span.label

    return tuple(
        Agreement(
            sides,
            agree=_all_same([span and (*_place(span), kind(span)) for span in sides]),
            comparable=len(said := [span for span in sides if span]) > 1 or any(map(kind, said)),
        )
        for sides in _matched(found)
    )


def _all_same(sides: Sequence[object]) -> bool:
    """Whether everybody says something, and the same."""
    return None not in sides and len(set(sides)) == 1


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _matched(found: Sequence[Sequence[Span]]) -> list[tuple[Span | None, ...]]:
    """Each model's span, at most one, that overlaps the first of those left, again and again."""
    left = [sorted(spans, key=_place, reverse=True) for spans in found]
    matched: list[tuple[Span | None, ...]] = []
    while any(left):
        first = min((spans[-1] for spans in left if spans), key=_place)
        matched.append(
            tuple(spans.pop() if spans and spans[-1].start < first.end else None for spans in left)
        )
    return matched


def sentences(found: Sequence[Sequence[Span]]) -> tuple[Agreement[Span], ...]:
    """Sentences that summaries took: alike where all took the same."""
    return tuple(Agreement(sides, agree=None not in sides) for sides in _matched(found))


def answers(found: Sequence[QuestionAnsweringResult]) -> tuple[Agreement[Span], ...]:
    """The best answers of models: alike where they overlap, or where none finds any."""
    best = tuple(result.best for result in found)
    said = [span for span in best if span]
    together = all(a.start < b.end and b.start < a.end for a, b in combinations(said, 2))
    return (Agreement(best, agree=not said or (together and None not in best)),)


def sections(found: Sequence[TextClassificationResult], text: str) -> tuple[Agreement[Span], ...]:
    """Each section of the first model with the class that the others give to most of it."""
    first, *others = [_class_spans(result, text) for result in found]
    rows = [
        (span, *(max(theirs, key=lambda their: _overlap(span, their)) for theirs in others))
        for span in first
    ]
    return tuple(
        Agreement(row, agree=_all_same([span.label.casefold() for span in row])) for row in rows
    )


def _class_spans(result: TextClassificationResult, text: str) -> Sequence[Span]:
    whole = Span(0, len(text), text, result.label, result.score)
    return [_of(section) for section in result.sections] or [whole]


def _of(section: Section) -> Span:
    return section.span


def _overlap(one: Span, two: Span) -> int:
    return min(one.end, two.end) - max(one.start, two.start)


def relations(
    found: Sequence[Sequence[Relation]], *, shown: Iterable[Relation]
) -> tuple[Agreement[Relation], ...]:
    """What models say of the pairs in ``shown``: alike where it is the same relation."""
    known = [{_ends(relation): relation for relation in relations} for relations in found]
    rows = [
        tuple(one.get(ends) for one in known)
        for ends in dict.fromkeys(_ends(relation) for relation in shown)
    ]
    return tuple(
        Agreement(row, agree=_all_same([relation and relation.label for relation in row]))
        for row in rows
    )


def _ends(relation: Relation) -> frozenset[tuple[int, int]]:
    return frozenset({_place(relation.head), _place(relation.tail)})
