"""Encoders with a head: building, adapting by LoRA, saving and loading. Needs torch."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from common import deltas, heads, weights
from common.model_card import WEIGHTS_NAME, ModelConfig

LORA_ALPHA_OVER_RANK = 2


class ExtendedEmbedding(nn.Module):
    """The base model's word embedding, kept as it is, with a few new rows that are trained."""

    def __init__(self, base: nn.Embedding, extra: int) -> None:
        super().__init__()
        self.base = base
        self.extra = nn.Parameter(base.weight.detach()[:extra].clone())
        nn.init.normal_(self.extra, std=float(base.weight.detach().std()))

    def forward(self, ids: Tensor) -> Tensor:
        known = self.base.num_embeddings
        new = self.extra[(ids - known).clamp(min=0)]
        return torch.where((ids >= known)[..., None], new, self.base(ids.clamp(max=known - 1)))

    def merged(self) -> nn.Embedding:
        """One plain embedding with the new rows behind the old ones."""
        rows = torch.cat([self.base.weight, self.extra])
        result = nn.Embedding(*rows.shape)
        result.weight = nn.Parameter(rows, requires_grad=False)
        return result


class Backbone(nn.Module):
    """Any Hugging Face encoder, called with (ids, mask, types) and answering token states."""

    def __init__(self, model: nn.Module, *, takes_types: bool) -> None:
        super().__init__()
        self.model = model
        self.takes_types = takes_types

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        extra = {"token_type_ids": types} if self.takes_types else {}
        states: Tensor = self.model(input_ids=ids, attention_mask=mask, **extra).last_hidden_state
        return states


