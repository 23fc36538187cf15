"""Fine-tune a relation encoder.

Examples: ``{"text", "head": {"start", "end"}, "tail": {"start", "end"}, "label"}``, where the label
speaks of the head as e1, for instance ``Cause-Effect(e1,e2)``, or names what the head does to the
tail; see ``directions``.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from torch import Tensor, nn

from common import batches, finetune
from common.batches import Labelled
from common.data import Example
from common.finetune import Context
from common.hyperparameters import Hyperparameters
from common.metrics import classification_metrics, relation_macro_f1
from common.training import Batch, Objective
from relation_extraction.directions import text_order_label
from relation_extraction.markers import MARKERS, Pair, encode_pairs


def pair_of(example: Example) -> Pair:
    """The two spans of an example, the earlier one first."""
    head, tail = example["head"], example["tail"]
    spans = sorted([(head["start"], head["end"]), (tail["start"], tail["end"])])
    return Pair(*spans)


class RelationExtraction:
    """One relation for two marked spans of a text."""

    name = "relation_extraction"
    head = "pair"
    markers = MARKERS
    fields: tuple[str, ...] = ("text", "head", "tail", "label")
    objective = Objective("f1_macro")

    def group(self, example: Example) -> Hashable:
        """Equal texts belong together."""
        return example.get("group", example["text"])

    def labels(self, examples: Sequence[Example]) -> list[str]:
        """All labels in the order in which the data brings them."""
        return list(dict.fromkeys(map(text_order_label, examples)))

    def features(self, examples: Sequence[Example], context: Context) -> list[Labelled]:
        """One marked sequence an example."""
        index = {label: number for number, label in enumerate(context.config.labels)}
        limit = context.config.max_length
        return [
            Labelled(
                encode_pairs(context.tokenizer, example["text"], [pair_of(example)], limit)[0],
                index.get(text_order_label(example), -1),
            )
            for example in examples
        ]

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
        """Macro F1 after SemEval-2010 Task 8, and accuracy."""
        features = self.features(examples, context)
        predicted = batches.predicted(model, features)
        gold = [text_order_label(example) for example in examples]
        answered = [context.config.labels[number] for number in predicted]
        accuracy = classification_metrics([feature.label for feature in features], predicted)
        return {
            "f1_macro": relation_macro_f1(gold, answered),
            "accuracy": accuracy["accuracy"],
        }

    def settings(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, Any]:
        """Nothing beside the weights."""
        return {}


TASK = RelationExtraction()


def main() -> None:
    """Run the training job."""
    finetune.job(Hyperparameters, partial(finetune.run, TASK))


if __name__ == "__main__":
    main()
