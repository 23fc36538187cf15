"""What int8 costs: a saved encoder as it is served against the same one in float32.

``python -m common.served_quality MODEL_DIR HOLD_OUT.jsonl`` prints one JSON object: ``n``,
``metrics`` (name to ``{"float32", "int8"}``) and ``seconds`` of one pass each. Needs torch.
"""

import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import onnxruntime
import torch
from torch import Tensor, nn

from common import encoder, weights
from common.data import read_channel
from common.export import GRAPH_NAME, export
from common.finetune import Context, Task
from common.hyperparameters import Hyperparameters
from common.model_card import ModelConfig


class Served(nn.Module):
    """The exported graph behind the interface of the model that it was exported from."""

    def __init__(self, graph: Path) -> None:
        super().__init__()
        self._session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        self._names = [item.name for item in self._session.get_inputs()]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Any:
        given = {
            "input_ids": input_ids,
            "attention_mask": attention_mask,
            "token_type_ids": token_type_ids,
        }
        feed = {name: given[name].numpy() for name in self._names}
        return tuple(torch.from_numpy(value) for value in self._session.run(None, feed))


def compare(folder: Path, hold_out: Path) -> dict[str, Any]:
    """Score both forms of the model on the same examples."""
    config = ModelConfig.load(folder)
    base = weights.resolve(config.base_model, folder)
    tokenizer = weights.load_tokenizer(base, config.marker_tokens)
    task: Task = import_module(f"{config.task}.train").TASK
    context = Context(tokenizer, config, Hyperparameters())
    examples = read_channel(hold_out).examples
    with tempfile.TemporaryDirectory() as scratch:
        export(folder, Path(scratch))
        forms = {
            "int8": Served(Path(scratch, GRAPH_NAME)),
            "float32": encoder.load(config, tokenizer, folder),
        }
        metrics: dict[str, dict[str, float]] = {}
        seconds: dict[str, float] = {}
        for form, model in forms.items():
            started = time.perf_counter()
            with torch.inference_mode():
                for name, value in task.evaluate(model, examples, context).items():
                    metrics.setdefault(name, {})[form] = value
            seconds[form] = time.perf_counter() - started
    return {"n": len(examples), "metrics": metrics, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
