"""Retrains the shipped adapters from a data folder: ``python -m backend.pretrained --data DIR``.

Each model is one run of ``model_code`` with the settings below, on examples made from published
data; a run that was interrupted goes on from its checkpoint, a finished one is not repeated.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.data import formats
from backend.data.formats import Example

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "assets" / "models"
HOLD_OUT_SEED = 13

# Question answering is what costs most to train, by the token: short paragraphs teach as much as
# long ones, and so many examples are what an hour of two cores reads.
ANSWERABLE = 15_000
MADE_UNANSWERABLE = 5_000
LONGEST_CONTEXT = 700  # characters


@dataclass(frozen=True)
class Adapter:
    """One shipped model: its data (train, validation) and the hyperparameters of its training."""

    name: str
    task: str
    examples: Callable[[Path], tuple[list[Example], list[Example]]]
    hyperparameters: dict[str, Any]
    data: str = field(default="")
    licence: str = field(default="")


def _split(
    examples: list[Example], held_out: int, group: Callable[[Example], str]
) -> tuple[list[Example], list[Example]]:
    """Hold out about ``held_out`` examples by group, the same each time; the order stays."""
    sizes = Counter(group(example) for example in examples)
    names = sorted(sizes)
    random.Random(HOLD_OUT_SEED).shuffle(names)
    held: set[str] = set()
    while names and sum(sizes[name] for name in held) < held_out:
        held.add(names.pop())
    train = [example for example in examples if group(example) not in held]
    return train, [example for example in examples if group(example) in held]


def sst2(data: Path) -> tuple[list[Example], list[Example]]:
    """SST-2's training file, 1,000 sentences held out with every phrase that is part of one."""
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
    validation = list(
        {example["text"]: example for example in examples if example["text"] in held}.values()
    )
    parts = _phrases(held)
    train = [example for example in examples if example["text"] not in parts]
    return train, validation


def _phrases(sentences: Iterable[str]) -> set[str]:
    """Every run of words of the sentences, and the sentences themselves."""
    found: set[str] = set()
    for sentence in sentences:
        words = sentence.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                found.add(" ".join(words[start:end]))
    return found


def semeval(data: Path) -> tuple[list[Example], list[Example]]:
    """SemEval-2010 Task 8's training file, 400 sentences held out."""
    path = data / "semeval2010_task8" / "TRAIN_FILE.TXT"
    return _split(list(formats.semeval_relations(path)), 400, lambda example: str(example["text"]))


def wikiann(data: Path) -> tuple[list[Example], list[Example]]:
    """WikiANN's train and dev files together, 1,000 sentences held out."""
    folder = data / "wikiann_en"
    examples = [
        example for name in ("train", "dev") for example in formats.tagged_words(folder / name)
    ]
    return _split(examples, 1000, lambda example: str(example["text"]))


def squad(data: Path) -> tuple[list[Example], list[Example]]:
    """SQuAD 1.1 and half of SQuAD 2.0's dev set, with unanswerable questions made from the first.

    Held out: about 700 questions of the second, by article.
    """
    one = list(formats.squad_json(data / "squad11" / "train-v1.1-explorer.json"))
    two = list(formats.squad_json(data / "squad2" / "dev-v2.0-cs224n-half.json"))
    kept, validation = _split(two, 700, lambda example: str(example["group"]))
    rng = random.Random(HOLD_OUT_SEED)
    short = [example for example in one if len(example["context"]) <= LONGEST_CONTEXT]
    made = made_unanswerable(short, MADE_UNANSWERABLE, rng)
    train = kept + rng.sample(short, ANSWERABLE) + made
    rng.shuffle(train)
    return train, validation


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


