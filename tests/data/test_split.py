"""Splits: no group in two, the same each time, as large as asked for, alike in labels."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.content import digest
from backend.data.errors import DatasetError
from backend.data.groups import groups_of
from backend.data.schemas import schema_of
from backend.data.split import Fractions, split

QA = "question_answering"
TC = "text_classification"


def question(document: int, number: int) -> dict[str, Any]:
    context = f"Document {document} has {number // 3} paragraphs."
    return {
        "question": f"What about {document} and {number}?",
        "context": context,
        "group": f"doc {document}",
        "answers": [] if number % 3 else [{"text": "Document", "start": 0}],
    }


documents = st.lists(st.integers(1, 12), min_size=4, max_size=25)


@settings(max_examples=25, deadline=None)
@given(sizes=documents, seed=st.integers(0, 5), share=st.sampled_from([0.1, 0.2, 0.3]))
def test_no_document_is_in_two_splits_and_nothing_is_lost(
    sizes: list[int], seed: int, share: float
) -> None:
    examples = [question(d, n) for d, size in enumerate(sizes) for n in range(size)]
    parts = split(QA, {"": examples}, fractions=Fractions(share, share), seed=seed)
    assert set(parts) == {"train", "validation", "test"}
    homes: dict[str, set[str]] = {}
    for name, part in parts.items():
        for example in part:
            homes.setdefault(example["group"], set()).add(name)
    assert all(len(found) == 1 for found in homes.values())
    together = [example for part in parts.values() for example in part]
    assert sorted(e["question"] for e in together) == sorted(e["question"] for e in examples)


@settings(max_examples=15, deadline=None)
@given(count=st.integers(40, 120), seed=st.integers(0, 3), order=st.randoms(use_true_random=False))
def test_the_same_examples_are_split_the_same_way_in_any_order(
    count: int, seed: int, order: Any
) -> None:
    examples = [{"text": f"Text {n}", "label": "ab"[n % 2]} for n in range(count)]
    first = split(TC, {"": examples}, seed=seed)
    order.shuffle(examples)
    assert split(TC, {"": examples}, seed=seed) == first


def test_another_seed_splits_otherwise() -> None:
    examples = [{"text": f"Text {n}", "label": "a"} for n in range(100)]
    tests = {digest(split(TC, {"": examples}, seed=seed)["test"]) for seed in range(4)}
    assert len(tests) == 4


@settings(max_examples=15, deadline=None)
@given(
    counts=st.dictionaries(st.sampled_from("abcd"), st.integers(20, 90), min_size=2),
    share=st.sampled_from([0.1, 0.2]),
)
def test_fractions_hold_for_every_label_where_groups_allow(
    counts: dict[str, int], share: float
) -> None:
    examples = [
        {"text": f"{x} {n}", "label": x} for x, count in counts.items() for n in range(count)
    ]
    parts = split(TC, {"": examples}, fractions=Fractions(share, share))
    for name in ("validation", "test"):
        found = Counter(example["label"] for example in parts[name])
        for label, count in counts.items():
            assert abs(found[label] - share * count) <= 2


def test_splits_that_are_given_stay_and_missing_ones_are_taken_from_training() -> None:
    given_test = [{"text": f"Test {n}", "label": "a"} for n in range(7)]
    train = [{"text": f"Train {n}", "label": "a"} for n in range(50)]
    parts = split(TC, {"train": train, "test": given_test})
    assert parts["test"] == given_test
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 45,
        "validation": 5,
        "test": 7,
    }
    whole = split(TC, {"train": train, "test": given_test}, fractions=Fractions(0, 0.2))
    assert whole == {"train": train, "test": given_test}


def test_phrases_of_a_sentence_are_in_its_group() -> None:
    texts = [
        "an astonishing and profound film about loss",
        "astonishing and profound film",
        "profound film about loss",
        "a very different thing altogether",
        "profound film",  # too short to tell
    ]
    examples = [{"text": text, "label": "a"} for text in texts]
    names = groups_of(schema_of(TC), examples)
    assert names[0] == names[1] == names[2]
    assert len({names[0], names[3], names[4]}) == 3


def test_a_commonplace_joins_nothing() -> None:
    examples = [{"text": f"this is one of the best {n} times", "label": "a"} for n in range(9)]
    examples.append({"text": "one of the best", "label": "a"})
    assert len(set(groups_of(schema_of(TC), examples))) == 10


def test_equal_texts_are_one_group_whatever_their_case_and_blanks() -> None:
    examples = [{"text": "Fine  work", "label": "a"}, {"text": "fine work\n", "label": "b"}]
    assert len(set(groups_of(schema_of(TC), examples))) == 1


def test_a_label_that_is_rare_is_held_out_too() -> None:
    examples = [{"text": f"Text {n}", "label": "rare" if n < 20 else "often"} for n in range(400)]
    parts = split(TC, {"": examples})
    assert all(sum(e["label"] == "rare" for e in parts[n]) == 2 for n in ("validation", "test"))


@pytest.mark.parametrize(
    ("parts", "fractions"),
    [
        ({"": [{"text": "one", "label": "a"}]}, Fractions()),
        ({"": [{"text": "one", "label": "a"}] * 50}, Fractions()),
        ({"test": [{"text": "one", "label": "a"}]}, Fractions()),
        ({"": [{"text": str(n), "label": "a"} for n in range(9)]}, Fractions(0.6, 0.5)),
    ],
)
def test_what_cannot_be_split_is_refused_in_a_sentence(
    parts: dict[str, list[dict[str, Any]]], fractions: Fractions
) -> None:
    with pytest.raises(DatasetError, match=r"\w{4,}.*\.$"):
        split(TC, parts, fractions=fractions)
