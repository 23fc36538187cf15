"""What every task's codec promises."""

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError, PayloadTooLarge
from backend.tasks.base import (
    MAX_PAYLOAD_BYTES,
    Payload,
    Span,
    items,
    json_payload,
    number,
    parse,
    parse_object,
    read_span,
    require_span,
    require_text,
    take,
    whole,
)
from tests.tasks.texts import texts, texts_with_spans, wire


@given(texts_with_spans())
def test_a_span_survives_the_wire_and_equals_its_text(
    given: tuple[str, tuple[Span, ...]],
) -> None:
    text, spans = given
    for span in spans:
        found = read_span(wire(span), text)
        assert found == span
        assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": 0, "end": 3, "text": "abd"},
        {"start": -1, "end": 2, "text": "ab"},
        {"start": 2, "end": 1, "text": ""},
        {"start": 3, "end": 9},
        {"start": True, "end": 3},
        {"start": "0", "end": 3},
        {"end": 3},
        {"start": 0, "end": 3, "text": 7},
        {"start": 0, "end": 3, "score": "high"},
    ],
)
def test_a_span_that_does_not_equal_its_text_is_the_models_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        read_span(wrong, "abcdef")


def test_a_span_without_a_quotation_takes_its_text_from_the_document() -> None:
    assert read_span({"start": 1, "end": 3}, "abcd") == Span(1, 3, "bc")


@given(texts)
def test_a_payload_is_readable_utf8(text: str) -> None:
    payload = json_payload({"text": text})
    assert parse_object(payload.body) == {"text": text}
    assert payload.text.encode() == payload.body


def test_a_body_over_the_services_limit_is_refused_before_it_is_sent() -> None:
    Payload(b"x" * MAX_PAYLOAD_BYTES)
    with pytest.raises(PayloadTooLarge, match="too large"):
        Payload(b"x" * (MAX_PAYLOAD_BYTES + 1))


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_an_empty_text_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(InputError, match=r"question is empty: type or paste"):
        require_text(text, "question")


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        require_text("a\ud800b")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 5)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(InputError, match="outside the text of 4 characters"):
        require_span("abcd", Span(start, end, ""), "entity")


@pytest.mark.parametrize("body", [b"", b"no", b"\xff\xfe", b"{", b"[NaN]", b"[" * 99999])
def test_an_answer_that_is_not_json_is_the_models_error(body: bytes) -> None:
    with pytest.raises(ModelError, match="not JSON"):
        parse(body)


@pytest.mark.parametrize("body", [b"[]", b"3", b'["a"]', b"[{}, {}]"])
def test_an_answer_that_is_not_an_object_is_the_models_error(body: bytes) -> None:
    with pytest.raises(ModelError, match="JSON object"):
        parse_object(body)


def test_the_only_object_of_a_list_is_taken() -> None:
    assert parse_object(b'[{"a": 1}]') == {"a": 1}


def test_values_are_taken_by_kind() -> None:
    source = {"n": 2, "x": 0.5, "none": None, "flag": True, "list": [{"a": 1}], "bad": [1]}
    assert take(source, "n", int) == 2
    assert take(source, "none", int, 7) == 7
    assert take(source, "flag", bool) is True
    assert (number(source, "x"), number(source, "absent")) == (0.5, None)
    assert (whole(source, "n"), whole(source, "none")) == (2, None)
    assert items(source, "list") == ({"a": 1},)
    assert items(source, "absent") == ()
    for wrong in ("flag", "list"):
        with pytest.raises(ModelError, match=wrong):
            number(source, wrong)
    with pytest.raises(ModelError, match="bad"):
        items(source, "bad")
    with pytest.raises(ModelError, match="absent"):
        take(source, "absent", str)
