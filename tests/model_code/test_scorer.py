"""Sentence scorers: what they read, what they prefer, and older models' ones."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from summarization.balance import balanced
from summarization.examples import targets
from summarization.extractive import Length
from summarization.leanings import leanings
from summarization.network import ScorerModel, begin
from summarization.scorer import EmbeddingScorer, Scorer, embedding_features, load_scorer
from summarization.signals import Document, signals

TEXT = (
    "Minutes\n\nThe board voted for the plan. It rained. Sales rose 7% to $3 million.\n\nAna left."
)


def document(text: str = TEXT) -> Document:
    """A document with embeddings by chance, the same each time."""
    return Document.of(text, lambda texts: np.random.default_rng(1).normal(size=(len(texts), 8)))


def test_signals_are_finite_and_of_the_same_number_for_any_text() -> None:
    found = [signals(document(text)) for text in (TEXT, "One", "... !", "a. " * 90)]
    assert len({values.shape[1] for values in found}) == 1
    assert all(np.isfinite(values).all() for values in found)
    assert len(found[0]) == len(document().spans)


def test_a_scorer_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    values = signals(document())
    scorer = ScorerModel(values.mean(axis=0), values.std(axis=0) + 1).eval().scorer()
    scorer.save(tmp_path)
    again = load_scorer(tmp_path)
    assert isinstance(again, Scorer)
    assert again.score(document()) == pytest.approx(scorer.score(document()))


def test_the_network_and_the_scorer_that_it_leaves_agree() -> None:
    import torch

    values = signals(document())
    model = ScorerModel(values.mean(axis=0), values.std(axis=0) + 1).eval()
    expected = model(torch.tensor(values)).detach().numpy()
    assert model.scorer().score_signals(values) == pytest.approx(expected, abs=1e-5)
    going_on = ScorerModel.going_on(model.scorer()).eval()
    assert going_on.scorer().score_signals(values) == pytest.approx(expected, abs=1e-5)


def test_a_scorer_of_an_older_model_still_scores(tmp_path: Path) -> None:
    weight = np.random.default_rng(2).normal(size=2 * 8 + 3).astype(np.float32)
    tensors = {"weight": weight, "bias": np.array([0.5], np.float32)}
    save_file(tensors, str(tmp_path / "scorer.safetensors"))
    scorer = load_scorer(tmp_path)
    assert isinstance(scorer, EmbeddingScorer)
    expected = embedding_features(document().embeddings) @ weight + 0.5
    assert scorer.score(document()) == pytest.approx(expected)


def test_a_model_without_a_scorer_has_none(tmp_path: Path) -> None:
    assert load_scorer(tmp_path) is None


def test_training_on_top_of_an_older_form_begins_anew(tmp_path: Path) -> None:
    from summarization.examples import Document as Example
    from summarization.examples import words

    values = signals(document())
    example = Example(document().texts, document().embeddings, values, np.ones(1), words(""))
    tensors = {"weight": np.ones(19, np.float32), "bias": np.zeros(1, np.float32)}
    save_file(tensors, str(tmp_path / "scorer.safetensors"))
    assert begin(tmp_path, [example]).scorer().mean == pytest.approx(values.mean(axis=0))


def test_what_shares_most_with_the_summary_is_most_right() -> None:
    found = targets(["Revenue rose.", "It rained.", "Costs fell sharply."], "Revenue rose a lot.")
    assert found.sum() == pytest.approx(1.0)
    assert found.argmax() == 0


def test_decisions_and_openings_speak_for_a_sentence_and_formalities_against_it() -> None:
    texts = [
        "Ana Vidal and eleven other people came to the hall.",
        "The committee decided to lower the rate by half a point.",
        "The meeting was adjourned at ten in the morning of Friday.",
        "Some people asked for more chairs in the large hall.",
    ]
    found = leanings(texts, range(4))
    assert found[1] > found[3] > found[2]
    assert found[0] > found[3]


def test_a_summary_that_is_most_of_its_text_covers_it_whatever_the_scorer_prefers() -> None:
    text = " ".join(f"The pump number {number} was sold to a plant." for number in range(12))
    found = document(text)
    by_words = {size: Length(size, 0, lambda part: len(part.split())) for size in (10, 100)}
    scores = np.random.default_rng(3).normal(size=12)
    whole = list(range(12))
    long, other = (balanced(one, found, whole, by_words[100]) for one in (scores, -scores))
    assert long == pytest.approx(other)
    short, other = (balanced(one, found, whole, by_words[10]) for one in (scores, -scores))
    assert short != pytest.approx(other)
