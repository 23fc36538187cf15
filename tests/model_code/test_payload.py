"""Requests that cannot be served are refused with one sentence."""

import json

import pytest

from common import payload


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b"\xff\xfe", "application/json", "not UTF-8"),
        (b"{", "application/json", "not valid JSON"),
        (b"[" * 100_000, "application/json", "not valid JSON"),
        (b"[1]", "application/json", "JSON object"),
        (b"{}", "text/csv", "does not read"),
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes, content_type: str, sentence: str) -> None:
    with pytest.raises(payload.BadRequestError, match=sentence):
        payload.parse_object(body, content_type)


@pytest.mark.parametrize("value", [None, 3, "", " \n\t", "\ud83d"])
def test_a_text_must_be_a_text_with_something_in_it(value: object) -> None:
    with pytest.raises(payload.BadRequestError):
        payload.required_text({"text": value}, "text")


@pytest.mark.parametrize("value", ["x", [], True, 1.5, float("inf"), -1])
def test_a_count_must_be_a_whole_number(value: object) -> None:
    with pytest.raises(payload.BadRequestError):
        payload.whole_number({"n": value}, "n", 1, lowest=0)


def test_a_count_may_be_written_as_text() -> None:
    assert payload.whole_number({"n": "7"}, "n", 1, lowest=0) == 7
    assert payload.whole_number({}, "n", 5, lowest=0) == 5
    assert payload.whole_number({"n": None}, "n", 5, lowest=0) == 5


@pytest.mark.parametrize("span", [(3, 3), (4, 2), (0, 11), (-1, 2)])
def test_a_span_lies_within_its_text(span: tuple[int, int]) -> None:
    with pytest.raises(payload.BadRequestError):
        payload.span({"a": span[0], "b": span[1]}, "a", "b", 10)


def test_an_answer_keeps_its_characters_and_is_json() -> None:
    assert json.loads(payload.answer({"text": "e\u0301 🙂 שלום"})) == {"text": "e\u0301 🙂 שלום"}
    with pytest.raises(ValueError, match="JSON"):
        payload.answer({"score": float("nan")})


def test_the_content_type_is_read_without_its_parameters() -> None:
    assert payload.media_type("Application/JSON; charset=utf-8") == "application/json"
    assert payload.media_type(None) == "application/json"
