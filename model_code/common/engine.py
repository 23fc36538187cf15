"""Runs an exported model on ONNX Runtime: no torch, batches of like length, work done once."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from common import weights
from common.model_card import CONFIG_NAME, WEIGHTS_NAME, ModelConfig
from common.windows import Features

BATCH_TOKENS = 1024
GRAPH_FORMAT = "4"  # raise it when export.py writes another graph from the same files


class ExportError(RuntimeError):
    """Raised when a model cannot be turned into its served form."""


class Engine:
    """A model's configuration, tokenizer and graph."""

    def __init__(self, model_dir: str | Path) -> None:
        folder = Path(model_dir)
        self.config = ModelConfig.load(folder)
        base = weights.resolve(self.config.base_model, folder)
        self.tokenizer = weights.load_tokenizer(base, self.config.marker_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
        # Several endpoints share the processor: a thread that waits by spinning takes it from them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(served_graph(folder)), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [item.name for item in self._session.get_inputs()]

    def run(self, sequences: Sequence[Features]) -> list[list[np.ndarray]]:
        """The graph's outputs for each sequence, in order, without padding.

        Sequences are run longest first in batches of at most ``BATCH_TOKENS`` tokens: on a
        processor, padding costs more than small batches do.
        """
        order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index]))
        result: list[list[np.ndarray]] = [[] for _ in sequences]
        at = 0
        while at < len(order):
            longest = len(sequences[order[at]])
            part = order[at : at + max(1, BATCH_TOKENS // longest)]
            at += len(part)
            feed = _feed([sequences[index] for index in part], longest)
            values = self._session.run(None, {name: feed[name] for name in self._inputs})
            for row, index in enumerate(part):
                size = len(sequences[index])
                result[index] = [
                    value[row, :size] if self.config.per_token else value[row] for value in values
                ]
        return result


def _feed(sequences: Sequence[Features], longest: int) -> dict[str, np.ndarray]:
    shape = (len(sequences), longest)
    names = ("input_ids", "attention_mask", "token_type_ids")
    feed = {name: np.zeros(shape, dtype=np.int64) for name in names}
    for row, sequence in enumerate(sequences):
        size = len(sequence)
        feed["input_ids"][row, :size] = sequence.input_ids
        feed["attention_mask"][row, :size] = 1
        feed["token_type_ids"][row, :size] = sequence.token_type_ids
    return feed


def served_graph(folder: Path) -> Path:
    """The exported graph of a model folder, made once and kept by the content of its files."""
    cache = Path(os.environ.get("DOCINSIGHTS_CACHE", folder / ".cache"))
    target = cache / "onnx" / _content_hash(folder)
    path = target / "model.onnx"
    if not path.exists():
        target.mkdir(parents=True, exist_ok=True)
        with (target / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _export(folder, target)
    return path


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256(GRAPH_FORMAT.encode())
    for name in (CONFIG_NAME, WEIGHTS_NAME):
        path = folder / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:32]


def _export(folder: Path, target: Path) -> None:
    command = [sys.executable, "-m", "common.export", str(folder), str(target)]
    code = str(Path(__file__).resolve().parent.parent)
    paths = os.pathsep.join([code, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        last = done.stderr.strip().rsplit("\n", 1)[-1]
        raise ExportError(f"The model could not be prepared for serving: {last}")
