"""Fine-tuned matrices in 8 bits: each row's change against the base model, and the row's scale.

``python -m common.deltas MODEL_DIR`` rewrites the weights of a fully fine-tuned model so, in about
half of their size in 16 bits. What is lost is 1/254 of the largest change of a row. Needs torch.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

CHANGE = "|change"
SCALE = "|scale"
LARGEST = 127


def shrink(tensors: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``tensors`` with each matrix that ``base`` has as int8 ``name|change`` and ``name|scale``."""
    result: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if name not in base or value.ndim != 2:
            result[name] = value
            continue
        change = value.float() - base[name].float()
        scale = change.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / LARGEST
        result[name + CHANGE] = (change / scale).round().to(torch.int8)
        result[name + SCALE] = scale
    return result


def restore(tensors: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that ``shrink`` was given, but for rounding. Raises ``ValueError`` where a scale
    or the base's matrix is missing."""
    result: dict[str, Tensor] = {}
    for key, value in tensors.items():
        name = key.removesuffix(CHANGE)
        if name == key:
            if not key.endswith(SCALE):
                result[key] = value
        elif name in base and name + SCALE in tensors:
            result[name] = base[name].float() + value.float() * tensors[name + SCALE]
        else:
            raise ValueError(f"{name} is a change without a scale or a base")
    return result


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
