"""Markers, directions and pairs."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.weights import load_tokenizer
from relation_extraction.directions import swapped_label, text_order_label, turned
from relation_extraction.inference import input_fn, short_label
from relation_extraction.markers import MARKERS, Pair, encode_pairs, marked


def test_markers_stand_around_both_spans() -> None:
    text = "the storm caused damage"
    assert marked(text, Pair((4, 9), (17, 23))) == ("the [E1] storm [/E1] caused [E2] damage [/E2]")


def test_neighbouring_spans_keep_their_markers_apart() -> None:
    assert marked("ab", Pair((0, 1), (1, 2))) == "[E1] a [/E1][E2] b [/E2]"


@given(before=st.integers(0, 400), between=st.integers(0, 400), after=st.integers(0, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_both_spans_are_in_the_sequence_however_long_the_text(
    tiny_base: Path, before: int, between: int, after: int
) -> None:
    tokenizer = load_tokenizer(str(tiny_base), MARKERS)
    left, middle, right = "paris " * before, " london" * between + " ", " car" * after
    text = left + "storm" + middle + "damage" + right
    one = (len(left), len(left) + 5)
    two = (one[1] + len(middle), one[1] + len(middle) + 6)
    sequence = encode_pairs(tokenizer, text, [Pair(one, two)], 32)[0]
    assert len(sequence) <= 32
    tokens = [tokenizer.id_to_token(number) for number in sequence.input_ids]
    for opening, word, closing in (("[E1]", "storm", "[/E1]"), ("[E2]", "damage", "[/E2]")):
        at = tokens.index(opening)
        assert tokens[at : at + 3] == [opening, word, closing]


@pytest.mark.parametrize(
    ("label", "swapped", "short"),
    [
        ("Entity-Destination(e1,e2)", "Entity-Destination(e2,e1)", "Entity-Destination"),
        ("Entity-Destination(e2,e1)", "Entity-Destination(e1,e2)", "Destination-Entity"),
        ("Cause-Effect(e2,e1)", "Cause-Effect(e1,e2)", "Effect-Cause"),
        ("Other", "Other", "Other"),
    ],
)
def test_directions_of_a_label(label: str, swapped: str, short: str) -> None:
    assert swapped_label(label) == swapped
    assert short_label(label) == short


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('{"sequence": "a b"}', "entity_one_start"),
        (
            (
                '{"sequence": "abcd", "entity_one_start": 0, "entity_one_end": 2, '
                '"entity_two_start": 1, "entity_two_end": 3}'
            ),
            "overlap",
        ),
        (
            (
                '{"sequence": "abcd", "entity_one_start": 0, "entity_one_end": 9, '
                '"entity_two_start": 1, "entity_two_end": 3}'
            ),
            "not a span",
        ),
        (
            (
                '{"sequence": "abcd", "entity_one_start": "x", "entity_one_end": 2, '
                '"entity_two_start": 1, "entity_two_end": 3}'
            ),
            "whole number",
        ),
        ('{"text": "abcd", "entities": [1]}', "list of objects"),
        ('{"text": ""}', "empty"),
    ],
)
def test_bad_requests_are_refused_with_a_sentence(body: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        input_fn(body, "application/json")


FIRST, SECOND = {"start": 0, "end": 4}, {"start": 11, "end": 15}


@pytest.mark.parametrize("label", ["leads", "leads(e1,e2)", "Cause-Effect(e2,e1)", "Other"])
@pytest.mark.parametrize(("head", "tail"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_what_training_learns_of_a_pair_is_what_serving_gives_back(
    label: str, head: dict[str, int], tail: dict[str, int]
) -> None:
    def learned(one: dict[str, int], other: dict[str, int]) -> str:
        return text_order_label({"head": one, "tail": other, "label": label})

    known = {learned(FIRST, SECOND), learned(SECOND, FIRST)}
    asked_in_text_order = head["start"] < tail["start"]
    answered = learned(head, tail)
    assert (answered if asked_in_text_order else turned(answered, known)) == label


def test_both_directions_of_an_undirected_name_are_told_apart() -> None:
    forward = text_order_label({"head": FIRST, "tail": SECOND, "label": "leads"})
    backward = text_order_label({"head": SECOND, "tail": FIRST, "label": "leads"})
    assert (forward, backward) == ("leads", "leads(e2,e1)")
