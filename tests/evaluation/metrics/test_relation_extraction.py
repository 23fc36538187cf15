"""SemEval-2010 Task 8's official rules, written down once more from its scorer's description."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from backend.evaluation.scoring import score_rows
from backend.tasks.relation_extraction import RELATIONS
from tests.evaluation.support import unhurried

LABELS = [f"{name}({way})" for name in RELATIONS for way in ("e1,e2", "e2,e1")] + ["Other"]


def kind(label: str) -> str:
    return label.split("(")[0]


def official(gold: list[str], answers: list[str], *, with_other: bool = False) -> float:
    """Over the key's relations; the right relation in the wrong direction is a wrong answer of
    that relation, for precision too.
    """
    total, names = 0.0, sorted({kind(label) for label in gold})
    names = [name for name in names if with_other or name != "Other"]
    for name in names:
        confusion = proposed = wrong_direction = 0
        actual = sum(kind(label) == name for label in gold)
        for label, answer in zip(gold, answers, strict=True):
            if label == answer and kind(label) == name:
                confusion += 1
                proposed += 1
            elif kind(label) == kind(answer) == name:
                wrong_direction += 1
            elif kind(answer) == name:
                proposed += 1
        precision = confusion / (proposed + wrong_direction) if proposed else 0.0
        recall = confusion / actual
        total += 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return total / len(names) if names else 0.0


def ours(gold: list[str], answers: list[str]) -> dict[str, float]:
    return score_rows(
        "relation_extraction",
        [{"label": label} for label in gold],
        [{"label": label} for label in answers],
    )


def agrees(gold: list[str], answers: list[str]) -> None:
    scores = ours(gold, answers)
    assert scores["f1_macro"] == pytest.approx(official(gold, answers), abs=1e-9)
    with_other = official(gold, answers, with_other=True)
    assert scores["f1_macro_with_other"] == pytest.approx(with_other, abs=1e-9)
    right = sum(one == other for one, other in zip(gold, answers, strict=True))
    assert scores["accuracy"] == pytest.approx(right / len(gold), abs=1e-9)


def test_hundreds_of_random_cases_agree_with_the_official_rules() -> None:
    rng = random.Random(11)
    for _ in range(400):
        names = rng.sample(LABELS, rng.randint(1, len(LABELS)))
        gold = rng.choices(names, k=rng.randint(1, 40))
        agrees(gold, [label if rng.random() < 0.5 else rng.choice(LABELS) for label in gold])


@unhurried
@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_any_labels_agree_with_the_official_rules(pairs: list[tuple[str, str]]) -> None:
    agrees([gold for gold, _ in pairs], [answer for _, answer in pairs])


def test_every_directed_class_by_itself_is_scikit_learns_macro_f1() -> None:
    rng = random.Random(2)
    gold = rng.choices(LABELS, k=300)
    answers = [label if rng.random() < 0.5 else rng.choice(LABELS) for label in gold]
    wanted = f1_score(gold, answers, average="macro")
    assert ours(gold, answers)["f1_macro_directed"] == pytest.approx(wanted, abs=1e-9)


def test_the_wrong_direction_is_an_error() -> None:
    assert ours(["Cause-Effect(e1,e2)"], ["Cause-Effect(e2,e1)"])["f1_macro"] == 0.0


def test_the_original_solutions_spelling_of_a_direction_is_understood() -> None:
    assert ours(["Cause-Effect(e2,e1)"], ["Effect-Cause"])["f1_macro"] == 1.0


def test_any_set_of_relations_of_that_shape_is_scored() -> None:
    gold = ["treats(e1,e2)", "treats(e2,e1)", "Other"]
    assert ours(gold, ["treats(e1,e2)", "treats(e1,e2)", "Other"])["f1/treats"] == 0.5
