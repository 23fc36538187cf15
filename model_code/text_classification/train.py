"""Fine-tune an encoder to classify texts: examples ``{"text": str, "label": str | int}``."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from torch import Tensor, nn

from common import batches, finetune, windows
from common.batches import Labelled
from common.data import Example
from common.finetune import Context
from common.hyperparameters import Hyperparameters
from common.metrics import classification_metrics
from common.training import Batch, Objective


class TextClassification:
    """Any number of classes over the mean token state."""

    name = "text_classification"
    head = "sequence"
    markers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("text", "label")
    objective = Objective("accuracy")

    def group(self, example: Example) -> Hashable:
        """Equal texts belong together, and so do parts of a named document."""
        return example.get("group", example["text"])

    def labels(self, examples: Sequence[Example]) -> list[str]:
        """All labels, sorted: numbers by value, names by alphabet."""
        names = {str(example["label"]) for example in examples}
        return sorted(names, key=lambda name: (not name.isdigit(), name.zfill(12)))

    def features(self, examples: Sequence[Example], context: Context) -> list[Labelled]:
        """One sequence an example, cut at ``max_length`` tokens (for training alone)."""
        index = {label: number for number, label in enumerate(context.config.labels)}
        budget = context.config.max_length - windows.special_tokens(context.tokenizer, pair=False)
        result = []
        for example in examples:
            start, end = windows.spans(context.tokenizer, example["text"], budget, 0)[0]
            sequence = windows.encode(context.tokenizer, [example["text"][start:end]], [0])[0]
            result.append(Labelled(sequence, index.get(str(example["label"]), -1)))
        return result

    def collate(self, features: list[Labelled]) -> Batch:
        """Padded sequences and their ``labels`` (batch)."""
        return batches.labelled_batch(features)

    def loss(
        self, context: Context, features: Sequence[Labelled]
    ) -> Callable[[Any, Batch], Tensor]:
        """Cross entropy, with class weights and label smoothing if wanted."""
        return finetune.classification_loss(context, features)

    def evaluate(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, float]:
        """Accuracy and macro F1; a label never seen in training counts as missed."""
        features = self.features(examples, context)
        predicted = batches.predicted(model, features)
        return classification_metrics([feature.label for feature in features], predicted)

    def settings(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, Any]:
        """The label frequencies of the validation data, for whoever reads the card."""
        counts = Counter(str(example["label"]) for example in examples)
        return {"validation_labels": dict(sorted(counts.items()))}


TASK = TextClassification()


def main() -> None:
    """Run the training job."""
    finetune.job(Hyperparameters, partial(finetune.run, TASK))


if __name__ == "__main__":
    main()