ADAPTERS = (
    Adapter(
        "pretrained-relation-extraction",
        "relation_extraction",
        semeval,
        {
            "epochs": 8,
            "learning_rate": 5e-4,
            "head_learning_rate_factor": 2.0,
            "batch_size": 32,
            "lora_rank": 16,
            "label_smoothing": 0.05,
            "max_length": 256,
        },
        data="SemEval-2010 Task 8, training file",
        licence="CC BY 3.0",
    ),
    Adapter(
        "finetuned-named-entities",
        "named_entities",
        wikiann,
        {
            "epochs": 4,
            "learning_rate": 6e-4,
            "head_learning_rate_factor": 2.0,
            "batch_size": 32,
            "lora_rank": 16,
            "max_length": 256,
        },
        data="WikiANN (PAN-X) English, train and dev",
        licence="not stated by the publisher; text from Wikipedia (CC BY-SA)",
    ),
    Adapter(
        "pretrained-text-classification",
        "text_classification",
        sst2,
        {
            "epochs": 3,
            "learning_rate": 4e-4,
            "head_learning_rate_factor": 2.0,
            "batch_size": 64,
            "lora_rank": 16,
            "max_length": 256,
            "evaluations_per_epoch": 2,
        },
        data="SST-2 (GLUE edition), training file",
        licence="none stated by the publisher; research use",
    ),
    Adapter(
        "pretrained-question-answering",
        "question_answering",
        squad,
        {
            "epochs": 1,
            "learning_rate": 2e-4,
            "batch_size": 16,
            "max_length": 320,
            "frozen_layers": 1,
            "evaluations_per_epoch": 2,
            "max_steps": 1200,
        },
        data="SQuAD 1.1 train and half of the SQuAD 2.0 dev set (CS224N split)",
        licence="CC BY-SA 4.0",
    ),
)


def write_examples(path: Path, examples: list[Example]) -> None:
    """Write JSON Lines, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with temporary.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(example, ensure_ascii=False) + "\n")
    temporary.replace(path)


def train(adapter: Adapter, data: Path, work: Path) -> None:
    """Train one adapter in ``work`` and put the result into ``assets/models``."""
    base = work / adapter.name
    channels = {name: base / "data" / name for name in ("train", "validation")}
    if not (channels["validation"] / "validation.jsonl").exists():
        for (name, folder), examples in zip(channels.items(), adapter.examples(data), strict=True):
            write_examples(folder / f"{name}.jsonl", examples)
    arguments = [
        text
        for name, value in adapter.hyperparameters.items()
        for text in (f"--{name}", str(value))
    ]
    _run(
        f"{adapter.task}.train",
        *arguments,
        SAGEMAKER_BASE_DIR=str(base),
        SM_CHANNEL_TRAIN=str(channels["train"]),
        SM_CHANNEL_VALIDATION=str(channels["validation"]),
    )
    publish(base / "model", MODELS / adapter.name, adapter)
    add_served_quality(MODELS / adapter.name, channels["validation"])


def _run(module: str, *arguments: str, output: int | None = None, **environment: str) -> bytes:
    """Run a module of ``model_code``; gives its standard output where ``output`` is a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "model_code"), **environment},
        check=True,
        stdout=output,
    )
    return done.stdout or b""


def publish(trained: Path, target: Path, adapter: Adapter) -> None:
    """Copy a trained model's files, less its code, and say in its card where the data is from."""
    target.mkdir(parents=True, exist_ok=True)
    for path in trained.iterdir():
        if path.is_file():
            shutil.copyfile(path, target / path.name)
        elif path.name != "code":
            shutil.copytree(path, target / path.name, dirs_exist_ok=True)
    add_to_card(
        target,
        f"Trained on {adapter.data}. Licence of the data: {adapter.licence}.",
        "",
        "Retrain with `make pretrained DATA=folder`.",
    )


def add_served_quality(target: Path, hold_out: Path) -> None:
    """Measure what int8 costs on the hold-out, and say so in the card."""
    output = _run("common.served_quality", str(target), str(hold_out), output=subprocess.PIPE)
    result = json.loads(output.splitlines()[-1])
    rows = [
        f"| {name} | {value['float32']:.4f} | {value['int8']:.4f} | "
        f"{value['int8'] - value['float32']:+.4f} |"
        for name, value in result["metrics"].items()
    ]
    add_to_card(
        target,
        f"## As served, in int8 (validation, n = {result['n']})",
        "",
        "| metric | float32 | int8 | difference |",
        "| --- | ---: | ---: | ---: |",
        *rows,
    )


def add_to_card(target: Path, *lines: str) -> None:
    """Append a paragraph to the model card in ``target``."""
    card = target / "README.md"
    text = card.read_text(encoding="utf-8")
    card.write_text("\n".join([text.rstrip(), "", *lines]) + "\n", encoding="utf-8")


def main() -> None:
    """Train what is asked for and not finished yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the published datasets")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "pretrained")
    parser.add_argument("--only", action="append", help="names of the models to train")
    options = parser.parse_args()
    for adapter in ADAPTERS:
        wanted = not options.only or adapter.name in options.only
        finished = (options.work / adapter.name / "model" / "README.md").exists()
        if wanted and not finished:
            train(adapter, options.data, options.work)


if __name__ == "__main__":
    main()
