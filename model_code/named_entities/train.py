"""Fine-tune a word-level tagger: ``{"text", "entities": [{"start", "end", "label"}]}``."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from common import batches, finetune
from common.data import Example
from common.finetune import Context
from common.hyperparameters import Hyperparameters
from common.metrics import span_metrics
from common.training import Batch, Objective
from named_entities.decode import tag_words
from named_entities.features import WordWindow, word_windows
from named_entities.words import Entity, entities_of, tags_for, words

IGNORED = -100


@dataclass(frozen=True)
class Tagged:
    """A window and the tag index of each of its tokens (-100: not a word's first piece)."""

    window: WordWindow
    tags: list[int]

    def __len__(self) -> int:
        return len(self.window)


def gold(example: Example) -> list[Entity]:
    """The entities that an example is labelled with."""
    return [Entity(item["start"], item["end"], item["label"]) for item in example["entities"]]


class NamedEntities:
    """IOB2 tags on words; the first word piece carries a word's tag."""

    name = "named_entities"
    head = "token"
    markers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("text", "entities")
    objective = Objective("f1")

    def group(self, example: Example) -> Hashable:
        """The document of an example, or its text."""
        return example.get("group", example["text"])

    def labels(self, examples: Sequence[Example]) -> list[str]:
        """O, then B- and I- of each label by alphabet."""
        names = sorted({item["label"] for example in examples for item in example["entities"]})
        return ["O", *(f"{prefix}-{name}" for name in names for prefix in "BI")]

    def features(self, examples: Sequence[Example], context: Context) -> list[Tagged]:
        """All windows of all examples."""
        return [
            tagged for example in examples for tagged in self._example_features(example, context)
        ]

    def _example_features(self, example: Example, context: Context) -> list[Tagged]:
        index = {label: number for number, label in enumerate(context.config.labels)}
        spans = words(example["text"])
        tags = tags_for(spans, gold(example))
        result = []
        for window in word_windows(
            context.tokenizer, example["text"], spans, context.config.max_length
        ):
            numbers = [IGNORED] * len(window)
            for word, token in window.firsts:
                numbers[token] = index.get(tags[word], IGNORED)
            result.append(Tagged(window, numbers))
        return result

    def collate(self, features: list[Tagged]) -> Batch:
        """Padded sequences and their ``labels`` (batch, length)."""
        batch = batches.pad([feature.window.sequence for feature in features])
        labels = torch.full_like(batch["input_ids"], IGNORED)
        for row, feature in enumerate(features):
            labels[row, : len(feature)] = torch.tensor(feature.tags)
        return {**batch, "labels": labels}

    def loss(self, context: Context, features: Sequence[Tagged]) -> Callable[[Any, Batch], Tensor]:
        """Cross entropy over the words' first pieces."""
        hp = context.hyperparameters
        count = len(context.config.labels)
        tags = (tag for feature in features for tag in feature.tags if tag != IGNORED)
        function = nn.CrossEntropyLoss(
            weight=finetune.class_weights(tags, count) if hp.class_weights else None,
            label_smoothing=hp.label_smoothing,
            ignore_index=IGNORED,
        )
        return lambda values, batch: function(values[0].flatten(0, 1), batch["labels"].flatten())

    def evaluate(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, float]:
        """Precision, recall and F1 of exact entities."""
        texts = [(example["text"], words(example["text"])) for example in examples]
        tokenizer, limit = context.tokenizer, context.config.max_length
        parts = [word_windows(tokenizer, text, spans, limit) for text, spans in texts]
        flat = [window for part in parts for window in part]
        logits = iter(batches.outputs(model, [window.sequence for window in flat], per_token=True))
        predicted = []
        for (_, spans), part in zip(texts, parts, strict=True):
            tags, scores = tag_words(
                part, [next(logits)[0] for _ in part], len(spans), context.config.labels
            )
            predicted.append(_keys(entities_of(spans, tags, scores)))
        return span_metrics([_keys(gold(example)) for example in examples], predicted)

    def settings(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, Any]:
        """Nothing beside the weights."""
        return {}


def _keys(entities: Sequence[Entity]) -> list[tuple[int, int, str]]:
    return [(entity.start, entity.end, entity.label) for entity in entities]


TASK = NamedEntities()


def main() -> None:
    """Run the training job."""
    finetune.job(Hyperparameters, partial(finetune.run, TASK))


if __name__ == "__main__":
    main()
