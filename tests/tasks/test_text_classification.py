"""The text classification codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.base import Span
from backend.tasks.label_sets import Label
from backend.tasks.text_classification import (
    Section,
    TextClassificationRequest,
    TextClassificationResult,
    decode,
    encode,
    join,
    parts,
)
from tests.tasks.texts import texts

TEXT = "good film. bad ending."


def read(content: object) -> object:
    return decode(json.dumps(content).encode(), TextClassificationRequest(TEXT))


@given(texts)
def test_a_request_is_the_text_itself(text: str) -> None:
    payload = encode(TextClassificationRequest(text))
    assert payload.body.decode() == text
    assert payload.content_type == "application/x-text"
    assert payload.accept == "application/json;verbose"


def test_own_labels_go_with_the_text_as_json() -> None:
    labels = (Label("law", "courts", ("The judge left.",)), Label("music"))
    payload = encode(TextClassificationRequest("A song.", labels, by="sentence"))
    assert payload.content_type == "application/json"
    assert json.loads(payload.body) == {
        "text": "A song.",
        "labels": [
            {"name": "law", "description": "courts", "examples": ["The judge left."]},
            {"name": "music"},
        ],
        "parameters": {"by": "sentence"},
    }


@pytest.mark.parametrize(
    "labels",
    [(Label("law"),), (Label("law"), Label(" ")), (Label("law"), Label("a", "half \ud800"))],
)
def test_labels_that_cannot_be_asked_are_refused(labels: tuple[Label, ...]) -> None:
    with pytest.raises(InputError):
        encode(TextClassificationRequest("A song.", labels))


def test_an_answer_says_where_none_of_the_labels_fits() -> None:
    content = {
        "probabilities": [0.4, 0.6],
        "labels": ["law", "music"],
        "none": True,
        "similarity": 0.08,
        "sections": [{"start": 0, "end": 11, "probabilities": [0.1, 0.9], "none": True}],
    }
    result = decode(json.dumps(content).encode(), TextClassificationRequest(TEXT))
    assert (result.none, result.similarity) == (True, 0.08)
    assert result.sections[0].none


def test_the_parts_of_a_long_text_are_asked_with_the_same_labels() -> None:
    labels = (Label("law"), Label("music"))
    long = TextClassificationRequest("A song. " * 20_000, labels, by="sentence")
    asked = [part.request for part in parts(long)]
    assert len(asked) > 1
    assert {(one.labels, one.by) for one in asked} == {(labels, "sentence")}


def test_a_long_text_is_like_none_of_the_labels_where_none_of_its_parts_is() -> None:
    text = "A song. A court."
    request = TextClassificationRequest(text, (Label("law"), Label("music")))

    def part(start: int, end: int, likeness: float) -> tuple[int, TextClassificationResult]:
        sections = (Section(Span(0, end - start, text[start:end], "law", 0.6), (0.6, 0.4)),)
        return start, TextClassificationResult(
            "law", ("law", "music"), (0.6, 0.4), sections, 1, likeness < 0.15, likeness
        )

    joined = join(request, [part(0, 8, 0.1), part(8, 16, 0.3)], size=8)
    assert (joined.none, joined.similarity) == (False, 0.3)
    assert join(request, [part(0, 8, 0.1), part(8, 16, 0.1)], size=8).none


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(InputError):
        encode(TextClassificationRequest("\n"))


def test_sections_carry_their_class_and_text() -> None:
    content = {
        "probabilities": [0.4, 0.6],
        "labels": ["negative", "positive"],
        "predicted_label": "positive",
        "windows": 2,
        "sections": [
            {"start": 0, "end": 11, "probabilities": [0.1, 0.9], "predicted_label": "positive"},
            {"start": 11, "end": 22, "probabilities": [0.8, 0.2]},
        ],
    }
    result = decode(json.dumps(content).encode(), TextClassificationRequest(TEXT))
    assert (result.label, result.score) == ("positive", 0.6)
    assert result.windows == 2
    assert result.ranked == (("positive", 0.6), ("negative", 0.4))
    first, second = result.sections
    assert (first.span.text, first.span.label, first.span.score) == (TEXT[:11], "positive", 0.9)
    assert (second.span.label, second.span.score) == ("negative", 0.8)


def test_jumpstarts_answer_with_integer_labels_is_read() -> None:
    content = {"probabilities": [0.3, 0.7], "labels": [0, 1], "predicted_label": 1}
    result = decode(json.dumps(content).encode(), TextClassificationRequest(TEXT))
    assert (result.label, result.labels, result.sections) == ("1", ("0", "1"), ())


def test_labels_may_be_left_out() -> None:
    result = decode(b'{"probabilities": [0.3, 0.7]}', TextClassificationRequest(TEXT))
    assert (result.label, result.labels) == ("1", ("0", "1"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"probabilities": []},
        {"probabilities": ["a"]},
        {"probabilities": [2.0]},
        {"probabilities": [0.5], "labels": ["a", "b"]},
        {"probabilities": [0.5], "labels": ["a"], "predicted_label": "b"},
        {"probabilities": [1], "sections": [{"start": 0, "end": 99, "probabilities": [1]}]},
        {"probabilities": [1], "sections": [{"start": 0, "end": 2, "probabilities": [0.5, 0.5]}]},
    ],
)
def test_an_answer_outside_the_contract_is_the_models_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        read(wrong)
