"""Which sentences are taken, and how long the summary gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarization.extractive import Candidates, Length, Ranking, choose
from summarization.inference import input_fn
from summarization.request import Lengths, Style
from summarization.vectors import centrality, unit


def candidates(
    texts: list[str],
    scores: np.ndarray,
    embeddings: np.ndarray | None = None,
    after: tuple[int | None, ...] = (),
) -> Candidates:
    """Sentences that say different things, unless ``embeddings`` are given."""
    own = np.eye(len(texts)) if embeddings is None else embeddings
    return Candidates(texts, scores, own, after)


def count(text: str) -> int:
    return len(text.split())


def test_centrality_is_the_mean_cosine_to_all_sentences() -> None:
    embeddings = np.random.default_rng(1).normal(size=(7, 5))
    vectors = unit(embeddings)
    assert centrality(embeddings) == pytest.approx((vectors @ vectors.T).mean(axis=1))


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=25),
    most=st.integers(1, 120),
    least=st.integers(0, 120),
    seed=st.integers(0, 9),
)
def test_a_summary_keeps_to_its_length_where_the_sentences_allow(
    sizes: list[int], most: int, least: int, seed: int
) -> None:
    least = min(least, most)
    texts = ["w " * size for size in sizes]
    scores = np.random.default_rng(seed).normal(size=len(texts))
    found = candidates(texts, scores, np.ones((len(texts), 2)))
    chosen = choose(found, Length(most, least, count))
    total = sum(sizes[index] for index in chosen)
    assert chosen == sorted(set(chosen))
    if total > most:
        assert len(chosen) == 1  # one that says most, and is cut
        return
    reachable = {0}
    for size in sizes:
        reachable |= {value + size for value in reachable}
    if any(least <= value <= most for value in reachable if value):
        assert least <= total


def test_the_best_sentence_stands_alone_where_none_fits() -> None:
    found = candidates(["w " * 9, "w " * 8], np.array([0.1, 0.9]))
    assert choose(found, Length(3, 0, count)) == [1]


def test_a_much_better_sentence_is_taken_though_it_has_to_be_cut() -> None:
    texts, length = ["w " * 20, "w " * 5], Length(10, 0, count)
    assert choose(candidates(texts, np.array([3.0, 1.0])), length) == [0]
    assert choose(candidates(texts, np.array([1.0, 3.0])), length) == [1]
    short = ["w " * 20, "w " * 5, "w " * 4, "w " * 3]
    assert choose(candidates(short, np.array([3.0, 1.0, 0.9, 0.8])), length) == [1, 2]


def test_a_sentence_that_hangs_on_another_is_chosen_with_it_or_not_at_all() -> None:
    texts = ["a b c", "d e f", "g h i"]
    scores, after = np.array([0.2, 0.9, 0.5]), (None, 0, None)
    assert choose(candidates(texts, scores, after=after), Length(6, 0, count)) == [0, 1]
    assert choose(candidates(texts, scores, after=after), Length(5, 0, count)) == [2]


def test_no_more_sentences_are_chosen_than_asked_for() -> None:
    found = candidates(["a"] * 5, np.arange(5.0))
    assert choose(found, Length(99, 0, count), most_sentences=3) == [2, 3, 4]


def test_redundancy_prefers_what_is_not_said_yet() -> None:
    embeddings = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    scores = np.array([1.0, 0.95, 0.6])
    texts = ["a"] * 3
    length = Length(2, 0, count)
    found = candidates(texts, scores, embeddings)
    assert choose(found, length) == [0, 1]
    assert choose(found, length, Ranking(redundancy=0.8)) == [0, 2]


def test_position_prefers_the_beginning() -> None:
    scores = np.array([0.5, 0.5, 0.6])
    found = candidates(["a"] * 3, scores)
    assert choose(found, Length(1, 0, count), Ranking(position=0.5)) == [0]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("{}", None),
        ('{"max_length": 20}', Lengths(20, 20)),
        ('{"min_length": 200}', Lengths(200, 200)),
        ('{"max_words": 50, "do_sample": "true"}', Lengths(130, 30, 50)),
    ],
)
def test_lengths_of_a_request(parameters: str, expected: Lengths | None) -> None:
    body = f'{{"text": "x", "parameters": {parameters}}}'
    assert input_fn(body, "application/json").lengths == expected


@pytest.mark.parametrize(
    "parameters",
    [
        '{"max_words": 0}',
        '{"max_words": 5, "min_words": 9}',
        '{"max_length": "x"}',
        "[1]",
        '{"max_length": true}',
        '{"max_length": 1e400}',
    ],
)
def test_impossible_lengths_are_refused(parameters: str) -> None:
    with pytest.raises(ValueError, match=r"must|more than"):
        input_fn(f'{{"text": "x", "parameters": {parameters}}}', "application/json")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("{}", Style()),
        ('{"style": "lead", "bullets": 5}', Style()),
        ('{"style": "bullets"}', Style(bullets=3)),
        ('{"style": "bullets", "bullets": 5, "focus": "costs"}', Style(5, "costs")),
        ('{"style": "focus", "focus": " the decision "}', Style(0, "the decision")),
    ],
)
def test_the_style_of_a_request(parameters: str, expected: Style) -> None:
    body = f'{{"text": "x", "parameters": {parameters}}}'
    assert input_fn(body, "application/json").style == expected


@pytest.mark.parametrize(
    "parameters",
    [
        '{"style": "haiku"}',
        '{"style": "focus"}',
        '{"style": "focus", "focus": 3}',
        '{"style": "bullets", "bullets": 0}',
        '{"style": "bullets", "bullets": 2000}',
    ],
)
def test_impossible_styles_are_refused(parameters: str) -> None:
    with pytest.raises(ValueError, match="must"):
        input_fn(f'{{"text": "x", "parameters": {parameters}}}', "application/json")


def test_what_says_the_same_once_more_is_passed_over() -> None:
    texts = ["Sales rose by 7 %.", "Sales rose by 7 % in 2016.", "A plant was closed."]
    embeddings = np.array([[1.0, 0.1, 0.0], [1.0, 0.0, 0.1], [0.0, 1.0, 0.0]])
    length = Length(12, 0, count)
    scores = np.array([3.0, 2.0, 1.0])
    found = candidates(texts, scores, embeddings)
    assert choose(found, length) == [0, 2]
    assert choose(found, Length(12, 9, count)) == [0, 2]
    assert choose(found, length, Ranking(same=1.1)) == [0, 1]


def test_a_summary_is_not_filled_up_with_whatever_is_short() -> None:
    texts = ["a b c", "d e f", "g h i", "j k l", "m"]
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    length = Length(4, 0, count)
    assert choose(candidates(texts, scores), length) == [0]
    fewer = candidates([*texts[:3], texts[4]], scores[[0, 1, 2, 4]])
    assert choose(fewer, length) == [0, 3]
