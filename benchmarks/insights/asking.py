"""A folder's documents and questions, put to live endpoints."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.client import Client
from backend.evaluation.metrics.question_answering import normalized, of_question
from backend.tasks.entity_groups import entity_groups
from backend.tasks.named_entities import NAMED_ENTITIES, NamedEntitiesRequest
from backend.tasks.question_answering import (
    QUESTION_ANSWERING,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
)
from backend.tasks.relation_extraction import (
    RELATION_EXTRACTION,
    RelationExtractionRequest,
    clearest,
)
from backend.tasks.summarization import SUMMARIZATION, SummarizationRequest, longest

NAMES_SHOWN: Final = 50
RELATIONS_SHOWN: Final = 20
SUMMARY_WORDS: Final = 100
ENOUGH: Final = 0.5
"""Word F1 from which an answer counts as one of the right ones; so does one that contains it."""
OUTCOMES: Final = ("right", "wrong", "refused", "rightly refused", "answered from nothing")


@dataclass(frozen=True)
class Document:
    """A text and its questions, each with the answers that are right (none: it has no answer)."""

    name: str
    text: str
    questions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """What came of one question; ``state`` is the endpoint's own word."""

    question: str
    outcome: str
    state: str
    answer: str


@dataclass(frozen=True)
class Shown:
    """What a reader of one document is shown, the first of each kind, as lines."""

    names: tuple[str, ...]
    relations: tuple[str, ...]
    summary: str


def documents(texts: Path, questions: Path) -> tuple[Document, ...]:
    """The documents that ``questions``, a JSON object by file name, is about."""
    asked = json.loads(questions.read_text(encoding="utf-8"))
    return tuple(
        Document(
            name,
            (texts / f"{name}.txt").read_text(encoding="utf-8"),
            tuple((question, tuple(answers)) for question, answers in rows),
        )
        for name, rows in asked.items()
    )


def answers(client: Client, document: Document) -> Iterator[Asked]:
    """Each question, put to the whole text."""
    for question, accepted in document.questions:
        request = QuestionAnsweringRequest(question, document.text)
        result = client.run(QUESTION_ANSWERING, request).result
        given = result.best.text if result.best else ""
        yield Asked(question, outcome(result, accepted), result.state, given)


def outcome(result: QuestionAnsweringResult, accepted: tuple[str, ...]) -> str:
    """One of ``OUTCOMES``."""
    if not accepted:
        return "answered from nothing" if result.answered else "rightly refused"
    if result.best is None:
        return "refused"
    return "right" if is_right(result.best.text, accepted) else "wrong"


def is_right(given: str, accepted: tuple[str, ...]) -> bool:
    """Whether ``given`` says the same as one of ``accepted``: by words, not by meaning."""
    words = f" {' '.join(normalized(given))} "
    within = any(f" {' '.join(normalized(one))} " in words for one in accepted)
    return within or of_question(accepted, given)[1] >= ENOUGH


def shown(client: Client, text: str) -> Shown:
    """Names, relations and summary of ``text``, as the pages show them first."""
    names = client.run(NAMED_ENTITIES, NamedEntitiesRequest(text)).result
    relations = client.run(RELATION_EXTRACTION, RelationExtractionRequest(text)).result
    request = SummarizationRequest(text=text, max_words=longest(text, SUMMARY_WORDS))
    return Shown(
        tuple(f"{g.text} ({g.label})" for g in entity_groups(names.entities)[:NAMES_SHOWN]),
        tuple(
            f"{r.head.text} — {r.name} — {r.tail.text}"
            for r in clearest(relations.relations, most=RELATIONS_SHOWN)
        ),
        client.run(SUMMARIZATION, request).result.summary,
    )
