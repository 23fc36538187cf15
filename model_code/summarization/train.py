"""Train a sentence scorer: ``{"text" | "sentences", "summary" | "labels"}``.

The encoder stays as it is; a small network learns which sentences a summary takes. Where the
example has a summary but no labels, a sentence is the more right the more words and pairs of words
it shares with it, and what is learned is to put the best ones of a document first.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from common import batches, encoder, finetune, weights
from common.data import Example
from common.earlier import read_earlier
from common.hyperparameters import Hyperparameters, Paths, setting
from common.model_card import ModelConfig
from common.optimization import seed_everything
from common.reporting import Reporter
from common.training import Objective, Recipe, Trainer
from summarization.examples import Document, documents, overlap_f1, words
from summarization.extractive import Candidates, Length, choose
from summarization.network import begin, collate, loss
from summarization.scorer import Scorer


@dataclass(frozen=True)
class SummarizationHyperparameters(Hyperparameters):
    """The scorer is small: it learns fast, and many times over the same embeddings."""

    epochs: int = setting(20, "passes over the training data")
    learning_rate: float = setting(1e-3, "peak learning rate of the scorer")
    batch_size: int = setting(16, "documents a step")
    max_length: int = setting(256, "longest sentence in tokens")
    base_model: str = setting(weights.DEFAULT_BASE, "hub id or folder of the encoder")


def evaluate(scorer: Scorer, validation: Sequence[Document]) -> dict[str, float]:
    """Mean ``rouge1`` (F, not stemmed) of summaries as long as their references."""
    return {"rouge1": _mean_f1(scorer, validation, lambda document: document.reference.total())}


def _mean_f1(
    scorer: Scorer, validation: Sequence[Document], most: Callable[[Document], int]
) -> float:
    values = []
    for document in validation:
        length = Length(most(document), 0, lambda text: words(text).total())
        scores = scorer.score_signals(document.signals)
        chosen = choose(Candidates(document.texts, scores, document.embeddings), length)
        summary = words(" ".join(document.texts[index] for index in chosen))
        values.append(overlap_f1(summary, document.reference))
    return sum(values) / len(values)


LENGTHS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5)
"""Times the median length of the references: the lengths of a summary that are tried."""


def usual_words(scorer: Scorer, validation: Sequence[Document]) -> int:
    """The limit in words at which the scorer's summaries come nearest to the references; of equally
    good ones the one that is nearest to their length.
    """
    median = float(np.median([document.reference.total() for document in validation]))
    tried = sorted({max(1, round(median * factor)) for factor in LENGTHS})
    return max(
        tried,
        key=lambda most: (_mean_f1(scorer, validation, lambda _: most), -abs(most - median)),
    )


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
    model = begin(folder, trained)
    recipe = Recipe(
        model=model,
        train=trained,
        collate=collate,
        loss=loss,
        evaluate=lambda _: evaluate(model.eval().scorer(), held),
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
    model.scorer().save(paths.model)
    record = {
        "metrics": metrics,
        "data": facts,
        "seconds": time.monotonic() - started,
        "stopped": trainer.ended_early,
        "start": recipe.start,
    }
    # These are enough, and a stopped job has no time for more.
    learned = {"max_words": usual_words(model.scorer(), held[: finetune.STOPPED_EXAMPLES])}
    config = replace(config, settings=learned)
    finetune.finish(config, hp, paths.model, record, earlier)


def main() -> None:
    """Run the training job."""
    finetune.job(SummarizationHyperparameters, run)


if __name__ == "__main__":
    main()
