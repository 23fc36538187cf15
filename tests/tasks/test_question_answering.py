"""The question answering codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.base import Span
from backend.tasks.question_answering import (
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    decode,
    encode,
)
from tests.tasks.texts import texts, texts_with_spans

CONTEXT = "Comprehend reads Spanish,  Portuguese and French."


def read(content: object, context: str = CONTEXT) -> QuestionAnsweringResult:
    return decode(json.dumps(content).encode(), QuestionAnsweringRequest("Which?", context))


@given(texts, texts)
def test_a_request_carries_question_context_and_number_of_answers(q: str, context: str) -> None:
    sent = json.loads(encode(QuestionAnsweringRequest(q, context, top_k=5)).body)
    assert sent == {"question": q, "context": context, "parameters": {"topk": 5}}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (QuestionAnsweringRequest("", "c"), "question is empty"),
        (QuestionAnsweringRequest("q", " "), "text to search for the answer is empty"),
        (QuestionAnsweringRequest("q", "c", top_k=0), "At least one answer"),
    ],
)
def test_a_request_that_lacks_something_is_refused(
    wrong: QuestionAnsweringRequest, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        encode(wrong)


@given(texts_with_spans(least=1))
def test_ranked_answers_are_spans_of_the_context(given: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = given
    content = {
        "answers": [
            {"score": s.score, "start": s.start, "end": s.end, "answer": s.text} for s in spans
        ],
        "no_answer_score": 0.25,
        "windows": 3,
    }
    result = read(content, text)
    assert [(a.start, a.end, a.text, a.score) for a in result.answers] == [
        (s.start, s.end, s.text, s.score) for s in spans
    ]
    assert result.answered
    assert result.best == result.answers[0]
    assert (result.no_answer_score, result.windows) == (0.25, 3)


def test_no_answer_comes_first_where_it_is_likelier() -> None:
    result = read(
        {
            "answers": [
                {"answer": "", "start": 0, "end": 0, "score": 0.8},
                {"answer": "French", "start": 42, "end": 48, "score": 0.1},
            ]
        }
    )
    assert not result.answered
    assert result.best is None
    assert [answer.text for answer in result.answers] == ["French"]
    assert result.no_answer_score == 0.8


def test_a_single_answer_may_come_as_an_object() -> None:
    answer = {"answer": "French", "start": 42, "end": 48, "score": 0.9}
    assert read({"answers": answer}) == read(answer) == read({"answers": [answer]})


@pytest.mark.parametrize("answer", ["Spanish, Portuguese", "spanish , portuguese"])
def test_jumpstarts_answer_without_offsets_is_looked_up_in_the_context(answer: str) -> None:
    best = read({"answer": answer}).best
    assert best is not None
    assert (best.start, best.end, best.text) == (17, 37, "Spanish,  Portuguese")


def test_jumpstarts_empty_answer_is_no_answer() -> None:
    result = read({"answer": ""})
    assert (result.answered, result.answers) == (False, ())


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"answers": [3]},
        {"answer": "German"},
        {"answers": [{"answer": "x", "start": 0, "end": 1}]},
    ],
)
def test_an_answer_outside_the_contract_is_the_models_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        read(wrong)
