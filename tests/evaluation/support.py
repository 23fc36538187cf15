"""Examples and predictions that several tests score."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import settings

from backend.evaluation.examples import Examples, TaskName, Value, answers_of, examples_of
from backend.evaluation.scoring import Scored, score

Row = Mapping[str, Any]

unhurried = settings(deadline=None, max_examples=60)
"""For property tests: a busy machine is no failure."""


def given(
    task: TaskName, gold: Sequence[Row], predicted: Sequence[Row]
) -> tuple[Examples, tuple[Value, ...], Scored]:
    """Rows without ids as examples, answers and scores."""
    examples = examples_of(task, [{"id": place, **row} for place, row in enumerate(gold)])
    answers = answers_of(examples, [{"id": place, **row} for place, row in enumerate(predicted)])
    return examples, answers, score(examples, answers)


def classified(
    gold: Sequence[str], predicted: Sequence[str]
) -> tuple[Examples, tuple[Value, ...], Scored]:
    """Text classification of labels."""
    return given(
        "text_classification",
        [{"label": label, "text": f"text {place}"} for place, label in enumerate(gold)],
        [{"label": label} for label in predicted],
    )


def noisy(gold: Sequence[str], share: float, *, seed: int) -> list[str]:
    """``gold`` with about ``share`` of the labels replaced by another one of them."""
    rng = random.Random(seed)
    names = sorted(set(gold))
    return [
        rng.choice([name for name in names if name != label]) if rng.random() < share else label
        for label in gold
    ]
