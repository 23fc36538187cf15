"""Entity scores against seqeval, and the two ways to cut a text."""

import random
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores
from seqeval.scheme import IOB2

from backend.errors import InputError
from backend.evaluation.examples import Entity
from backend.evaluation.metrics.named_entities import errors
from backend.evaluation.metrics.tags import chunks, from_words
from backend.evaluation.scoring import score_rows
from tests.evaluation.support import unhurried

TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
TEXT = "Amazon, Inc. opened in New York."


def rows(sentences: list[list[str]], mode: str) -> list[dict[str, object]]:
    return [
        {
            "entities": [
                {"start": first, "end": last, "label": label}
                for first, last, label in chunks(tags, mode=mode)  # type: ignore[arg-type]
            ]
        }
        for tags in sentences
    ]


def agrees_with_seqeval(gold: list[list[str]], predicted: list[list[str]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for mode in ("strict", "default"):
            ours = score_rows("named_entities", rows(gold, mode), rows(predicted, mode))
            seqeval = strict_scores if mode == "strict" else precision_recall_fscore_support
            options = {"scheme": IOB2} if mode == "strict" else {}
            wanted = seqeval(gold, predicted, average="micro", **options)[:3]
            found = [ours[name] for name in ("precision", "recall", "f1")]
            assert found == pytest.approx([float(one) for one in wanted], abs=1e-9), mode
            each = seqeval(gold, predicted, average=None, **options)
            types = sorted(name.removeprefix("f1/") for name in ours if name.startswith("f1/"))
            assert len(types) == len(each[2])
            for kind, values in zip(("precision", "recall", "f1"), each, strict=False):
                found = [ours[f"{kind}/{name}"] for name in types]
                assert found == pytest.approx([float(one) for one in values], abs=1e-9)
            if types:
                macro = float(sum(each[2]) / len(each[2]))
                assert ours["f1_macro"] == pytest.approx(macro, abs=1e-9)


def test_hundreds_of_random_taggings_agree_with_seqeval_strict_and_default() -> None:
    rng = random.Random(7)
    for _ in range(300):
        lengths = [rng.randint(1, 9) for _ in range(rng.randint(1, 4))]
        gold = [rng.choices(TAGS, k=length) for length in lengths]
        predicted = [
            [tag if rng.random() < 0.7 else rng.choice(TAGS) for tag in one] for one in gold
        ]
        agrees_with_seqeval(gold, predicted)


@unhurried
@given(st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), min_size=1, max_size=12))
def test_any_tagging_agrees_with_seqeval(pairs: list[tuple[str, str]]) -> None:
    agrees_with_seqeval([[gold for gold, _ in pairs]], [[found for _, found in pairs]])


def one(gold: list[tuple[int, int, str]], found: list[tuple[int, int, str]]) -> dict[str, float]:
    def entities(marks: list[tuple[int, int, str]]) -> list[dict[str, object]]:
        return [{"start": start, "end": end, "label": label} for start, end, label in marks]

    return score_rows(
        "named_entities",
        [{"text": TEXT, "entities": entities(gold)}],
        [{"entities": entities(found)}],
    )


def test_an_entity_found_twice_counts_once() -> None:
    assert one([(0, 6, "ORG")], [(0, 6, "ORG"), (0, 6, "ORG")])["precision"] == 1.0


def test_blanks_at_the_edges_of_an_entity_do_not_count() -> None:
    assert one([(23, 31, "LOC")], [(22, 31, "LOC")])["f1"] == 1.0


def test_a_taggers_whole_words_count_as_the_entity_by_words_but_not_strictly() -> None:
    scores = one([(0, 6, "ORG"), (23, 31, "LOC")], [(0, 7, "ORG"), (23, 32, "LOC")])
    assert scores["f1"] == 0.0
    assert scores["f1_words"] == 1.0


def test_half_a_word_counts_as_the_word_by_words() -> None:
    scores = one([(0, 6, "ORG")], [(0, 3, "ORG")])
    assert (scores["f1"], scores["f1_words"]) == (0.0, 1.0)


def test_nothing_to_find_and_nothing_found_is_no_division_by_zero() -> None:
    assert one([], [])["f1"] == 0.0


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ((0, 12, "ORG"), "boundary"),
        ((0, 6, "PER"), "type"),
        ((0, 12, "PER"), "boundary_and_type"),
        ((23, 31, "ORG"), "spurious"),
    ],
)
def test_each_mistake_has_its_kind(found: tuple[int, int, str], kind: str) -> None:
    names = ("boundary", "type", "boundary_and_type", "missed", "spurious")
    counts = dict(
        zip(
            names,
            errors(frozenset([Entity(0, 6, "ORG")]), frozenset([Entity(*found)])),
            strict=True,
        )
    )
    assert counts.pop(kind) == 1
    assert counts.pop("missed") == (1 if kind == "spurious" else 0)
    assert not any(counts.values())


def test_words_and_tags_become_places_in_the_text() -> None:
    words = ["Amazon", ",", "Inc.", "opened", "in", "New", "York", "."]
    tags = ["B-ORG", "I-ORG", "I-ORG", "O", "O", "B-LOC", "I-LOC", "O"]
    assert from_words(TEXT, words, tags) == (Entity(0, 12, "ORG"), Entity(23, 31, "LOC"))


def test_words_that_are_not_in_the_text_are_refused() -> None:
    with pytest.raises(InputError, match="Seattle"):
        from_words(TEXT, ["Seattle"], ["B-LOC"])
