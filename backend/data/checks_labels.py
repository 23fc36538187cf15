"""Checks of labels: names, how many, and how evenly."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from backend.data.findings import Data, Finding
from backend.data.schemas import Example

FEW: Final = 10
"""Examples of a class below which a model hardly learns it."""

_UNEVEN: Final = 0.8
"""The share of one class from which always answering with it looks good."""

_KINDS: Final = frozenset({"text_classification", "relation_extraction", "named_entities"})


NEGATIVE: Final = "Other"
"""The relation that says there is none."""

_NEGATIVES: Final = "norelation norel na n/a none null nil unrelated other others norelationship"
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_SEVERAL: Final = re.compile(r"\s*[|;,/+]\s*")
_BETWEEN_LETTERS: Final = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W\d_])")


def normalised(label: str) -> str:
    """What differently spelled labels have in common: case, and blanks, hyphens and underscores
    between letters, are left away. Signs stay: -1 and 1, C and C++, A and A- are not the same.

    >>> [normalised(label) for label in ("Works For", "works_for", "A-", "-1", "5*")]
    ['worksfor', 'worksfor', 'a-', '-1', '5*']
    """
    return _BETWEEN_LETTERS.sub("", unicodedata.normalize("NFC", label).strip()).casefold()


def is_negative(label: str) -> bool:
    """Whether a relation's name says that there is none, though it is not ``NEGATIVE``."""
    folded = re.sub(r"[\s_-]+", "", label).casefold()
    return label != NEGATIVE and folded in _NEGATIVES.split()


def spellings(labels: Mapping[str, int]) -> dict[str, str]:
    """Labels that are another one spelled differently, and the most frequent spelling of it.

    >>> spellings({"Positive": 3, "positive": 9, "negative": 4})
    {'Positive': 'positive'}
    """
    same: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        same[normalised(label)].append(label)
    best = {
        key: max(names, key=lambda name: (labels[name], name == name.strip(), name))
        for key, names in same.items()
    }
    return {
        label: best[key] for key, names in same.items() for label in names if label != best[key]
    }


def total(data: Data) -> Counter[str]:
    """Labels of all splits."""
    counts: Counter[str] = Counter()
    for split in data.labels.values():
        counts.update(split)
    return counts


def empty_labels(data: Data) -> Iterable[Finding]:
    """Labels without a letter or digit."""
    if data.schema.task not in _KINDS:
        return ()
    return data.finding(
        "empty_labels",
        "error",
        "Examples without a label",
        "Give each a label, or leave it out.",
        [
            (split, row, "")
            for split, row, example in data.rows()
            if any(not label.strip() for label in data.schema.labels(example))
        ],
        "drop_unlabelled",
    )


def variants(data: Data) -> Iterable[Finding]:
    """One label in several spellings."""
    if data.schema.task not in _KINDS:
        return ()
    counts = total(data)
    other = spellings({label: n for label, n in counts.items() if label.strip()})
    return data.finding(
        "spellings",
        "error",
        "One label, several spellings",
        "A model would take them for different classes. Merging keeps the most frequent spelling.",
        [
            (split, row, f"“{label}” and “{other[label]}”")
            for split, row, example in data.rows()
            if (label := next((one for one in data.schema.labels(example) if one in other), None))
        ],
        "merge_spellings",
    )


def single_class(data: Data) -> Iterable[Finding]:
    """Nothing to tell apart."""
    labels = data.labels.get("train", {})
    if data.schema.classes and len(labels) == 1:
        yield Finding(
            "single_class",
            "error",
            "Only one class to learn",
            f"All training examples are “{next(iter(labels))}”: add examples of other classes.",
        )
    if data.schema.task == "named_entities" and "train" in data.splits and not labels:
        yield Finding(
            "single_class",
            "error",
            "No entities to learn",
            "No training example has an entity: check how the file was read.",
        )


