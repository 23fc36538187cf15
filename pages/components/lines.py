"""Short texts that go to a place when clicked: a relation, an answer, a sentence of a summary."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pages.components import colours
from pages.components.colours import Ink
from pages.components.door import Relation, Span, SummarizationResult, sentence_around
from pages.components.names import percent, relation_name
from pages.components.reader import Mark, reader


@dataclass(frozen=True)
class Line:
    """One line: parts of text, each in an ink or in none; a click on it gives ``id`` back."""

    id: str
    parts: tuple[tuple[str, Ink | None], ...]
    label: str = ""
    title: str = ""


def show_lines(lines: Sequence[Line], *, key: str, name: str, height: int = 400) -> str | None:
    """Show ``lines``; returns the id of the one clicked just now, else None."""
    text, marks = as_text(lines)
    return reader(text, marks, key=key, name=name, height=height, quiet=True)


def as_text(lines: Sequence[Line]) -> tuple[str, list[Mark]]:
    """``lines`` as one text, a paragraph each, with a mark for each line and each inked part."""
    text, marks = "", []
    for line in lines:
        text += "\n" if text else ""
        start = len(text)
        for words, ink in line.parts:
            if ink is not None and words:
                end = len(text) + len(words)
                marks.append(Mark(line.id, len(text), end, ink, clickable=False))
            text += words
        if len(text) > start:
            whole = Mark(line.id, start, len(text), colours.ACCENT, kind="plain")
            marks.append(replace(whole, label=line.label, title=line.title))
    return text, marks


def summary_lines(result: SummarizationResult) -> list[Line]:
    """The sentences of a summary, numbered as in the document; or its text, in one line."""
    if not result.sentences:
        return [Line("", ((one_line(result.summary), None),))]
    return [
        Line(
            f"sentence:{at}",
            ((one_line(sentence.text), None),),
            label=str(at + 1),
            title="Show this sentence in the document",
        )
        for at, sentence in enumerate(result.sentences)
    ]


def relation_lines(relations: Sequence[Relation]) -> list[Line]:
    """Relations as sentences: head, verb, tail."""
    return [
        Line(
            f"relation:{at}",
            (
                (one_line(relation.head.text), colours.HEAD),
                (f" {relation_name(relation.name)} ", None),
                (one_line(relation.tail.text), colours.TAIL),
            ),
            label="" if relation.score is None else percent(relation.score),
            title="Show the evidence in the document",
        )
        for at, relation in enumerate(relations)
    ]


def answer_lines(answers: Sequence[Span], text: str, *, ranked: bool = True) -> list[Line]:
    """Answers in their sentences with their scores, numbered where they are ``ranked``."""
    return [
        Line(
            f"answer:{rank}",
            ((f"{rank + 1}.  " if ranked else "", None), *in_sentence(answer, text)),
            label="" if answer.score is None else percent(answer.score),
            title="Go to this place in the document",
        )
        for rank, answer in enumerate(answers)
    ]


def in_sentence(answer: Span, text: str) -> tuple[tuple[str, Ink | None], ...]:
    """The sentence of ``text`` that holds the answer, which is inked."""
    around = sentence_around(text, answer.start, answer.end)
    before, after = text[around.start : answer.start], text[answer.end : around.end]
    return (
        (" ".join(before.split()) + (" " if before[-1:].isspace() else ""), None),
        (one_line(answer.text), colours.ANSWER),
        ((" " if after[:1].isspace() else "") + " ".join(after.split()), None),
    )


def one_line(text: str) -> str:
    """``text`` without line breaks."""
    return " ".join(text.split())
