"""Results as what a screen shows: marks for the reader, rows for tables. Nothing here draws.

Those of entities and relations have modules of their own.
"""

from collections.abc import Sequence
from typing import Any, Final

from pages.components import colours
from pages.components.door import (
    NamedEntitiesResult,
    QuestionAnsweringResult,
    RelationExtractionResult,
    Section,
    Span,
    clearest,
    sentence_around,
)
from pages.components.names import (
    class_name,
    percent,
    whole_percent,
)
from pages.components.reader import Mark

UNSURE: Final = 0.6
"""Below this probability a result is drawn faintly and called "not confident"."""

LIKELY: Final = 0.7
"""Relations below this probability are not shown until somebody asks for them."""


def worth_showing(result: object) -> bool:
    """Whether what some parts of a document gave says anything: what they lack may still come."""
    match result:
        case NamedEntitiesResult():
            return bool(result.entities)
        case QuestionAnsweringResult():
            return result.answered
        case RelationExtractionResult():
            return bool(clearest(result.relations, most=1, threshold=LIKELY))
        case _:
            return True


def surface(span: Span) -> str:
    """A span's text on one line: mentions that differ in line breaks are the same name."""
    return " ".join(span.text.split())


def summary_marks(sentences: Sequence[Span]) -> list[Mark]:
    """A band for each sentence that the summary took, numbered in the order of the text."""
    return [
        Mark(
            id=f"sentence:{at}",
            start=sentence.start,
            end=sentence.end,
            ink=colours.SUMMARY,
            label=str(at + 1),
            kind="band",
        )
        for at, sentence in enumerate(sentences)
        if sentence.end > sentence.start
    ]


def answer_marks(answers: Sequence[Span], *, answered: bool) -> list[Mark]:
    """The answers in place, numbered by rank; guesses are faint where the text has no answer."""
    return [
        Mark(
            id=f"answer:{rank}",
            start=answer.start,
            end=answer.end,
            ink=colours.ANSWER,
            label=f"{rank + 1}",
            title=confident(f"Answer {rank + 1}", answer.score),
            quiet=rank > 0 or not answered,
        )
        for rank, answer in enumerate(answers)
        if answer.end > answer.start
    ]


def how_sure(result: QuestionAnsweringResult) -> str:
    """How likely the best answer is right, in words: a doubtful one is said to be."""
    score = result.best.score if result.best else None
    likely = "" if score is None else f"{percent(score)} likely to be right"
    if result.state != "probably":
        return likely
    doubt = ":material/help: Probably: the text may not say this clearly"
    return f"{doubt} ({likely})" if likely else doubt


def answer_rows(answers: Sequence[Span], text: str) -> list[dict[str, Any]]:
    """The ranked answers with their places and sentences, for export."""
    return [
        {
            "rank": rank,
            "answer": answer.text,
            "score": answer.score,
            "start": answer.start,
            "end": answer.end,
            "sentence": sentence_around(text, answer.start, answer.end).text,
        }
        for rank, answer in enumerate(answers, 1)
    ]


def section_marks(sections: Sequence[Section], labels: tuple[str, ...]) -> list[Mark]:
    """A band in the colour of its class for each section."""
    return [
        Mark(
            id=f"section:{at}",
            start=section.span.start,
            end=section.span.end,
            ink=colours.class_ink(section.span.label, labels),
            title=confident(class_name(section.span.label), section.span.score),
            kind="band",
            quiet=(section.span.score or 0) < UNSURE,
        )
        for at, section in enumerate(sections)
        if section.span.end > section.span.start
    ]


def section_table(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """The table of sections as people read it."""
    return [
        {
            "Part": at,
            "Kind": class_name(section.span.label),
            "Confidence": whole_percent(section.span.score),
            "Begins": " ".join(section.span.text[:120].split()),
        }
        for at, section in enumerate(sections, 1)
    ]


def section_rows(sections: Sequence[Section], labels: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each section: its place, its class and all probabilities, for export."""
    return [
        {
            "section": at,
            "start": section.span.start,
            "end": section.span.end,
            "class": section.span.label,
            "text": section.span.text,
        }
        | {
            f"probability of {label}": p
            for label, p in zip(labels, section.probabilities, strict=True)
        }
        for at, section in enumerate(sections, 1)
    ]


def confident(what: str, score: float | None) -> str:
    """``what`` with how sure the model is of it, where it says so."""
    return what if score is None else f"{what}, {percent(score)} confident"