def unknown(data: Data) -> Iterable[Finding]:
    """Labels in what is held out that are never taught."""
    if data.schema.task not in _KINDS or "train" not in data.splits:
        return ()
    known = data.labels["train"]

    def foreign(example: Example) -> list[str]:
        return [label for label in data.schema.labels(example) if label not in known]

    return data.finding(
        "unknown_labels",
        "error",
        "Labels that training never sees",
        "A model cannot get these right: add training examples, or leave these rows out.",
        [
            (split, row, f"“{labels[0]}”")
            for split, row, example in data.rows()
            if split != "train" and (labels := foreign(example))
        ],
        "drop_unknown_labels",
    )


def few(data: Data) -> Iterable[Finding]:
    """Classes with too few examples to learn from."""
    if data.schema.task not in _KINDS:
        return
    rare = {label: n for label, n in data.labels.get("train", {}).items() if n < FEW}
    if rare:
        names = ", ".join(f"“{label}” ({n})" for label, n in sorted(rare.items())[:8])
        more = f" and {len(rare) - 8} more" if len(rare) > 8 else ""
        yield Finding(
            "rare_labels",
            "warning",
            f"Fewer than {FEW} training examples of a label",
            f"{names}{more}: add examples, or merge or drop these labels.",
            fixes=("drop_rare_labels",) if len(rare) < len(data.labels["train"]) else (),
        )


def balance(data: Data) -> Iterable[Finding]:
    """One class that outweighs all others."""
    labels = data.labels.get("train", {})
    count = sum(labels.values())
    if not data.schema.classes or len(labels) < 2:
        return
    most, number = max(labels.items(), key=lambda item: item[1])
    if number / count >= _UNEVEN:
        yield Finding(
            "balance",
            "warning",
            "One class outweighs the others",
            f"“{most}” is {number / count:.0%} of the training examples, so that always answering "
            "with it looks good: weigh the classes in training, and look at macro F1.",
        )


def numbers(data: Data) -> Iterable[Finding]:
    """Labels that mean nothing to a reader."""
    labels = total(data)
    if data.schema.classes and labels and all(_NUMBER.fullmatch(label.strip()) for label in labels):
        yield Finding(
            "numbered_labels",
            "note",
            "Labels are numbers",
            "Answers will be numbers too: rename the labels to what they mean.",
        )


def negatives(data: Data) -> Iterable[Finding]:
    """A relation that says there is none, under another name than the one that scores leave out."""
    if data.schema.task != "relation_extraction":
        return ()
    return data.finding(
        "negative_class",
        "warning",
        "“No relation” under another name",
        f"Scores and pages know it as “{NEGATIVE}” only: under another name it counts as a "
        "relation and is shown as one. Renaming puts that right.",
        [
            (split, row, f"“{example['label']}”")
            for split, row, example in data.rows()
            if is_negative(example["label"])
        ],
        "rename_negative",
    )


def several(data: Data) -> Iterable[Finding]:
    """Several labels in one cell, taken for a class of its own."""
    if data.schema.task != "text_classification":
        return ()
    labels = total(data)
    return data.finding(
        "several_labels",
        "warning",
        "Several labels in one",
        "Each combination is taken for a class of its own, and a model chooses one class a text: "
        "keep the most important label of each, or make a dataset of each label.",
        [
            (split, row, f"“{example['label']}”")
            for split, row, example in data.rows()
            if _is_several(example["label"], labels)
        ],
    )


def _is_several(label: str, known: Mapping[str, int]) -> bool:
    """Whether ``label`` is a list: with bars, or of labels that are known by themselves."""
    parts = _SEVERAL.split(label)
    listed = len(parts) > 1 and all(parts)
    return listed and ("|" in label or all(part in known for part in parts))


LABEL_CHECKS: Final = (
    empty_labels,
    variants,
    single_class,
    unknown,
    few,
    balance,
    numbers,
    negatives,
    several,
)
