"""A fine-tuned encoder as an ONNX graph in int8: merged, fused, quantised. Needs torch.

``python -m common.export MODEL_DIR TARGET`` runs in a process of its own, so that serving never
holds torch in memory.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from common import encoder, weights
from common.model_card import ModelConfig

GRAPH_NAME = "model.onnx"
OUTPUTS = {
    "embedding": ["embedding"],
    "sequence": ["logits"],
    "token": ["logits"],
    "span": ["start_logits", "end_logits"],
    "pair": ["logits"],
}


def export(model_dir: Path, target: Path, *, int8: bool = True) -> None:
    """Write ``target``/model.onnx from the model in ``model_dir``.

    Inputs are input_ids, attention_mask and token_type_ids, (batch, length) of int64 each.
    """
    config = ModelConfig.load(model_dir)
    base = weights.resolve(config.base_model, model_dir)
    tokenizer = weights.load_tokenizer(base, config.marker_tokens)
    model = encoder.load(config, tokenizer, model_dir)
    backbone: Any = model.backbone.model
    backbone.config._attn_implementation = "eager"  # the form that onnxruntime can fuse
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        raw, fused = Path(scratch, "raw.onnx"), Path(scratch, "fused.onnx")
        _to_onnx(model, OUTPUTS[config.head], raw)
        _fuse(raw, fused, backbone.config)
        if int8:
            kept = sensitive_products(fused, every_layer=config.per_token)
            _quantize(fused, target / GRAPH_NAME, kept)
        else:
            fused.replace(target / GRAPH_NAME)


def _to_onnx(model: torch.nn.Module, outputs: list[str], path: Path) -> None:
    ids = torch.zeros((2, 3), dtype=torch.long)
    inputs = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes: dict[str, Any] = {name: {0: "batch", 1: "length"} for name in names}
    axes |= {name: {0: "batch"} for name in outputs}
    with traced_masks():
        torch.onnx.export(
            model,
            inputs,
            str(path),
            input_names=names,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


@contextmanager
def traced_masks() -> Iterator[None]:
    """Have every Transformers make its attention masks while a graph is traced.

    There a length is a tensor without dimensions. 5.5 takes any tensor for the positions that
    callers once gave in place of the length, and wants its first entry: it gets the positions.
    """
    try:
        from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS as MASKS
    except ImportError:  # older ones make masks elsewhere
        yield
        return
    original = MASKS["eager"]

    def mask(**arguments: Any) -> Any:
        try:
            return original(**arguments)
        except IndexError:
            return original(**arguments | {"q_length": torch.arange(arguments["q_length"])})

    MASKS["eager"] = mask
    try:
        yield
    finally:
        MASKS["eager"] = original


def _fuse(raw: Path, fused: Path, config: Any) -> None:
    options = FusionOptions("bert")
    heads_count = getattr(config, "num_attention_heads", 0)
    hidden = getattr(config, "hidden_size", 0)
    result = optimizer.optimize_model(
        str(raw),
        model_type="bert",
        num_heads=heads_count,
        hidden_size=hidden,
        optimization_options=options,
    )
    result.save_model_to_file(str(fused))


def sensitive_products(graph_path: Path, *, every_layer: bool = False) -> list[str]:
    """Names of the matrix products that stay in float32.

    Those behind GELU in the lower layers: its few large values stretch the range that int8 divides,
    and what the lower layers lose, the upper ones build on (see ``benchmarks/quantization.py``).
    Where a span ends is decided by small differences, so that heads that answer for each token keep
    both products around GELU, in ``every_layer``.
    """
    nodes = onnx.load(str(graph_path)).graph.node
    activations = [node for node in nodes if "Gelu" in node.op_type]
    outputs = {name for node in activations for name in node.output}
    inputs = {name for node in activations for name in node.input}
    products = [node for node in nodes if node.op_type == "MatMul"]
    behind = [node.name for node in products if node.input[0] in outputs]
    if every_layer:
        return behind + [node.name for node in products if node.output[0] in inputs]
    return behind[: len(behind) // 2]


def _quantize(fused: Path, target: Path, kept: list[str]) -> None:
    part = target.with_suffix(".part")
    quantize_dynamic(
        str(fused),
        str(part),
        weight_type=QuantType.QInt8,
        per_channel=True,
        # 7 bits: processors without VNNI add two products in 16 bits, which 8 bits overflow.
        reduce_range=True,
        nodes_to_exclude=kept,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    part.replace(target)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
