"""The benchmark of insights: its documents and questions, and how an answer is judged."""

import json
from pathlib import Path

import pytest

from backend.tasks.base import Span
from backend.tasks.question_answering import QuestionAnsweringResult, State
from benchmarks.insights.__main__ import OWN, SAMPLES, table
from benchmarks.insights.asking import Asked, documents, is_right, outcome
from benchmarks.insights.judged import Judged, Judgement, hashes, judgement

ALL = documents(SAMPLES, OWN / "questions.json")


def result(answer: str, state: State = "answered") -> QuestionAnsweringResult:
    return QuestionAnsweringResult((Span(0, len(answer), answer, "", 0.9),), state, 0.1, 1)


def test_there_are_enough_documents_and_questions() -> None:
    asked = [accepted for document in ALL for _, accepted in document.questions]
    assert len(ALL) >= 12
    assert sum(bool(accepted) for accepted in asked) >= 60
    assert sum(not accepted for accepted in asked) >= 24


@pytest.mark.parametrize("document", ALL, ids=lambda document: document.name)
def test_every_right_answer_stands_in_its_document(document: object) -> None:
    for question, accepted in document.questions:  # type: ignore[attr-defined]
        assert all(one in document.text for one in accepted), question  # type: ignore[attr-defined]


def test_no_question_is_one_that_the_pages_suggest() -> None:
    suggested = {
        question["text"]
        for sample in json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))
        for question in sample["questions"]
    }
    assert not suggested & {question for document in ALL for question, _ in document.questions}


@pytest.mark.parametrize(
    ("given", "right"),
    [("£412,000", True), ("about £412,000, less costs", True), ("£38,000", False), ("", False)],
)
def test_an_answer_is_right_by_its_words(given: str, *, right: bool) -> None:
    assert is_right(given, ("£412,000",)) is right


def test_a_doubtful_answer_is_an_answer_and_a_refusal_is_none() -> None:
    assert outcome(result("Oslo", "probably"), ("Oslo",)) == "right"
    assert outcome(result("Oslo", "none"), ("Oslo",)) == "refused"
    assert outcome(result("Oslo"), ("Bergen",)) == "wrong"
    assert outcome(result("Oslo"), ()) == "answered from nothing"
    assert outcome(result("Oslo", "none"), ()) == "rightly refused"


def test_the_table_counts_with_intervals_and_says_what_a_person_counted() -> None:
    asked = [Asked("?", "right", "probably", "a"), Asked("?", "wrong", "answered", "b")]
    read = Judgement("somebody", "2026-01-01", {}, {"one": Judged((50, 5), (10, 9, 7), 4.0)})
    lines = "\n".join(table(asked, read))
    assert "| answers right | 1 of 2 | 50% [9%, 91%] | 1 of them as “probably” |" in lines
    assert "| names wrong in type or boundary | 5 of 50 | 10%" in lines
    assert "read by somebody, 2026-01-01, of earlier models" in lines
    assert "| summaries | 4.0 of 5 | 1 documents |" in lines


def test_a_judgement_of_the_models_that_ship_is_told_from_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "judged.json"
    assert judgement(path) is None
    one = {"names": [1, 0], "relations": [1, 1, 1], "summary": 5}
    kept = {"judge": "x", "date": "2026-01-01", "models": hashes(), "documents": {"one": one}}
    path.write_text(json.dumps(kept))
    found = judgement(path)
    assert found is not None
    assert found.is_of_these_models
