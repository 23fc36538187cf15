"""SQuAD's rules, written down once more as the official scripts have them."""

import random
import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evaluation.scoring import score_rows
from tests.evaluation.support import unhurried

WORDS = [
    "the",
    "The",
    "a",
    "an",
    "cat",
    "Cat",
    "cat,",
    "dog",
    "U.S.",
    "'s",
    "—",
    "$",
    "",
    "cat cat",
]


def normal(text: str) -> str:
    lowered = text.lower()
    bare = "".join(char for char in lowered if char not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def overlap(gold: str, answer: str, *, version: int) -> float:
    gold_words, answer_words = normal(gold).split(), normal(answer).split()
    if version == 2 and (not gold_words or not answer_words):
        return float(gold_words == answer_words)
    same = sum((Counter(gold_words) & Counter(answer_words)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(answer_words), same / len(gold_words)
    return 2 * precision * recall / (precision + recall)


def official(gold: list[list[str]], answers: list[str]) -> dict[str, float]:
    exact, f1 = [], []
    for accepted, answer in zip(gold, answers, strict=True):
        kept = [one for one in accepted if normal(one)] or [""]
        exact.append(max(float(normal(one) == normal(answer)) for one in kept))
        f1.append(max(overlap(one, answer, version=2) for one in kept))
    scores = {"exact": sum(exact) / len(exact), "f1": sum(f1) / len(f1)}
    for name, wanted in (("HasAns", True), ("NoAns", False)):
        chosen = [place for place, accepted in enumerate(gold) if bool(accepted) == wanted]
        if chosen:
            scores[f"{name}_exact"] = sum(exact[place] for place in chosen) / len(chosen)
            scores[f"{name}_f1"] = sum(f1[place] for place in chosen) / len(chosen)
    older = [(one, answer) for one, answer in zip(gold, answers, strict=True) if one]
    if older:
        scores["squad11_exact"] = sum(
            max(float(normal(one) == normal(answer)) for one in accepted)
            for accepted, answer in older
        ) / len(older)
        scores["squad11_f1"] = sum(
            max(overlap(one, answer, version=1) for one in accepted) for accepted, answer in older
        ) / len(older)
    return scores


def ours(gold: list[list[str]], answers: list[str]) -> dict[str, float]:
    return score_rows(
        "question_answering",
        [{"answers": accepted} for accepted in gold],
        [{"answer": answer} for answer in answers],
    )


def test_thousands_of_random_answers_agree_with_the_official_rules() -> None:
    rng = random.Random(3)

    def text() -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(0, 5)))

    for _ in range(400):
        n = rng.randint(1, 12)
        gold = [[text() for _ in range(rng.randint(0, 3))] for _ in range(n)]
        answers = [one[0] if one and rng.random() < 0.3 else text() for one in gold]
        assert ours(gold, answers) == pytest.approx(official(gold, answers), abs=1e-9)


@unhurried
@given(
    st.lists(
        st.tuples(st.lists(st.text(max_size=12), max_size=3), st.text(max_size=12)),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_agrees_with_the_official_rules(
    pairs: list[tuple[list[str], str]],
) -> None:
    gold, answers = [one for one, _ in pairs], [other for _, other in pairs]
    assert ours(gold, answers) == pytest.approx(official(gold, answers), abs=1e-9)


def test_repeated_words_count_with_their_multiplicity() -> None:
    assert ours([["dog dog cat"]], ["dog cat cat"])["f1"] == pytest.approx(2 / 3)


def test_an_answer_of_articles_alone_is_right_by_2_0_and_wrong_by_1_1() -> None:
    scores = ours([["the"]], ["a"])
    assert (scores["f1"], scores["squad11_f1"]) == (1.0, 0.0)


def test_kinds_of_questions_that_are_not_there_have_no_score() -> None:
    assert "NoAns_f1" not in ours([["x"]], ["x"])
    assert "HasAns_f1" not in ours([[]], [""])
