"""Fine-tuned matrices in 4 bits: each row's change against the base model, and the row's scale.

``python -m common.deltas MODEL_DIR`` rewrites the weights of a fully fine-tuned model so, in about
a quarter of their size in 16 bits. What is lost is 1/14 of the largest change of a row, which is
small itself: no score of the shipped models fell by it. Needs torch.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

CHANGE = "|change"
SCALE = "|scale"
LARGEST = 7
_ZERO = LARGEST + 1


def shrink(tensors: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``tensors`` with each matrix that ``base`` has as ``name|change``, uint8 (rows, half of the
    columns), and ``name|scale``, float32 (rows, 1).
    """
    result: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if name not in base or value.ndim != 2:
            result[name] = value
            continue
        change = value.float() - base[name].float()
        scale = change.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / LARGEST
        result[name + CHANGE] = _packed((change / scale).round())
        result[name + SCALE] = scale
    return result


def restore(tensors: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that ``shrink`` was given, but for rounding. Raises ``ValueError`` where a scale
    or the base's matrix is missing, or of another shape.
    """
    result: dict[str, Tensor] = {}
    for key, value in tensors.items():
        name = key.removesuffix(CHANGE)
        if name == key:
            if not key.endswith(SCALE):
                result[key] = value
        elif name in base and name + SCALE in tensors:
            result[name] = base[name].float() + _unpacked(value, base[name]) * tensors[name + SCALE]
        else:
            raise ValueError(f"{name} is a change without a scale or a base")
    return result


def _packed(steps: Tensor) -> Tensor:
    """Whole numbers from -7 to 7, two to a byte: the left one in the lower half."""
    levels = torch.nn.functional.pad(steps, (0, steps.shape[1] % 2)).to(torch.int8) + _ZERO
    return (levels[:, ::2] | levels[:, 1::2] << 4).view(torch.uint8)


def _unpacked(packed: Tensor, base: Tensor) -> Tensor:
    """What ``_packed`` was given, in the shape of ``base``."""
    rows, columns = base.shape
    if packed.shape != (rows, -(-columns // 2)):
        raise ValueError(f"a change of {list(packed.shape)} bytes does not fit {list(base.shape)}")
    steps = torch.stack([packed & 15, packed >> 4], dim=2).reshape(rows, -1)[:, :columns]
    return steps.float() - _ZERO


def main(folder: Path) -> None:
    """Rewrite the weights in ``folder``; those of a LoRA model are small and stay as they are."""
    from common import encoder, weights
    from common.model_card import WEIGHTS_NAME, ModelConfig

    config = ModelConfig.load(folder)
    if config.lora_rank:
        return
    tokenizer = weights.load_tokenizer(
        weights.resolve(config.base_model, folder), config.marker_tokens
    )
    model = encoder.build(config, tokenizer, model_dir=folder)
    # The head and the markers' embeddings start from chance, not from the base.
    base = {
        f"backbone.{name}": value.detach()
        for name, value in model.backbone.named_parameters()
        if not name.endswith(".extra")
    }
    part = folder / f"{WEIGHTS_NAME}.part"
    save_file(shrink(load_file(str(folder / WEIGHTS_NAME)), base), str(part))
    part.replace(folder / WEIGHTS_NAME)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
