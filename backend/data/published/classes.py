"""Published data of classes."""

import random
from collections.abc import Iterable
from pathlib import Path

from backend.data import formats
from backend.data.published.splits import HOLD_OUT_SEED, Data

SHORTEST = 12  # words of a sentence that is held out
VALIDATION, HELD_OUT = 300, 700


def sst2(data: Path) -> Data:
    """SST-2's training file; sentences are held out with every phrase that is part of one."""
    names = {"0": "negative", "1": "positive"}
    examples = [
        {"text": example["text"], "label": names[example["label"]]}
        for example in formats.glue_tsv(data / "sst2" / "train.tsv")
        if example["text"]
    ]
    whole = {e["text"]: e for e in examples if len(e["text"].split()) >= SHORTEST}
    drawn = random.Random(HOLD_OUT_SEED).sample(
        list(whole.values()), min(len(whole), VALIDATION + HELD_OUT)
    )
    parts = _phrases(example["text"] for example in drawn)
    train = [example for example in examples if example["text"] not in parts]
    return Data(train, drawn[HELD_OUT:], drawn[:HELD_OUT])


def _phrases(sentences: Iterable[str]) -> set[str]:
    """Every run of words of the sentences, and the sentences themselves."""
    found: set[str] = set()
    for sentence in sentences:
        words = sentence.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                found.add(" ".join(words[start:end]))
    return found
