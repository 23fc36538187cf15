"""The summarization codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.base import Span
from backend.tasks.summarization import SummarizationRequest, decode, encode
from tests.tasks.texts import texts, texts_with_spans, wire


@given(texts)
def test_a_request_carries_its_text_and_only_the_lengths_that_are_set(text: str) -> None:
    bare = json.loads(encode(SummarizationRequest(text=text)).body)
    assert bare == {"text": text}
    limited = json.loads(encode(SummarizationRequest(text=text, max_words=60)).body)
    assert limited == {"text": text, "parameters": {"max_words": 60}}


def test_lengths_in_tokens_are_the_original_solutions() -> None:
    payload = encode(SummarizationRequest(text="a", max_length=130, min_length=30))
    assert json.loads(payload.body)["parameters"] == {"max_length": 130, "min_length": 30}


@pytest.mark.parametrize(
    "wrong",
    [
        SummarizationRequest(text=" "),
        SummarizationRequest(text="a", max_words=0),
        SummarizationRequest(text="a", min_words=-1),
        SummarizationRequest(text="a", min_words=9, max_words=8),
        SummarizationRequest(text="a", min_length=9, max_length=8),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(wrong: SummarizationRequest) -> None:
    with pytest.raises(InputError):
        encode(wrong)


@given(texts_with_spans())
def test_an_answer_with_sentences_is_read_whole(given: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = given
    content = {
        "summary": " ".join(span.text for span in spans),
        "sentences": [wire(span) for span in spans],
        "words": 7,
        "source_words": 70,
        "windows": 2,
        "unknown": "ignored",
    }
    result = decode(json.dumps(content).encode(), SummarizationRequest(text=text))
    assert result.sentences == spans
    assert (result.words, result.source_words, result.windows) == (7, 70, 2)
    assert result.compression == pytest.approx(0.1)


@pytest.mark.parametrize("key", ["summary", "summary_text"])
def test_an_answer_of_the_original_solution_is_a_summary_without_sentences(key: str) -> None:
    request = SummarizationRequest(text="one two three four")
    result = decode(json.dumps({key: "two three"}).encode(), request)
    assert (result.summary, result.sentences) == ("two three", ())
    assert (result.words, result.source_words, result.windows) == (2, 4, None)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"summary_text": 3}', b'{"summary": "a", "sentences": 3}']
)
def test_an_answer_without_a_summary_is_the_models_error(body: bytes) -> None:
    with pytest.raises(ModelError):
        decode(body, SummarizationRequest(text="a"))


def test_a_text_without_words_has_no_compression() -> None:
    body = b'{"summary": "", "source_words": 0}'
    assert decode(body, SummarizationRequest(text="-")).compression == 0
