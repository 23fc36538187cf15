"""Fine-tuned matrices kept as 4-bit changes against the base."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from common import deltas, encoder
from common.model_card import WEIGHTS_NAME, ModelConfig


def test_what_was_shrunk_comes_back_within_half_a_step_of_each_row() -> None:
    base = {"a": torch.randn(5, 7), "b": torch.randn(5)}
    tuned = {"a": base["a"] + torch.randn(5, 7) / 50, "b": base["b"] + 1, "head": torch.randn(2, 2)}
    back = deltas.restore(deltas.shrink(tuned, base), base)
    step = (tuned["a"] - base["a"]).abs().amax(dim=1, keepdim=True) / deltas.LARGEST
    assert ((back["a"] - tuned["a"]).abs() <= step / 2 + 1e-6).all()
    assert torch.equal(back["b"], tuned["b"])
    assert torch.equal(back["head"], tuned["head"])


def test_a_matrix_that_did_not_change_comes_back_as_the_base() -> None:
    base = {"a": torch.randn(3, 3)}
    assert torch.equal(deltas.restore(deltas.shrink(base, base), base)["a"], base["a"])


def test_a_change_without_its_scale_is_refused() -> None:
    base = {"a": torch.randn(3, 3)}
    small = deltas.shrink(base, base)
    del small["a" + deltas.SCALE]
    with pytest.raises(ValueError, match="without a scale"):
        deltas.restore(small, base)


def test_a_change_of_another_shape_is_refused() -> None:
    small = deltas.shrink({"a": torch.randn(3, 4)}, {"a": torch.randn(3, 4)})
    with pytest.raises(ValueError, match="does not fit"):
        deltas.restore(small, {"a": torch.randn(3, 6)})


def test_two_steps_share_a_byte() -> None:
    base = {"a": torch.zeros(2, 4)}
    small = deltas.shrink({"a": torch.tensor([[-7.0, 7, 0, 1], [7, -7, 3, -1]])}, base)
    assert small["a" + deltas.CHANGE].shape == (2, 2)
    assert small["a" + deltas.CHANGE].dtype == torch.uint8
    assert torch.equal(
        deltas.restore(small, base)["a"], torch.tensor([[-7.0, 7, 0, 1], [7, -7, 3, -1]])
    )


def test_a_saved_model_is_smaller_and_nearly_the_same(tiny_base: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_base / "tokenizer.json"))
    config = ModelConfig(
        task="text_classification",
        head="sequence",
        base_model=str(tiny_base),
        base_sha256="",
        labels=["a", "b"],
        max_length=64,
    )
    config.save(tmp_path)
    torch.manual_seed(1)
    model = encoder.build(config, tokenizer)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) / 100)
    encoder.save(model, tmp_path, half=True)
    whole = (tmp_path / WEIGHTS_NAME).stat().st_size
    before = encoder.load(config, tokenizer, tmp_path)
    subprocess.run(
        [sys.executable, "-m", "common.deltas", str(tmp_path)],
        cwd=Path(deltas.__file__).parents[1],
        check=True,
    )
    after = encoder.load(config, tokenizer, tmp_path)
    assert (tmp_path / WEIGHTS_NAME).stat().st_size < whole
    assert not list(tmp_path.glob("*.part"))
    ids = torch.arange(6, 18).reshape(2, 6)
    arguments = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    assert torch.allclose(before(*arguments)[0], after(*arguments)[0], atol=0.05)
