"""Train a sentence scorer: ``{"text" | "sentences", "summary" | "labels"}``.

The encoder stays as it is; a logistic regression learns which sentences a summary takes. Where the
example has a summary but no labels, the sentences that together share most words with it are the
right ones (greedy oracle, Nallapati et al. 2017, section 2.2).
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from common import batches, encoder, finetune, weights
from common.data import Example
from common.earlier import read_earlier
from common.hyperparameters import Hyperparameters, Paths, setting
from common.metrics import f1
from common.model_card import ModelConfig
from common.optimization import seed_everything
from common.reporting import Reporter
from common.sentences import sentences
from common.training import Batch, Objective, Recipe, Trainer
from common.windows import encode, spans, special_tokens
from summarization.extractive import Length, choose, features
from summarization.scorer import Scorer


@dataclass(frozen=True)
class SummarizationHyperparameters(Hyperparameters):
    """The scorer is small: it learns fast, and many times over the same embeddings."""

    epochs: int = setting(20, "passes over the training data")
    learning_rate: float = setting(1e-3, "peak learning rate of the scorer")
    batch_size: int = setting(16, "documents a step")
    max_length: int = setting(256, "longest sentence in tokens")
    base_model: str = setting(weights.DEFAULT_BASE, "hub id or folder of the encoder")


@dataclass(frozen=True)
class Document:
    """Sentences, their embeddings and features, which are right, and the reference's words."""

    texts: list[str]
    embeddings: np.ndarray
    features: np.ndarray
    labels: np.ndarray
    reference: Counter[str]

    def __len__(self) -> int:
        return len(self.texts)


def words(text: str) -> Counter[str]:
    """Lower-case words and how often each occurs."""
    return Counter(re.findall(r"\w+", text.lower()))


def overlap_f1(one: Counter[str], other: Counter[str]) -> float:
    """ROUGE-1 F without stemming: F1 of two bags of words (Lin 2004)."""
    return f1((one & other).total(), one.total(), other.total())


def oracle(texts: Sequence[str], reference: Counter[str]) -> np.ndarray:
    """Labels (sentences) of the greedy choice that raises the overlap as long as one can."""
    bags = [words(text) for text in texts]
    labels = np.zeros(len(texts), dtype=np.float32)
    chosen: Counter[str] = Counter()
    best = 0.0
    while True:
        gains = [
            -1.0 if labels[index] else overlap_f1(chosen + bag, reference)
            for index, bag in enumerate(bags)
        ]
        index = int(np.argmax(gains))
        if gains[index] <= best:
            return labels
        best, chosen = gains[index], chosen + bags[index]
        labels[index] = 1.0


def texts_of(example: Example) -> list[str]:
    """The sentences of an example, given or found."""
    if "sentences" in example:
        return [str(sentence) for sentence in example["sentences"]]
    text = example["text"]
    return [text[start:end] for start, end in sentences(text)]


def documents(
    examples: Sequence[Example], model: nn.Module, tokenizer: Tokenizer, limit: int
) -> list[Document]:
    """Embed all sentences of all examples (a sentence is cut at ``limit`` tokens)."""
    budget = limit - special_tokens(tokenizer, pair=False)
    lists = [texts_of(example) for example in examples]
    cut = [text[slice(*spans(tokenizer, text, budget, 0)[0])] for texts in lists for text in texts]
    sequences = encode(tokenizer, cut, [0] * len(cut))
    vectors = iter(batches.outputs(model, sequences, per_token=False))
    result = []
    for example, texts in zip(examples, lists, strict=True):
        embeddings = np.array([next(vectors)[0] for _ in texts])
        reference = words(_reference(example, texts))
        labels = example.get("labels") or oracle(texts, reference)
        result.append(
            Document(
                texts, embeddings, features(embeddings), np.array(labels, np.float32), reference
            )
        )
    return result


def _reference(example: Example, texts: Sequence[str]) -> str:
    if "summary" in example:
        return str(example["summary"])
    return " ".join(text for text, label in zip(texts, example["labels"], strict=True) if label)


def collate(batch: list[Document]) -> Batch:
    """All sentences of the documents: ``features`` (sentences, n) and ``labels``."""
    return {
        "features": torch.tensor(np.concatenate([document.features for document in batch])),
        "labels": torch.tensor(np.concatenate([document.labels for document in batch])),
    }


def scorer_of(model: nn.Module) -> Scorer:
    """The regression that the model has learned, as serving reads it."""
    layer = dict(model.named_parameters())
    weight = layer["head.weight"].detach().numpy()[0].copy()
    return Scorer(weight, float(layer["head.bias"].detach()[0]))


