"""Retraining the shipped adapters: a run from its start to its card."""

import dataclasses
import json
from pathlib import Path

import pytest

from backend import pretrained
from backend.data.published import Data
from tests.model_code.conftest import tiny_base  # noqa: F401


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

    def data(folder: Path) -> Data:
        calls.append(folder)
        return Data(examples, examples[:4])

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
    assert "As served, in int8 (held out, n = 4)" in card
    monkeypatch.setattr(pretrained, "ADAPTERS", (dataclasses.replace(adapter, name="tiny"),))
    monkeypatch.setattr(
        "sys.argv", ["pretrained", "--data", str(tmp_path), "--work", str(tmp_path / "work")]
    )
    pretrained.main()
    assert len(calls) == 1
    config = json.loads((saved / "model.json").read_text())
    assert config["labels"] == ["bad", "good"]
