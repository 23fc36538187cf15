"""Answers that need no model: what any model has to beat."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from backend.evaluation.examples import Entity, Examples, TaskName, Value
from backend.evaluation.metrics.text_classification import positive_label

LEAD_SENTENCES: Final = 3
_NAMES: Final[dict[TaskName, str]] = {
    "text_classification": "constant class",
    "named_entities": "no entities",
    "question_answering": "empty answer",
    "relation_extraction": "majority relation",
    "summarization": "lead sentences",
}


def baseline_name(task: TaskName) -> str:
    """What the trivial baseline of ``task`` is called."""
    return _NAMES[task]


def baseline(examples: Examples, training: Sequence[str] = ()) -> tuple[Value, ...]:
    """The trivial baseline's answers to ``examples``.

    ``training`` are training labels, from which the constant class is taken where given: a baseline
    may not look at the test's.
    """
    if examples.task == "summarization":
        return tuple(lead_sentences(text) for text in examples.texts)
    answer: Value = ""
    if examples.task == "text_classification":
        answer = constant_label(training or [str(label) for label in examples.gold])
    elif examples.task == "relation_extraction":
        answer = majority_label(training or [str(label) for label in examples.gold])
    elif examples.task == "named_entities":
        empty: tuple[Entity, ...] = ()
        answer = empty
    return (answer,) * len(examples.ids)


def constant_label(labels: Sequence[str]) -> str:
    """The class that scores best when it is all that is answered: of two the one that F1 is about,
    whose F1 is above 0 then, and of more the most frequent.
    """
    return positive_label(labels, ()) or majority_label(labels)


def majority_label(labels: Sequence[str]) -> str:
    """The most frequent label, of equally frequent ones the first in order."""
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


def lead_sentences(text: str, count: int = LEAD_SENTENCES) -> str:
    """The first ``count`` sentences, one a line."""
    found: list[str] = []
    start = 0
    for place, char in enumerate(text):
        at_end = char in ".!?" and (place + 1 == len(text) or text[place + 1].isspace())
        if (at_end or char == "\n") and text[start : place + 1].strip():
            found.append(text[start : place + 1].strip())
            start = place + 1
            if len(found) == count:
                break
    else:
        if text[start:].strip():
            found.append(text[start:].strip())
    return "\n".join(found)