def evaluate(scorer: Scorer, validation: Sequence[Document]) -> dict[str, float]:
    """Mean ``rouge1`` (F, not stemmed) of summaries as long as their references."""
    return {"rouge1": _mean_f1(scorer, validation, lambda document: document.reference.total())}


def _mean_f1(
    scorer: Scorer, validation: Sequence[Document], most: Callable[[Document], int]
) -> float:
    values = []
    for document in validation:
        length = Length(most(document), 0, lambda text: words(text).total())
        scores = scorer.score(document.embeddings)
        chosen = choose(document.texts, scores, document.embeddings, length)
        summary = words(" ".join(document.texts[index] for index in chosen))
        values.append(overlap_f1(summary, document.reference))
    return sum(values) / len(values)


LENGTHS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5)
"""Times the median length of the references: the lengths of a summary that are tried."""


def usual_words(scorer: Scorer, validation: Sequence[Document]) -> int:
    """The limit in words at which the scorer's summaries come nearest to the references."""
    median = float(np.median([document.reference.total() for document in validation]))
    tried = sorted({max(1, round(median * factor)) for factor in LENGTHS})
    return max(tried, key=lambda most: _mean_f1(scorer, validation, lambda _: most))


class ScorerModel(nn.Module):
    """The linear layer, named like every head so that it learns at the head's rate."""

    def __init__(self, size: int, earlier: Scorer | None) -> None:
        super().__init__()
        self.head = nn.Linear(size, 1)
        if earlier:
            self.head.weight.data = torch.tensor(earlier.weight[None])
            self.head.bias.data = torch.tensor([earlier.bias])

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.head(values)[:, 0]
        return result


def _group(example: Example) -> Hashable:
    return str(example.get("group") or example.get("text") or example.get("sentences"))


def _require_fields(examples: Sequence[Example]) -> None:
    for example in examples:
        if not (example.get("text") or example.get("sentences")):
            raise ValueError("an example has neither 'text' nor 'sentences'")
        if example.get("summary") is None and example.get("labels") is None:
            raise ValueError("an example has neither 'summary' nor 'labels'")


def run(hp: SummarizationHyperparameters, paths: Paths) -> None:
    """Train a scorer and save it."""
    started = time.monotonic()
    seed_everything(hp.seed)
    train, validation, facts = finetune.channels(hp, paths, _group, ())
    _require_fields([*train, *validation])
    earlier = read_earlier(paths.start, "summarization")
    hp = finetune.settled(hp, earlier)
    folder = earlier.folder if earlier else None
    base = weights.resolve(hp.base_model, folder)
    tokenizer = weights.load_tokenizer(base)
    config = ModelConfig(
        "summarization", "embedding", hp.base_model, weights.fingerprint(base), [], hp.max_length
    )
    encoding = encoder.build(config, tokenizer, model_dir=folder).eval().to(batches.device())
    trained = documents(train, encoding, tokenizer, hp.max_length)
    held = documents(validation, encoding, tokenizer, hp.max_length)
    model = ScorerModel(trained[0].features.shape[1], Scorer.load(folder) if folder else None)
    positive = torch.tensor(_positive_weight(trained))
    criterion = nn.BCEWithLogitsLoss(pos_weight=positive)
    recipe = Recipe(
        model=model,
        train=trained,
        collate=collate,
        loss=lambda scorer, batch: criterion(scorer(batch["features"]), batch["labels"]),
        evaluate=lambda scorer: evaluate(scorer_of(scorer), held),
        objective=Objective("rouge1"),
        start=earlier.sha256 if earlier else "",
    )
    trainer = Trainer(
        recipe,
        hp,
        checkpoints=paths.checkpoints,
        reporter=Reporter(paths.output / "metrics.jsonl"),
    )
    metrics = trainer.fit()
    paths.model.mkdir(parents=True, exist_ok=True)
    scorer_of(model).save(paths.model)
    record = {
        "metrics": metrics,
        "data": facts,
        "seconds": time.monotonic() - started,
        "stopped": trainer.ended_early,
        "start": recipe.start,
    }
    # These are enough, and a stopped job has no time for more.
    learned = {"max_words": usual_words(scorer_of(model), held[: finetune.STOPPED_EXAMPLES])}
    config = replace(config, settings=learned)
    finetune.finish(config, hp, paths.model, record, earlier)


def _positive_weight(trained: Sequence[Document]) -> float:
    labels = np.concatenate([document.labels for document in trained])
    return float((len(labels) - labels.sum()) / max(1.0, labels.sum()))


def main() -> None:
    """Run the training job."""
    finetune.job(SummarizationHyperparameters, run)


if __name__ == "__main__":
    main()
