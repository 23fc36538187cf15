"""The named entities codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.base import Span
from backend.tasks.named_entities import NamedEntitiesRequest, decode, encode
from tests.tasks.texts import texts, texts_with_spans, wire


@given(texts)
def test_a_request_carries_its_text(text: str) -> None:
    assert json.loads(encode(NamedEntitiesRequest(text)).body) == {"text": text}


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(InputError):
        encode(NamedEntitiesRequest(""))


@given(texts_with_spans())
def test_entities_and_chunks_come_back_in_document_order(
    given: tuple[str, tuple[Span, ...]],
) -> None:
    text, spans = given
    sent = [wire(span, start="start_char", end="end_char") for span in reversed(spans)]
    body = json.dumps({"entities": sent, "noun_chunks": sent, "windows": 2}).encode()
    result = decode(body, NamedEntitiesRequest(text))
    assert result.entities == result.noun_chunks == spans
    assert result.windows == 2


def test_the_original_solutions_answer_is_read() -> None:
    text = "Amazon offers English."
    body = json.dumps(
        {
            "entities": [{"text": "Amazon", "start_char": 0, "end_char": 6, "label": "ORG"}],
            "noun_chunks": [{"text": "English", "start_char": 14, "end_char": 21}],
        }
    ).encode()
    result = decode(body, NamedEntitiesRequest(text))
    assert result.entities == (Span(0, 6, "Amazon", "ORG"),)
    assert result.noun_chunks == (Span(14, 21, "English"),)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"entities": "none"},
        {"entities": [{"text": "x", "start_char": 0, "end_char": 1, "label": "ORG"}]},
    ],
)
def test_an_answer_outside_the_contract_is_the_models_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        decode(json.dumps(wrong).encode(), NamedEntitiesRequest("abc"))
