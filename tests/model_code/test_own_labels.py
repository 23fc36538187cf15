"""Classes that a request brings: what is read of them, and how they are told apart."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from common.engine import Engine
from common.payload import BadRequestError
from common.together import Outputs
from common.windows import Features
from text_classification.inference import TrainedLabels, input_fn, predict_fn
from text_classification.own_labels import OwnLabels
from text_classification.phrases import evidence
from text_classification.prototypes import learn, unit
from text_classification.request import MOST_EXAMPLES, MOST_LABELS, Label

WORDS = "[CLS] [SEP] [UNK] music song film court judge law ship . :"
TWO = [{"name": "music", "description": "song"}, {"name": "law", "description": "court"}]


class WordCounts:
    """An engine whose embedding of a text counts its words; it counts what it was given."""

    def __init__(self, labels: Sequence[str] = ()) -> None:
        numbered = {word: number for number, word in enumerate(WORDS.split())}
        self.tokenizer = Tokenizer(models.WordLevel(numbered, unk_token="[UNK]"))
        self.tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self.tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
        self.config = SimpleNamespace(max_length=256, labels=list(labels), head="embedding")
        self.given = 0

    def run(self, sequences: Sequence[Features]) -> Outputs:
        self.given += len(sequences)
        # What every text has (marks, unknown words, stops) says nothing of it.
        counts = [np.bincount(one.input_ids, minlength=12)[3:10] + 0.01 for one in sequences]
        return [[values.astype(float)] for values in counts]


def model() -> tuple[OwnLabels, WordCounts]:
    engine = WordCounts()
    return OwnLabels(cast("Engine", engine)), engine


def ask(asked: OwnLabels | TrainedLabels, content: Any) -> dict[str, Any]:
    request = input_fn(json.dumps(content), "application/json")
    answer: dict[str, Any] = predict_fn(request, asked)
    return answer


def test_a_text_has_the_label_whose_meaning_it_shares() -> None:
    answer = ask(model()[0], {"text": "The judge left the court.", "labels": TWO})
    assert answer["labels"] == ["music", "law"]
    assert answer["predicted_label"] == "law"
    assert sum(answer["probabilities"]) == pytest.approx(1)
    assert not answer["none"]
    (section,) = answer["sections"]
    assert (section["start"], section["end"], section["predicted_label"]) == (0, 25, "law")


def test_a_text_like_no_label_says_so() -> None:
    answer = ask(model()[0], {"text": "ship ship ship", "labels": TWO})
    assert answer["none"]
    assert answer["sections"][0]["none"]
    assert answer["similarity"] < 0.15


def test_examples_move_a_label_to_what_they_show() -> None:
    labels = [{"name": "one", "examples": ["ship"] * 3}, {"name": "two", "examples": ["film"] * 3}]
    assert ask(model()[0], {"text": "a ship", "labels": labels})["predicted_label"] == "one"


def test_a_text_is_classified_sentence_by_sentence_where_that_is_asked() -> None:
    text = "A song. The court."
    content = {"text": text, "labels": TWO, "parameters": {"by": "sentence"}}
    sections = ask(model()[0], content)["sections"]
    assert [text[one["start"] : one["end"]].strip() for one in sections] == [
        "A song.",
        "The court.",
    ]
    assert [one["predicted_label"] for one in sections] == ["music", "law"]


def test_labels_that_come_again_are_not_encoded_again() -> None:
    asked, engine = model()
    ask(asked, {"text": "A song.", "labels": TWO})
    before = engine.given
    ask(asked, {"text": "A court.", "labels": TWO})
    assert engine.given == before + 1


def test_a_request_without_labels_is_told_how_to_send_them() -> None:
    request = input_fn("A song.", "application/x-text")
    with pytest.raises(BadRequestError, match="classifies by labels of your own"):
        predict_fn(request, model()[0])


def test_a_trained_model_refuses_other_labels() -> None:
    trained = TrainedLabels(cast("Engine", WordCounts(["a", "b"])))
    with pytest.raises(BadRequestError, match="trained on"):
        ask(trained, {"text": "A song.", "labels": TWO})


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], "2 to 50"),
        (["music"], "2 to 50"),
        ([f"label {number}" for number in range(MOST_LABELS + 1)], "2 to 50"),
        ("music, law", "2 to 50"),
        (["music", 7], "a JSON object with a 'name'"),
        (["music", {"description": "no name"}], "'name'"),
        (["music", " "], "empty"),
        (["music", "Music"], "same name"),
        (["music", "x" * 101], "100 characters"),
        (["music", {"name": "law", "description": "x" * 501}], "500 characters"),
        (["music", {"name": "law", "description": 7}], "must be text"),
        (["music", {"name": "law", "examples": "one"}], "list of texts"),
        (["music", {"name": "law", "examples": ["x"] * (MOST_EXAMPLES + 1)}], "100 examples"),
        (["music", {"name": "law", "examples": ["x" * 2001]}], "2,000 characters"),
        ([{"name": f"{n}", "examples": ["x"] * 100} for n in range(7)], "train a model"),
        (["music", {"name": "half \ud800"}], "surrogate"),
    ],
)
def test_labels_outside_the_limits_are_refused_in_a_sentence(labels: Any, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        input_fn(json.dumps({"text": "A song.", "labels": labels}), "application/json")


def test_parts_are_sections_or_sentences() -> None:
    content = {"text": "A song.", "labels": TWO, "parameters": {"by": "word"}}
    with pytest.raises(BadRequestError, match="'section' or 'sentence'"):
        input_fn(json.dumps(content), "application/json")


def test_without_examples_labels_lie_where_their_words_do() -> None:
    words = np.array([[3.0, 0.0], [0.0, 2.0]])
    found = learn(words, [np.zeros((0, 2)), np.zeros((0, 2))])
    assert found.centres == pytest.approx(np.eye(2))
    assert found.directions == pytest.approx(found.centres)


def test_two_examples_a_label_turn_directions_to_what_tells_them_apart() -> None:
    words = unit(np.array([[1.0, 0.2, 0.0], [1.0, 0.0, 0.2]]))
    examples = [
        unit(np.array([[1.0, 0.0, 0.5], [0.9, 0.1, 0.5]])),
        unit(np.array([[1.0, 0.5, 0.0], [0.9, 0.5, 0.1]])),
    ]
    found = learn(words, examples)
    for owner, vectors in enumerate(examples):
        assert (found.logits(vectors).argmax(axis=1) == owner).all()


def test_phrases_speak_for_their_label_as_whole_words_only() -> None:
    labels = [Label("a", phrases=("the tenant",)), Label("b", phrases=("minutes of",))]
    first, second = evidence("The  Tenant shall pay the tenants.", labels)
    assert first > 0
    assert second == 0
