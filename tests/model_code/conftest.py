"""A tiny randomly initialised encoder and seq2seq model, so that whole runs take seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?'()-"
WORDS = (
    "the a of and to in is was good bad great poor film plot book paper report revenue rose fell "
    "because engine wheel car factory company makes made by from into box storm damage caused "
    "anna berg paris london acme globex who what where when did does"
)


def _tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    pieces = [*ALPHABET, *(f"##{letter}" for letter in ALPHABET), *WORDS.split()]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(pieces)]
    numbered = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbered, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", numbered["[SEP]"]), ("[CLS]", numbered["[CLS]"])
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a two-layer BERT, 32 wide, with its tokenizer."""
    from transformers import BertConfig, BertModel, set_seed

    folder = tmp_path_factory.mktemp("tiny-bert")
    _tokenizer(folder)
    set_seed(7)
    config = BertConfig(
        vocab_size=256,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", '
        '"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}'
    )
    return folder


@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> Path:
    """The folder of a two-layer T5 with random weights."""
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration, set_seed

    folder = tmp_path_factory.mktemp("tiny-t5")
    set_seed(7)
    config = T5Config(
        vocab_size=256,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        pad_token_id=0,
        eos_token_id=3,
    )
    config.decoder_start_token_id = 0
    T5ForConditionalGeneration(config).save_pretrained(folder)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(tiny_base / "tokenizer.json"), pad_token="[PAD]", eos_token="[SEP]"
    ).save_pretrained(folder)
    return folder


def write(folder: Path, examples: list[dict[str, Any]]) -> Path:
    """Make ``examples`` the train channel of a job in ``folder``, and give that."""
    (folder / "train").mkdir(parents=True)
    lines = "".join(json.dumps(example) + "\n" for example in examples)
    (folder / "train" / "train.jsonl").write_text(lines)
    return folder


Train = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def train(tiny_base: Path) -> Train:
    """Runs a task's ``train.py`` the way SageMaker's script mode does."""

    def run(
        task: str, base: Path, *, start: Path | None = None, **hyperparameters: Any
    ) -> "subprocess.CompletedProcess[str]":
        given = {"base_model": tiny_base, "max_length": 64, "epochs": 2, **hyperparameters}
        arguments = [text for key, value in given.items() for text in (f"--{key}", str(value))]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "model_code"),
            "SAGEMAKER_BASE_DIR": str(base),
            "SM_CHANNEL_TRAIN": str(base / "train"),
            "OMP_NUM_THREADS": "1",
            **({"SM_CHANNEL_MODEL": str(start)} if start else {}),
        }
        return subprocess.run(
            [sys.executable, "-m", f"{task}.train", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
