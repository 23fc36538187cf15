"""The validation metrics that training watches. Final scores are the evaluation's business."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence


def f1(true_positives: int, predicted: int, gold: int) -> float:
    """Harmonic mean of precision and recall; 0 where there is nothing to find or nothing found."""
    return 2 * true_positives / (predicted + gold) if predicted + gold else 0.0


def classification_metrics(gold: Sequence[int], predicted: Sequence[int]) -> dict[str, float]:
    """``accuracy`` and ``f1_macro`` (mean F1 of the labels that occur)."""
    right = Counter(one for one, other in zip(gold, predicted, strict=True) if one == other)
    wanted, found = Counter(gold), Counter(predicted)
    labels = sorted(set(wanted) | set(found))
    scores = [f1(right[label], found[label], wanted[label]) for label in labels]
    return {
        "accuracy": sum(right.values()) / len(gold),
        "f1_macro": sum(scores) / len(scores),
    }


def span_metrics(
    gold: Iterable[Iterable[Hashable]], predicted: Iterable[Iterable[Hashable]]
) -> dict[str, float]:
    """``precision``, ``recall`` and ``f1`` of exact spans with their labels, over all examples."""
    right = found = wanted = 0
    for one, other in zip(gold, predicted, strict=True):
        expected, answered = set(one), set(other)
        right += len(expected & answered)
        found += len(answered)
        wanted += len(expected)
    return {
        "precision": right / found if found else 0.0,
        "recall": right / wanted if wanted else 0.0,
        "f1": f1(right, found, wanted),
    }


def relation_macro_f1(
    gold: Sequence[str],
    predicted: Sequence[str],
    *,
    other: Collection[str] = frozenset({"Other", "no_relation"}),
) -> float:
    """SemEval-2010 Task 8's official score: mean F1 of the relations, direction counting.

    A relation's two directions are one class in the mean; a right relation in the wrong direction
    is an error; what is in ``other`` is not among the classes (Hendrickx et al. 2010, section 4).
    """
    relation = [name.split("(")[0] for name in gold]
    answered = [name.split("(")[0] for name in predicted]
    names = sorted({name for name in relation if name not in other})
    right = Counter(
        kind for kind, one, two in zip(relation, gold, predicted, strict=True) if one == two
    )
    wanted, found = Counter(relation), Counter(answered)
    scores = [f1(right[name], found[name], wanted[name]) for name in names]
    return sum(scores) / len(scores) if scores else 0.0
