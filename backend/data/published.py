"""Examples to train the shipped adapters on, out of published data, and what is held out of it.

Each function takes the folder of the datasets and gives the same examples each time.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.data import formats
from backend.data.formats import Example

HOLD_OUT_SEED = 13

# Question answering is what costs most to train, by the token: short paragraphs teach as much as
# long ones, and so many examples are what two cores read in three and a half hours.
ANSWERABLE = 85_000
MADE_UNANSWERABLE = 27_500
LONGEST_CONTEXT = 1500  # characters
# Only people think of questions that nearly have an answer, and few of those are to be had.
REPEATED = 5


@dataclass(frozen=True)
class Data:
    """Examples to train on and to choose the checkpoint by.

    ``held_out`` is what measures the finished model, where that is more than the validation data.
    """

    train: list[Example]
    validation: list[Example]
    held_out: list[Example] | None = None


def _split(examples: list[Example], held_out: int, group: Callable[[Example], str]) -> Data:
    """Hold out about ``held_out`` examples by group, the same each time; the order stays."""
    sizes = Counter(group(example) for example in examples)
    names = sorted(sizes)
    random.Random(HOLD_OUT_SEED).shuffle(names)
    held: set[str] = set()
    while names and sum(sizes[name] for name in held) < held_out:
        held.add(names.pop())
    train = [example for example in examples if group(example) not in held]
    return Data(train, [example for example in examples if group(example) in held])


def sst2(data: Path) -> Data:
    """SST-2's training file, 1,000 sentences held out with every phrase that is part of one.

    The checkpoint is chosen by the sentences; all that is held out measures the model.
    """
    names = {"0": "negative", "1": "positive"}
    examples = [
        {"text": example["text"], "label": names[example["label"]]}
        for example in formats.glue_tsv(data / "sst2" / "train.tsv")
        if example["text"]
    ]
    held = {
        example["text"]
        for example in random.Random(HOLD_OUT_SEED).sample(
            [example for example in examples if len(example["text"].split()) >= 12], 1000
        )
    }
    parts = _phrases(held)
    train = [example for example in examples if example["text"] not in parts]
    unseen = {example["text"]: example for example in examples if example["text"] in parts}
    validation = [example for text, example in unseen.items() if text in held]
    return Data(train, validation, list(unseen.values()))


def _phrases(sentences: Iterable[str]) -> set[str]:
    """Every run of words of the sentences, and the sentences themselves."""
    found: set[str] = set()
    for sentence in sentences:
        words = sentence.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                found.add(" ".join(words[start:end]))
    return found


def semeval(data: Path) -> Data:
    """SemEval-2010 Task 8's training file, 400 sentences held out."""
    path = data / "semeval2010_task8" / "TRAIN_FILE.TXT"
    return _split(list(formats.semeval_relations(path)), 400, lambda example: str(example["text"]))


def wikiann(data: Path) -> Data:
    """WikiANN's train and dev files together, 1,000 sentences held out."""
    folder = data / "wikiann_en"
    examples = [
        example for name in ("train", "dev") for example in formats.tagged_words(folder / name)
    ]
    return _split(examples, 1000, lambda example: str(example["text"]))


def squad(data: Path) -> Data:
    """SQuAD 1.1 and half of SQuAD 2.0's dev set, with unanswerable questions made from the first.

    Held out: about 700 questions of the second, by article.
    """
    one = list(formats.squad_json(data / "squad11" / "train-v1.1-explorer.json"))
    two = list(formats.squad_json(data / "squad2" / "dev-v2.0-cs224n-half.json"))
    two_split = _split(two, 700, lambda example: str(example["group"]))
    rng = random.Random(HOLD_OUT_SEED)
    short = [example for example in one if len(example["context"]) <= LONGEST_CONTEXT]
    made = made_unanswerable(short, MADE_UNANSWERABLE, rng)
    train = two_split.train * REPEATED + rng.sample(short, ANSWERABLE) + made
    rng.shuffle(train)
    return Data(train, two_split.validation)


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def made_unanswerable(examples: list[Example], count: int, rng: random.Random) -> list[Example]:
    """Questions with another paragraph of their article that lacks the answer's text.

    The paragraph that shares most words with the question, of five drawn, is taken: one that is
    plainly about something else would teach nothing.
    """
    contexts: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if not contexts[example["group"]] or contexts[example["group"]][-1] != example["context"]:
            contexts[example["group"]].append(example["context"])
    made: list[Example] = []
    for example in rng.sample(examples, min(len(examples), 2 * count)):
        answer = example["answers"][0]["text"].lower()
        words = _long_words(example["question"])
        pool = contexts[example["group"]]
        others = [
            context
            for context in rng.sample(pool, min(5, len(pool)))
            if context != example["context"] and answer not in context.lower()
        ]
        if others:
            best = max(
                others, key=lambda text: len(words & set(re.findall(r"\w{4,}", text.lower())))
            )
            made.append({**example, "id": f"{example['id']}-no", "context": best, "answers": []})
        if len(made) == count:
            break
    return made
