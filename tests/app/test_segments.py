"""Every span that is shown equals its text in the source, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.segments import LONGEST_BLOCK, cut

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab \n\t👩‍🔬é́שלום<&"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=200,
)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(TEXTS.filter(bool))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = draw(st.lists(ends.map(sorted).map(tuple).filter(lambda s: s[0] < s[1]), max_size=12))
    return text, [(int(start), int(end)) for start, end in spans]


@given(texts_with_spans())
def test_all_pieces_together_are_the_text(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    assert "".join(piece.text for block in cut(text, spans) for piece in block) == text


@given(texts_with_spans())
def test_the_pieces_of_a_span_are_its_slice(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    found = ["" for _ in spans]
    for block in cut(text, spans):
        for piece in block:
            for number in piece.marks:
                found[number] += piece.text
    assert found == [text[start:end] for start, end in spans]


@given(texts_with_spans())
def test_each_span_closes_exactly_once(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    closed = [n for block in cut(text, spans) for piece in block for n in piece.closing]
    assert sorted(closed) == list(range(len(spans)))


@given(texts_with_spans())
def test_outer_spans_come_before_inner_ones(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    for block in cut(text, spans):
        for piece in block:
            starts = [spans[number][0] for number in piece.marks]
            assert starts == sorted(starts)


def test_each_paragraph_is_a_block_with_its_line_end() -> None:
    assert [[p.text for p in block] for block in cut("one\n\ntwo", [])] == [
        ["one\n"],
        ["\n"],
        ["two"],
    ]


def test_an_endless_paragraph_is_shown_in_several_blocks() -> None:
    text = "word " * 10_000
    blocks = cut(text, [(3, 49_000)])
    assert max(sum(len(p.text) for p in block) for block in blocks) <= LONGEST_BLOCK
    assert "".join(p.text for block in blocks for p in block) == text


def test_three_hundred_pages_with_ten_thousand_spans_are_cut_in_linear_steps() -> None:
    text = ("word " * 19 + "word\n") * 6_000
    spans = [(at * 55, at * 55 + 30) for at in range(10_000)]
    pieces = sum(len(block) for block in cut(text, spans))
    assert pieces <= 6_000 + 2 * len(spans) + 1


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (-1, 2), (0, 4)])
def test_a_span_outside_the_text_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in 3 characters"):
        cut("abc", [span])
