"""Checks of texts and of sizes."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from backend.data.findings import Data, Finding
from backend.data.schemas import SPLITS, Example, document_text, summary_text
from backend.data.stats import tokens

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffd]")
"""Control characters but tab and line ends, invisible marks, and what stands for lost bytes."""

LONGEST: Final = {"text_classification": 512, "relation_extraction": 512}
"""Tokens that the models of these tasks read of an example; the others read long texts in parts."""

_LONGEST_OF_ALL: Final = 8_000
_FEW: Final = 50
_FEW_HELD_OUT: Final = 30


def texts_of(example: Example) -> Iterator[tuple[str, str]]:
    """Every text of an example with its name."""
    for name in ("text", "question", "context", "summary"):
        if name in example:
            yield name, example[name]
    for sentence in example.get("sentences", ()):
        yield "sentence", sentence


def empty(data: Data) -> Iterable[Finding]:
    """Nothing to read, or nothing to say."""
    return data.finding(
        "empty_texts",
        "error",
        "Empty texts",
        "There is nothing to learn from them.",
        [
            (split, row, f"the {name} is empty")
            for split, row, example in data.rows()
            if (name := empty_part(example))
        ],
        "drop_empty",
    )


def empty_part(example: Example) -> str:
    """Which text of an example is empty, "" where none is."""
    if "sentences" in example and not document_text(example).strip():
        return "text"
    if "labels" in example and not any(example["labels"]):
        return "summary"
    return next(
        (name for name, text in texts_of(example) if name != "sentence" and not text.strip()), ""
    )


def long(data: Data) -> Iterable[Finding]:
    """More than a model reads, or than a machine should."""
    limit = LONGEST.get(data.schema.task, _LONGEST_OF_ALL)
    cut = data.schema.task == "text_classification"
    return data.finding(
        "long_texts",
        "warning",
        f"Texts of more than {limit:,} tokens",
        (
            "Training reads only their beginning. "
            if cut
            else "They take long to train on and may not fit into memory. "
        )
        + "The number of tokens is an estimate: 1.3 for each word, or one for each 5 characters.",
        [
            (split, row, f"about {count:,} tokens")
            for split, row, example in data.rows()
            if (count := tokens(data.schema.text(example))) > limit
        ],
        "drop_long",
    )


def control(data: Data) -> Iterable[Finding]:
    """Characters that nobody sees."""
    return data.finding(
        "control_characters",
        "warning",
        "Control characters and lost letters",
        "They split words where nobody sees it. Cleaning puts a blank in the place of each, so "
        "that all offsets stay right.",
        [
            (split, row, f"U+{ord(match.group()):04X} in the {name}")
            for split, row, example in data.rows()
            for name, match in [_first_control(example)]
            if match
        ],
        "clean_characters",
    )


def _first_control(example: Example) -> tuple[str, re.Match[str] | None]:
    for name, text in texts_of(example):
        if not text.isprintable() and (match := CONTROL.search(text)):
            return name, match
        if "\ufffd" in text:
            return name, CONTROL.search(text)
    return "", None


def summaries(data: Data) -> Iterable[Finding]:
    """Summaries that are no shorter than what they sum up."""
    if data.schema.task != "summarization":
        return ()
    return data.finding(
        "long_summaries",
        "warning",
        "Summaries as long as their texts",
        "They teach a model to repeat the whole text.",
        [
            (split, row, "")
            for split, row, example in data.rows()
            if len(summary_text(example)) >= len(document_text(example)) > 0
        ],
        "drop_long_summaries",
    )


def sizes(data: Data) -> Iterable[Finding]:
    """Too little to learn from, or to measure on."""
    counts = {name: len(data.splits.get(name, ())) for name in SPLITS}
    if counts["train"] < _FEW:
        yield Finding(
            "few_examples",
            "warning",
            f"Only {counts['train']} training examples",
            "Fine-tuning needs some hundreds to be better than chance by much.",
        )
    small = [f"{name} ({n})" for name, n in list(counts.items())[1:] if 0 < n < _FEW_HELD_OUT]
    if small:
        yield Finding(
            "few_held_out",
            "note",
            f"Little held out: {', '.join(small)}",
            f"Under {_FEW_HELD_OUT} examples a score can be off by ten points and more.",
        )
    missing = [name for name in SPLITS if not counts[name]]
    if missing:
        yield Finding(
            "missing_splits",
            "note",
            f"No {' and no '.join(missing)} split",
            "Training holds validation data out by itself; without a test split no tuned model "
            "can be compared with its baseline.",
        )


TEXT_CHECKS: Final = (empty, long, control, summaries, sizes)
