"""The text classification codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.text_classification import TextClassificationRequest, decode, encode
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
