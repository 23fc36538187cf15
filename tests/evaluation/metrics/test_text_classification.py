"""Classification metrics against scikit-learn."""

import random
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    matthews_corrcoef,
    precision_recall_fscore_support,
)

from backend.errors import InputError
from backend.evaluation.metrics.text_classification import positive_label
from backend.evaluation.scoring import score_rows
from tests.evaluation.support import unhurried

LABELS = ["neg", "pos", "neutral", "é", "0", "mixed feelings"]


def values(gold: list[str], predicted: list[str], positive: str | None = None) -> dict[str, float]:
    return score_rows(
        "text_classification",
        [{"label": label} for label in gold],
        [{"label": label} for label in predicted],
        positive=positive,
    )


def agrees_with_scikit_learn(gold: list[str], predicted: list[str]) -> None:
    ours = values(gold, predicted)
    names = sorted({*gold, *predicted})
    # Numbers for names: scikit-learn is several times faster on them.
    wanted_ids, found_ids = ([names.index(one) for one in some] for some in (gold, predicted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        per_class = precision_recall_fscore_support(wanted_ids, found_ids, zero_division=0)
        wanted = {"mcc": matthews_corrcoef(wanted_ids, found_ids)}
    for kind, place in (("precision", 0), ("recall", 1), ("f1", 2)):
        wanted[f"{kind}_macro"] = sum(per_class[place]) / len(names)
        wanted |= {f"{kind}/{name}": per_class[place][at] for at, name in enumerate(names)}
    right = sum(one == other for one, other in zip(gold, predicted, strict=True)) / len(gold)
    wanted |= {"accuracy": right, "f1_micro": right}
    assert {name: ours[name] for name in wanted} == pytest.approx(wanted, abs=1e-9)


def test_hundreds_of_random_cases_agree_with_scikit_learn() -> None:
    rng = random.Random(5)
    for _ in range(400):
        names = LABELS[: rng.randint(1, len(LABELS))]
        n = rng.randint(1, 40)
        gold = rng.choices(names, k=n)
        skew = rng.choices(names, [rng.random() ** 3 + 1e-9 for _ in names], k=n)
        predicted = [
            one if rng.random() < 0.6 else other for one, other in zip(gold, skew, strict=True)
        ]
        agrees_with_scikit_learn(gold, predicted)


@unhurried
@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_any_labels_agree_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    agrees_with_scikit_learn([gold for gold, _ in pairs], [found for _, found in pairs])


@pytest.mark.parametrize(
    ("gold", "predicted"),
    [
        (["a"], ["a"]),
        (["a"], ["b"]),
        (["a", "a", "b"], ["b", "b", "b"]),
        (["a", "b"], ["b", "a"]),
        (["a", "a"], ["c", "d"]),
    ],
)
def test_degenerate_cases_agree_with_scikit_learn(gold: list[str], predicted: list[str]) -> None:
    agrees_with_scikit_learn(gold, predicted)


def test_all_averages_are_scikit_learns() -> None:
    rng = random.Random(1)
    gold, predicted = rng.choices(LABELS, k=200), rng.choices(LABELS, k=200)
    ours = values(gold, predicted)
    assert ours["accuracy"] == pytest.approx(accuracy_score(gold, predicted), abs=1e-9)
    for average in ("macro", "micro"):
        wanted = f1_score(gold, predicted, average=average)
        assert ours[f"f1_{average}"] == pytest.approx(wanted, abs=1e-9)


def test_binary_f1_is_that_of_the_positive_class() -> None:
    gold = ["pos", "neg", "pos", "neg", "neg"]
    predicted = ["pos", "pos", "neg", "neg", "neg"]
    ours = values(gold, predicted)
    assert ours["f1"] == pytest.approx(f1_score(gold, predicted, pos_label="pos"), abs=1e-9)
    other = values(gold, predicted, positive="neg")
    assert other["f1"] == pytest.approx(f1_score(gold, predicted, pos_label="neg"), abs=1e-9)
    assert other["recall"] == pytest.approx(2 / 3)


def test_three_classes_have_a_binary_f1_only_when_one_is_asked_for() -> None:
    assert "f1" not in values(["a", "b", "c"], ["a", "b", "b"])
    assert values(["a", "b", "c"], ["a", "b", "b"], positive="b")["f1"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        (["0", "1"], "1"),
        (["negative", "positive"], "positive"),
        (["yes", "no"], "yes"),
        (["ham", "spam"], "spam"),
        (["a", "b", "c"], None),
    ],
)
def test_the_positive_class_is_the_one_that_its_name_says(
    labels: list[str], positive: str | None
) -> None:
    assert positive_label(labels, labels) == positive


def test_an_unknown_positive_class_is_refused() -> None:
    with pytest.raises(InputError, match="choose one of a, b"):
        positive_label(["a"], ["b"], "c")
