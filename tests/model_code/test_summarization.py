"""Which sentences are taken, and how long the summary gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarization.extractive import Length, Ranking, centrality, choose, unit
from summarization.inference import Lengths, input_fn, whole_sentences
from summarization.train import oracle, words


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
    chosen = choose(texts, scores, np.ones((len(texts), 2)), Length(most, least, count))
    total = sum(sizes[index] for index in chosen)
    assert chosen == sorted(set(chosen))
    assert total <= most or len(chosen) == 1
    reachable = {0}
    for size in sizes:
        reachable |= {value + size for value in reachable}
    if any(least <= value <= most for value in reachable if value):
        assert least <= total <= most


def test_the_best_sentence_stands_alone_where_none_fits() -> None:
    texts = ["w " * 9, "w " * 8]
    assert choose(texts, np.array([0.1, 0.9]), np.ones((2, 2)), Length(3, 0, count)) == [1]


def test_redundancy_prefers_what_is_not_said_yet() -> None:
    embeddings = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    scores = np.array([1.0, 0.95, 0.6])
    texts = ["a"] * 3
    length = Length(2, 0, count)
    assert choose(texts, scores, embeddings, length) == [0, 1]
    assert choose(texts, scores, embeddings, length, Ranking(redundancy=0.8)) == [0, 2]


def test_position_prefers_the_beginning() -> None:
    scores = np.array([0.5, 0.5, 0.6])
    chosen = choose(["a"] * 3, scores, np.ones((3, 2)), Length(1, 0, count), Ranking(position=0.5))
    assert chosen == [0]


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


def test_the_oracle_takes_the_sentences_of_the_reference() -> None:
    texts = ["Revenue rose.", "It rained.", "Costs fell sharply."]
    assert oracle(texts, words("Revenue rose. Costs fell sharply.")).tolist() == [1, 0, 1]


def test_headings_are_no_sentences_of_a_summary() -> None:
    assert whole_sentences(["4.", "Risk factors", "Revenue rose by a third.", "12 34 56 78"]) == [2]
    assert whole_sentences(["4.", "Risk factors"]) == [0, 1]


def test_only_prose_stands_in_a_summary_where_there_is_enough_of_it() -> None:
    others = [
        "Contents of this report and its annexes ... 12",
        "\u2022 Help the offices to publish their data",
        "See https://example.org/policy for what it says.",
        "Term | Meaning | Indicates a required action.",
        "Sales 2016: 94.6, 2015: 88.5, 2014: 83.2, 2013: 78.8 (in bn).",
        "and that is what it comes down to.",
    ]
    prose = [
        "\u201cRevenue rose by a third,\u201d the board said.",
        "In 2016 it paid for the whole plant.",
    ]
    assert whole_sentences([*others, *prose]) == [6, 7]
    lines = [
        "call the supplier about the pump",
        "order two new seals for it",
        "It is done by noon.",
    ]
    assert whole_sentences(
        [*lines, "ask Nadia to sign the form for us", "pay the freight on it"]
    ) == [0, 1, 2, 3, 4]


def test_what_says_the_same_once_more_is_passed_over() -> None:
    texts = ["Sales rose by 7 %.", "Sales rose by 7 % in 2016.", "A plant was closed."]
    embeddings = np.array([[1.0, 0.1, 0.0], [1.0, 0.0, 0.1], [0.0, 1.0, 0.0]])
    length = Length(12, 0, count)
    scores = np.array([3.0, 2.0, 1.0])
    assert choose(texts, scores, embeddings, length) == [0, 2]
    assert choose(texts, scores, embeddings, Length(12, 9, count)) == [0, 2]
    assert choose(texts, scores, embeddings, length, Ranking(same=1.1)) == [0, 1]


def test_a_summary_is_not_filled_up_with_whatever_is_short() -> None:
    texts = ["a b c", "d e f", "g h i", "j k l", "m"]
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    length = Length(4, 0, count)
    assert choose(texts, scores, np.eye(5), length) == [0]
    assert choose([*texts[:3], texts[4]], scores[[0, 1, 2, 4]], np.eye(4), length) == [0, 3]
