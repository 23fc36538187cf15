"""The names of metrics and of kinds of models."""

from collections.abc import Mapping
from typing import Final

from pages.components import door
from pages.components.door import Comparison, Record

KIND_WORDS: Final[Mapping[str, str]] = {
    "tuned": "tuned",
    "finetuned": "fine-tuned",
    "embedded": "pre-trained",
    door.TRIVIAL: "trivial",
    "": "of unknown origin",
}
_MOST: Final = 12


def capital(words: str) -> str:
    """``words`` as the beginning of a line."""
    return f"{words[:1].upper()}{words[1:]}"


def metric_names(comparison: Comparison) -> tuple[dict[str, str], dict[str, str]]:
    """The metrics by key with their titles: those of all examples, the verdict's first, and those
    of one class, by how much they differ.
    """
    keys = [comparison.metric, *(k for k in comparison.differences if k != comparison.metric)]
    titles = {key: capital(door.metric_title(key)) for key in keys}
    overall = {
        key: title
        for key, title in titles.items()
        if "/" not in key or key == comparison.metric  # F1 of the class that a binary F1 is about
    }
    classes = {key: title for key, title in titles.items() if key.startswith("f1/")}
    ranked = sorted(classes.items(), key=lambda one: -comparison.differences[one[0]].value)
    return dict(list(overall.items())[:_MOST]), dict(ranked)


def trials_of(record: Record) -> int:
    """How many models were trained to find this one, 0 where that is not known."""
    if record.training is None:
        return 0
    return record.training.search.trials if record.training.search else 1