class EncoderModel(nn.Module):
    """A backbone and a head; ``forward`` answers the head's outputs as a tuple of tensors."""

    def __init__(self, backbone: Backbone, head: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Any:
        states = self.backbone(input_ids, attention_mask, token_type_ids)
        return self.head(states, input_ids, attention_mask)


def build(
    config: ModelConfig,
    tokenizer: Tokenizer,
    *,
    dropout: float = 0.0,
    head_dropout: float = 0.0,
    model_dir: str | Path | None = None,
) -> EncoderModel:
    """A model from the base weights with a fresh head, ready to be trained.

    Raises :class:`common.weights.WeightsUnavailableError` where the base model cannot be had.
    """
    model = _base_model(weights.resolve(config.base_model, model_dir), dropout)
    takes_types = getattr(model.config, "type_vocab_size", 0) > 1
    head = heads.make(config, int(model.config.hidden_size), tokenizer, dropout=head_dropout)
    for parameter in model.get_input_embeddings().parameters():
        parameter.requires_grad = False
    if config.marker_tokens:
        extended = ExtendedEmbedding(model.get_input_embeddings(), len(config.marker_tokens))
        model.set_input_embeddings(extended)
    if config.lora_rank:
        model = _with_lora(model, config.lora_rank)
    _freeze(model, config.frozen_layers)
    return EncoderModel(Backbone(model, takes_types=takes_types), head)


def _base_model(folder: str, dropout: float) -> Any:
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        config = AutoConfig.from_pretrained(folder)
        for key in ("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout"):
            if hasattr(config, key):
                setattr(config, key, dropout)
        return AutoModel.from_pretrained(folder, config=config, attn_implementation="sdpa")
    except (OSError, ValueError) as error:
        raise weights.WeightsUnavailableError(weights.unavailable(folder)) from error


def _with_lora(model: nn.Module, rank: int) -> Any:
    from peft import LoraConfig, get_peft_model

    trained = [name for name, parameter in model.named_parameters() if name.endswith(".extra")]
    names = {
        name.rsplit(".", 1)[-1]
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and "pooler" not in name
    }
    config = LoraConfig(
        r=rank, lora_alpha=LORA_ALPHA_OVER_RANK * rank, target_modules=sorted(names)
    )
    adapted = get_peft_model(model, config)
    for name, parameter in adapted.named_parameters():
        if any(name.endswith(kept) for kept in trained):
            parameter.requires_grad = True
    return adapted


def _freeze(model: nn.Module, layers: int) -> None:
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        number = next((int(part) for part in parts if part.isdigit()), None)
        frozen = number is not None and number < layers
        if frozen or "pooler" in parts or "position_embeddings" in parts:
            parameter.requires_grad = False


def trained_state(model: nn.Module, *, half: bool) -> dict[str, Tensor]:
    """What training changed, ready to be saved: the tensors that took gradients."""
    kind = torch.float16 if half else torch.float32
    return {
        name: parameter.detach().to(kind).contiguous()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def save(model: nn.Module, folder: Path, *, half: bool) -> None:
    """Write the trained tensors into ``folder`` as safetensors."""
    save_file(trained_state(model, half=half), str(folder / WEIGHTS_NAME))


def load(config: ModelConfig, tokenizer: Tokenizer, folder: str | Path) -> EncoderModel:
    """The saved model, LoRA merged into its matrices, in evaluation mode and float32.

    Raises ``ValueError`` where the saved tensors do not fit the configuration.
    """
    model = _learned(config, tokenizer, folder)
    backbone: Any = model.backbone.model
    embedding = backbone.get_input_embeddings()
    if isinstance(embedding, ExtendedEmbedding):
        backbone.set_input_embeddings(embedding.merged())
    return model.eval()


def _learned(config: ModelConfig, tokenizer: Tokenizer, folder: str | Path) -> EncoderModel:
    """The saved model with LoRA merged into its matrices."""
    model = build(config, tokenizer, model_dir=folder)
    path = Path(folder, WEIGHTS_NAME)
    if path.exists():
        _load_tensors(model, load_file(str(path)))
    elif config.settings.get("head_of_base"):
        _take_answer_head(model, weights.resolve(config.base_model, folder))
    if config.lora_rank:
        adapted: Any = model.backbone.model
        model.backbone.model = adapted.merge_and_unload()
    return model


def take_over(
    model: EncoderModel, labels: Sequence[str], saved: ModelConfig, folder: str | Path
) -> None:
    """Give ``model``, which has ``labels`` and no LoRA, what the ``saved`` one in ``folder`` of the
    same base and head has learned. A label that this one did not have keeps its row of the head.

    Raises ``ValueError`` where the saved tensors do not fit their configuration.
    """
    tokenizer = weights.load_tokenizer(
        weights.resolve(saved.base_model, folder), saved.marker_tokens
    )
    learned = dict(_learned(saved, tokenizer, folder).named_parameters())
    rows = {label: row for row, label in enumerate(saved.labels)}
    with torch.no_grad():
        for name, value in model.named_parameters():
            if labels and name.startswith("head.output."):
                for place, label in enumerate(labels):
                    if label in rows:
                        value[place] = learned[name][rows[label]]
            else:
                value.copy_(learned[name])


def _take_answer_head(model: EncoderModel, folder: str) -> None:
    """Give a span head the weights of the base model's own: those of a published model for
    question answering.
    """
    from transformers import AutoModelForQuestionAnswering

    try:
        own: Any = AutoModelForQuestionAnswering.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise weights.WeightsUnavailableError(weights.unavailable(folder)) from error
    head: Any = model.head
    head.output.load_state_dict(own.qa_outputs.state_dict())


def _load_tensors(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    own = dict(model.named_parameters())
    tensors = deltas.restore(tensors, own)
    _require_same(tensors, (name for name, value in own.items() if value.requires_grad))
    with torch.no_grad():
        for name, tensor in tensors.items():
            if own[name].shape != tensor.shape:
                raise ValueError(f"{name} has shape {list(tensor.shape)} in {WEIGHTS_NAME}")
            own[name].copy_(tensor)


def _require_same(saved: Iterable[str], expected: Iterable[str]) -> None:
    difference = sorted(set(saved) ^ set(expected))
    if difference:
        raise ValueError(f"{WEIGHTS_NAME} does not fit its configuration: {difference[0]}")
