"""Windows cover the text, stay within their budget and keep offsets exact."""

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from common import windows
from common.weights import load_tokenizer

texts = st.text(
    st.one_of(
        st.sampled_from("ab .,\n\u0301\u200d\u00e9\u05d0\u0627\U0001f469"),
        st.characters(codec="utf-8"),
    ),
    max_size=400,
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Tokenizer:
    return load_tokenizer(str(tiny_base))


@given(text=texts, budget=st.integers(2, 40), overlap=st.integers(0, 20))
@relaxed
def test_spans_cover_the_text_in_order(
    tokenizer: Tokenizer, text: str, budget: int, overlap: int
) -> None:
    spans = windows.spans(tokenizer, text, budget, min(overlap, budget - 1))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    for (start, end), (next_start, next_end) in itertools.pairwise(spans):
        assert start <= next_start <= end <= next_end
        assert start < next_start or end < next_end


@given(text=texts)
@relaxed
def test_offsets_point_at_the_characters_of_the_whole_text(tokenizer: Tokenizer, text: str) -> None:
    spans = windows.spans(tokenizer, text, 16, 4)
    sequences = windows.encode(tokenizer, [text[a:b] for a, b in spans], [a for a, _ in spans])
    for (start, end), sequence in zip(spans, sequences, strict=True):
        inside = [offset for offset in sequence.offsets if offset]
        assert all(start <= a <= b <= end for a, b in inside)


def test_a_short_text_is_one_window(tokenizer: Tokenizer) -> None:
    assert windows.spans(tokenizer, "good film", 10, 2) == [(0, 9)]


def test_windows_break_between_words(tokenizer: Tokenizer) -> None:
    text = "paris london " * 30
    for start, end in windows.spans(tokenizer, text, 7, 2)[:-1]:
        assert start == 0 or text[start - 1] == " "
        assert text[end - 1] == " " or text[end] == " "


def test_windows_share_tokens(tokenizer: Tokenizer) -> None:
    spans = windows.spans(tokenizer, "paris london " * 30, 10, 4)
    assert all(after[0] < before[1] for before, after in itertools.pairwise(spans))


def test_a_word_longer_than_a_window_is_split(tokenizer: Tokenizer) -> None:
    text = "x" * 90
    spans = windows.spans(tokenizer, text, 16, 0)
    assert "".join(text[a:b] for a, b in spans) == text
    assert len(spans) > 1


def test_a_pair_gives_offsets_to_the_context_alone(tokenizer: Tokenizer) -> None:
    sequence = windows.encode_pairs(tokenizer, "who", ["anna berg"], [5])[0]
    assert [offset for offset in sequence.offsets if offset] == [(5, 9), (10, 14)]
