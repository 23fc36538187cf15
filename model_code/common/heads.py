"""Output layers over token states; each answers a tuple of tensors. Needs torch."""

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from common.model_card import ModelConfig


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean of the token states that the mask keeps: (batch, hidden)."""
    weight = mask[..., None].to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1).clamp(min=1e-9)


class Embedding(nn.Module):
    """The mean token state of a sentence: (batch, hidden)."""

    def forward(self, states: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor]:  # noqa: ARG002
        return (mean_pool(states, mask),)


class SequenceHead(nn.Module):
    """One distribution a sequence over the mean token state: logits (batch, labels)."""

    def __init__(self, hidden: int, labels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, labels)

    def forward(self, states: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor]:  # noqa: ARG002
        return (self.output(self.dropout(mean_pool(states, mask))),)


class TokenHead(nn.Module):
    """One distribution a token: logits (batch, length, labels)."""

    def __init__(self, hidden: int, labels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, labels)

    def forward(self, states: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor]:  # noqa: ARG002
        return (self.output(self.dropout(states)),)


class SpanHead(nn.Module):
    """Where an answer starts and ends: two logits a token, each (batch, length)."""

    def __init__(self, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 2)

    def forward(
        self,
        states: Tensor,
        ids: Tensor,  # noqa: ARG002
        mask: Tensor,
    ) -> tuple[Tensor, Tensor]:
        logits = self.output(self.dropout(states)).masked_fill(mask[..., None] == 0, -1e4)
        return logits[..., 0], logits[..., 1]


class PairHead(nn.Module):
    """A relation between two marked spans: logits (batch, labels).

    It reads the states of the two opening markers, after Baldini Soares et al. 2019, "Matching
    the Blanks" (entity start states), through one hidden layer.
    """

    def __init__(
        self, hidden: int, labels: int, markers: tuple[int, int], dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.markers = markers
        self.inner = nn.Linear(2 * hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, labels)

    def forward(self, states: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor]:  # noqa: ARG002
        pair = torch.cat([self._at(states, ids, marker) for marker in self.markers], dim=-1)
        return (self.output(self.dropout(torch.tanh(self.inner(pair)))),)

    @staticmethod
    def _at(states: Tensor, ids: Tensor, marker: int) -> Tensor:
        # A weighted sum instead of an index, so that the graph exports without control flow.
        here = (ids == marker).to(states.dtype)[..., None]
        return (states * here).sum(1)


def make(
    config: ModelConfig, hidden: int, tokenizer: Tokenizer, *, dropout: float = 0.0
) -> nn.Module:
    """The head that ``config.head`` names: embedding, sequence, token, span or pair.

    Raises ``ValueError`` for any other name, and for a tokenizer without the pair's markers.
    """
    labels = len(config.labels)
    match config.head:
        case "embedding":
            return Embedding()
        case "sequence":
            return SequenceHead(hidden, labels, dropout)
        case "token":
            return TokenHead(hidden, labels, dropout)
        case "span":
            return SpanHead(hidden, dropout)
        case "pair":
            first, _, second, _ = (tokenizer.token_to_id(name) for name in config.marker_tokens)
            if first is None or second is None:
                raise ValueError("the tokenizer does not have the relation's markers")
            return PairHead(hidden, labels, (first, second), dropout)
    raise ValueError(f"there is no head named {config.head!r}")
