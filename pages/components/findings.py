"""Results as rows of a report, with their sentences and in plain words. Nothing here draws."""

from collections.abc import Sequence

from pages.components.door import (
    Answer,
    Fact,
    NamedEntitiesResult,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    Relation,
    ReportFinding,
    Span,
    SummarizationResult,
    TextClassificationResult,
    entity_groups,
    sentence_around,
)
from pages.components.entity_views import key_groups
from pages.components.key_facts import NAMES
from pages.components.lines import one_line
from pages.components.names import class_name, entity_name, relation_name


def summary_findings(result: SummarizationResult) -> list[ReportFinding]:
    """The sentences that the summary took."""
    return [
        ReportFinding("Summary", str(at), one_line(one.text), one.start, one.end)
        for at, one in enumerate(result.sentences, 1)
    ]


def fact_findings(facts: Sequence[Fact]) -> list[ReportFinding]:
    """The key facts."""
    return [
        ReportFinding(
            "Key facts",
            NAMES[fact.kind][0],
            one_line(fact.value),
            fact.place.start,
            fact.place.end,
            detail=one_line(fact.about),
            sentence=one_line(fact.sentence.text),
        )
        for fact in facts
    ]


def name_findings(result: NamedEntitiesResult, text: str) -> list[ReportFinding]:
    """Every mention of a name, those of one thing together."""
    return [
        _in_sentence(text, "Names", entity_name(group.label), span, detail=_also(group.text, span))
        for group in key_groups(entity_groups(result.entities))
        for span in group.spans
    ]


def relation_findings(relations: Sequence[Relation]) -> list[ReportFinding]:
    """Relations as sentences."""
    return [
        ReportFinding(
            "Relations",
            relation_name(one.name),
            f"{one_line(one.head.text)} {relation_name(one.name)} {one_line(one.tail.text)}",
            min(one.head.start, one.tail.start),
            max(one.head.end, one.tail.end),
            confidence=one.score,
            sentence=one_line(one.sentence.text),
        )
        for one in relations
    ]


def class_findings(title: str, result: TextClassificationResult) -> list[ReportFinding]:
    """The class of the whole document under ``title``."""
    value = class_name(result.label)
    return [ReportFinding("Kind of text", title, value, 0, 0, confidence=result.score)]


def answer_findings(
    asked: Sequence[tuple[QuestionAnsweringRequest, Answer[QuestionAnsweringResult]]], text: str
) -> list[ReportFinding]:
    """Each question that was asked of ``text`` with its answer, or that none was found."""
    found = []
    for request, answer in asked:
        best = answer.result.best
        if request.context != text:
            continue
        if best is None:
            found.append(ReportFinding("Answer", request.question, "No answer was found", 0, 0))
            continue
        found.append(_in_sentence(text, "Answer", request.question, best))
    return found


def _in_sentence(
    text: str, insight: str, kind: str, span: Span, *, detail: str = ""
) -> ReportFinding:
    return ReportFinding(
        insight,
        kind,
        one_line(span.text),
        span.start,
        span.end,
        detail=detail,
        confidence=span.score,
        sentence=one_line(sentence_around(text, span.start, span.end).text),
    )


def _also(fullest: str, span: Span) -> str:
    """What the thing is called in full where this mention is shorter."""
    return "" if one_line(span.text) == fullest else f"stands for {fullest}"
