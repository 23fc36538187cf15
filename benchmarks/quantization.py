"""What int8 costs and gains: each shipped encoder as served against the same one in float32.

``python -m benchmarks.quantization --work build/pretrained`` scores both on the hold-out that the
training run kept (``make pretrained`` leaves it there) and prints scores, their difference and the
ratio of their speeds in the same process, on the same examples.
"""

import argparse
import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "model_code"))

import onnxruntime  # noqa: E402
import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from common import encoder, weights  # noqa: E402
from common.export import GRAPH_NAME, export  # noqa: E402
from common.finetune import Context  # noqa: E402
from common.hyperparameters import Hyperparameters  # noqa: E402
from common.model_card import ModelConfig  # noqa: E402

TASKS = {
    "text_classification": "TextClassification",
    "named_entities": "NamedEntities",
    "question_answering": "QuestionAnswering",
    "relation_extraction": "RelationExtraction",
}


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


def examples_of(path: Path, most: int) -> list[dict[str, Any]]:
    """The first ``most`` examples of a hold-out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:most]]


def measure(
    task: Any, model: nn.Module, examples: list[Any], context: Context
) -> tuple[Any, float]:
    """Metrics and seconds of one pass over the examples."""
    started = time.perf_counter()
    with torch.inference_mode():
        metrics = task.evaluate(model, examples, context)
    return metrics, time.perf_counter() - started


def compare(folder: Path, hold_out: Path, most: int) -> None:
    """Print one row a metric: float32, int8, difference; and the ratio of speeds."""
    config = ModelConfig.load(folder)
    base = weights.resolve(config.base_model, folder)
    tokenizer = weights.load_tokenizer(base, config.marker_tokens)
    task = getattr(import_module(f"{config.task}.train"), TASKS[config.task])()
    context = Context(tokenizer, config, Hyperparameters())
    examples = examples_of(hold_out, most)
    with tempfile.TemporaryDirectory() as scratch:
        export(folder, Path(scratch))
        served = Served(Path(scratch, GRAPH_NAME))
        small, fast = measure(task, served, examples, context)
    full, slow = measure(task, encoder.load(config, tokenizer, folder), examples, context)
    for name, value in full.items():
        difference = small[name] - value
        print(f"{folder.name:34}{name:14}{value:8.4f}{small[name]:8.4f}{difference:+8.4f}", end="")
        print(f"  n={len(examples)}  {slow / fast:.2f} x as fast as PyTorch float32", flush=True)


def main() -> None:
    """Compare every shipped encoder whose hold-out is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "pretrained")
    parser.add_argument("--most", type=int, default=1000, help="examples of each hold-out")
    options = parser.parse_args()
    print(f"{'model':34}{'metric':14}{'float32':>8}{'int8':>8}{'diff':>8}")
    for folder in sorted((ROOT / "assets" / "models").iterdir()):
        hold_out = options.work / folder.name / "data" / "validation" / "validation.jsonl"
        if hold_out.exists() and (folder / "weights.safetensors").exists():
            compare(folder, hold_out, options.most)


if __name__ == "__main__":
    main()
