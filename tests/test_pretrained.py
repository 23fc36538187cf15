"""Retraining the shipped adapters: their data, and a run from its start to its card."""

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest

from backend import pretrained
from tests.model_code.conftest import tiny_base  # noqa: F401


def question(number: int, group: str) -> dict[str, Any]:
    context = f"In {group} number{number} was built by Anna{number} of {group}."
    return {
        "id": str(number),
        "group": group,
        "question": f"Who built number{number} in {group}?",
        "context": context,
        "answers": [{"text": f"Anna{number}", "start": context.index("Anna")}],
    }


def test_a_made_unanswerable_question_lacks_its_answer() -> None:
    examples = [question(number, group) for group in ("Paris", "Oslo") for number in range(8)]
    made = pretrained.made_unanswerable(examples, 6, random.Random(1))
    assert len(made) == 6
    by_id = {example["id"] + example["group"]: example for example in examples}
    for example in made:
        original = by_id[example["id"].removesuffix("-no") + example["group"]]
        assert example["answers"] == []
        assert example["context"] != original["context"]
        assert example["group"] in example["context"]
        assert original["answers"][0]["text"] not in example["context"]


def test_phrases_of_held_out_sentences_are_not_trained_on(tmp_path: Path) -> None:
    (tmp_path / "sst2").mkdir()
    words = [f"w{number}" for number in range(20)]
    rows = [f"{' '.join(words[start:end])} \t1" for start in range(3) for end in (14, 17, 20)]
    rows += [f"other{number} text \t0" for number in range(5)]
    rows += [f"{' '.join(f'v{row}x{n}' for n in range(13))} \t0" for row in range(1000)]
    (tmp_path / "sst2" / "train.tsv").write_text("sentence\tlabel\n" + "\n".join(rows) + "\n")
    train, validation = pretrained.sst2(tmp_path)
    held = [example["text"] for example in validation]
    assert held
    assert not [example for example in train if any(example["text"] in text for text in held)]
    assert {example["label"] for example in train} <= {"negative", "positive"}


def test_a_run_ends_in_a_model_with_a_card_and_is_not_repeated(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_base: Path,  # noqa: F811
) -> None:
    monkeypatch.setattr(pretrained, "MODELS", tmp_path / "models")
    examples = [
        {"text": f"{word} film {number}", "label": word}
        for number in range(8)
        for word in ("good", "bad")
    ]
    calls = []

    def data(folder: Path) -> tuple[list[Any], list[Any]]:
        calls.append(folder)
        return examples, examples[:4]

    adapter = pretrained.Adapter(
        "tiny",
        "text_classification",
        data,
        {"base_model": str(tiny_base), "epochs": 1, "max_length": 32},
        data="Two words",
        licence="none",
    )
    pretrained.train(adapter, tmp_path, tmp_path / "work")
    saved = tmp_path / "models" / "tiny"
    assert {"model.json", "weights.safetensors", "README.md"} <= {p.name for p in saved.iterdir()}
    card = (saved / "README.md").read_text()
    assert "Trained on Two words" in card
    assert "As served, in int8 (validation, n = 4)" in card
    monkeypatch.setattr(pretrained, "ADAPTERS", (dataclasses.replace(adapter, name="tiny"),))
    monkeypatch.setattr(
        "sys.argv", ["pretrained", "--data", str(tmp_path), "--work", str(tmp_path / "work")]
    )
    pretrained.main()
    assert len(calls) == 1
    config = json.loads((saved / "model.json").read_text())
    assert config["labels"] == ["bad", "good"]
