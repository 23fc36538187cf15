"""Retrains the shipped adapters from a data folder: ``python -m backend.pretrained --data DIR``.

Each model is one run of ``model_code`` with the settings below, on examples made from published
data; a run that was interrupted goes on from its checkpoint, a finished one is not repeated.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.data import published
from backend.data.formats import Example
from backend.data.published import Data
from backend.evaluation import leads
from backend.evaluation.memory import FILE, Memory
from backend.evaluation.seen import shown

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "assets" / "models"
WEIGHTS = "weights.safetensors"
"""An encoder's; a sentence scorer leaves the encoder as it is."""


@dataclass(frozen=True)
class Adapter:
    """One shipped model: its data and the hyperparameters of its training."""

    name: str
    task: str
    examples: Callable[[Path], Data]
    hyperparameters: dict[str, Any]
    data: str = field(default="")
    licence: str = field(default="")
    settings: dict[str, Any] = field(default_factory=dict)
    """What serving needs to know beside what training has found."""
    goes_on: Callable[[Path], Data] | None = None
    """What the weights that ship have read already, where it is trained on top of them."""

    def read_before(self, data: Path) -> list[Example]:
        """The examples that its weights had read before its own."""
        return self.goes_on(data).train if self.goes_on else []


# Full fine-tuning, its products in 16 bits where the processor has them (half as fast again).
_FULL = {"precision": "bfloat16", "batch_size": 32, "max_length": 256}

ADAPTERS = (
    Adapter(
        "pretrained-document-entities",
        "named_entities",
        published.document_names,
        {**_FULL, "epochs": 4, "learning_rate": 2e-4},
        settings={"pipeline": "en_core_web_md"},
        data="Universal NER (EWT dev, PUD), wikigold, WNUT 2017, CoNLL04, FIN5, re3d, Broad "
        "Twitter Corpus and WikiANN",
        licence="CC BY-SA, CC BY and Open Government Licence; CoNLL04 and WikiANN state none",
    ),
    Adapter(
        "pretrained-business-relations",
        "relation_extraction",
        published.business,
        {
            **_FULL,
            "epochs": 4,
            "learning_rate": 2e-4,
            "label_smoothing": 0.05,
            "max_length": 128,
            "evaluations_per_epoch": 2,
        },
        data="KBP37, with pairs of CoNLL04, re3d and FewRel",
        licence="KBP37 and CoNLL04 state none (research use); Open Government Licence; MIT",
    ),
    Adapter(
        "pretrained-relation-extraction",
        "relation_extraction",
        published.semeval,
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
        published.wikiann,
        {
            "epochs": 4,
            "learning_rate": 2e-4,
            "batch_size": 32,
            "max_length": 256,
        },
        data="WikiANN (PAN-X) English, train and dev",
        licence="not stated by the publisher; text from Wikipedia (CC BY-SA)",
    ),
    Adapter(
        "pretrained-text-classification",
        "text_classification",
        published.sst2,
        {
            **_FULL,
            "epochs": 3,
            "learning_rate": 1e-4,
            "batch_size": 64,
            "evaluations_per_epoch": 2,
        },
        data="SST-2 (GLUE edition), training file",
        licence="none stated by the publisher; research use",
    ),
    Adapter(
        "pretrained-question-answering",
        "question_answering",
        published.windows,
        {
            "precision": "bfloat16",
            "epochs": 1,
            "learning_rate": 6e-5,
            "batch_size": 16,
            "max_length": 320,
            "evaluations_per_epoch": 2,
        },
        data="SQuAD 1.1 train and half of the SQuAD 2.0 dev set (CS224N split), with questions of "
        "QMSum among those that have no answer",
        licence="CC BY-SA 4.0; QMSum MIT",
        goes_on=published.read_before_windows,
    ),
    Adapter(
        "pretrained-summarization",
        "summarization",
        published.summaries,
        {"epochs": 8, "learning_rate": 4e-4, "max_length": 256},
        settings={"balanced": True, "max_words": 100},
        data="ECTSum, QMSum, SciTLDR, plain-English contract summaries and this project's memos",
        licence="ECTSum's repository GPL-3.0, transcripts their publishers'; QMSum MIT and CC BY; "
        "SciTLDR Apache 2.0; contract summaries Apache 2.0",
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
    channels = {name: base / "data" / name for name in ("train", "validation", "held_out")}
    if not (channels["held_out"] / "held_out.jsonl").exists():
        made = adapter.examples(data)
        for name, examples in (
            ("train", made.train),
            ("validation", made.validation),
            ("held_out", made.validation if made.held_out is None else made.held_out),
        ):
            write_examples(channels[name] / f"{name}.jsonl", examples)
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
        SM_CHANNEL_MODEL=str(_start(adapter, base)) if adapter.goes_on else "",
    )
    publish(base / "model", MODELS / adapter.name, adapter)
    remember(MODELS / adapter.name, channels["train"] / "train.jsonl", adapter.read_before(data))
    if (MODELS / adapter.name / WEIGHTS).exists():
        _run("common.deltas", str(MODELS / adapter.name))
        add_served_quality(MODELS / adapter.name, channels["held_out"])
    else:
        add_summary_quality(MODELS / adapter.name, channels["held_out"] / "held_out.jsonl")


def _start(adapter: Adapter, base: Path) -> Path:
    """A copy of the weights that ship, which stays the same when the run is taken up again."""
    copy = base / "start"
    if not copy.exists():
        shutil.copytree(MODELS / adapter.name, copy)
    return copy


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
    path = target / "model.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["settings"] |= adapter.settings
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    add_to_card(
        target,
        f"Trained on {adapter.data}. Licence of the data: {adapter.licence}.",
        "",
        "Retrain with `make pretrained DATA=folder`.",
    )


def remember(target: Path, examples: Path, before: Iterable[Example] = ()) -> None:
    """Leave beside a model which examples it was trained on, and which the weights had read
    ``before`` that it went on from: an evaluation on them says so.
    """
    with examples.open(encoding="utf-8") as lines:
        memory = Memory.of(
            shown(example) for example in (*before, *(json.loads(line) for line in lines))
        )
    (target / FILE).write_bytes(memory.to_bytes())


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
        f"## As served, in int8 (held out, n = {result['n']})",
        "",
        "These examples chose nothing: the checkpoint and the settings for serving were chosen by "
        "the validation data above.",
        "",
        "| metric | float32 | int8 | difference |",
        "| --- | ---: | ---: | ---: |",
        *rows,
    )


def add_summary_quality(target: Path, hold_out: Path) -> None:
    """Compare summaries of the hold-out with the first words of its texts; the card says so."""
    output = _run("summarization.answers", str(target), str(hold_out), output=subprocess.PIPE)
    rows = [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]
    add_to_card(
        target,
        f"## As served (held out, n = {len(rows)})",
        "",
        "These documents chose nothing. Each summary may be as long as its reference; the lead is "
        "the first so many words of the text. ROUGE with stemming, the best of the references; "
        "95 % intervals of the difference in ROUGE-1.",
        "",
        *leads.table(rows),
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
