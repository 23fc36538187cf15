"""What a saved model says of itself: the configuration that serving reads, and its card."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CONFIG_NAME = "model.json"
WEIGHTS_NAME = "weights.safetensors"
SCORER_NAME = "scorer.safetensors"


@dataclass(frozen=True)
class ModelConfig:
    """Everything beside the weights that is needed to build and serve a fine-tuned encoder.

    ``head`` names the output layer, ``lora_rank`` is 0 for full fine-tuning, ``max_length`` is
    the longest sequence in tokens, specials included, and ``settings`` holds what only one task
    knows (the no-answer threshold of question answering, say).
    """

    task: str
    head: str
    base_model: str
    base_sha256: str
    labels: list[str]
    max_length: int
    lora_rank: int = 0
    frozen_layers: int = 0
    marker_tokens: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def per_token(self) -> bool:
        """Whether the model answers for each token, not for the whole sequence."""
        return self.head in {"token", "span"}

    def save(self, folder: Path) -> None:
        """Write the configuration into ``folder``."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        Path(folder, CONFIG_NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> "ModelConfig":
        """Read the configuration of ``folder``; raises ``FileNotFoundError`` without one."""
        return cls(**json.loads(Path(folder, CONFIG_NAME).read_text(encoding="utf-8")))


def write_card(
    folder: Path, config: ModelConfig, hyperparameters: dict[str, Any], record: dict[str, Any]
) -> None:
    """Write ``README.md``: what the model is, what it was trained on and how well it did.

    ``record`` holds ``metrics`` (name to value on the validation data), ``data`` (channel to
    ``{"sha256", "examples"}``), ``versions``, ``seconds``, ``stopped``: where the job was
    stopped, in words ("" where it was not), and ``start``: the hash of the weights that it went on
    from ("" where it began with the base model).
    """
    lines = [
        f"# {config.task.replace('_', ' ').capitalize()} on {config.base_model}",
        "",
        f"- Base model: `{config.base_model}`, sha256 `{config.base_sha256}`",
        f"- Method: {'LoRA, rank ' + str(config.lora_rank) if config.lora_rank else 'fine-tuning'}",
        *([f"- Went on from weights: sha256 `{record['start']}`"] if record.get("start") else []),
        f"- Labels: {len(config.labels)}" if config.labels else "- Labels: none",
        f"- Training time: {record['seconds']:.0f} s",
        *([f"- Stopped: {record['stopped']}"] if record.get("stopped") else []),
        "",
        "## Data",
        "",
        "| channel | examples | sha256 |",
        "| --- | ---: | --- |",
    ]
    lines += [
        f"| {channel} | {facts['examples']} | `{facts['sha256']}` |"
        for channel, facts in record["data"].items()
    ]
    lines += ["", "## Validation", "", "| metric | value |", "| --- | ---: |"]
    lines += [f"| {name} | {value:.4f} |" for name, value in record["metrics"].items()]
    lines += ["", "## Hyperparameters", "", "| name | value |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in hyperparameters.items()]
    lines += ["", "## Versions", ""]
    lines += [f"- {name} {version}" for name, version in record["versions"].items()]
    Path(folder, "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
