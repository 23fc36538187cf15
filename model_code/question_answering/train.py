"""Fine-tune a span reader.

Examples: ``{"question", "context", "answers": [{"text", "start"}]}``; no answers: unanswerable.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from common import batches, finetune
from common.data import Example
from common.finetune import Context
from common.hyperparameters import Hyperparameters
from common.training import Batch, Objective
from common.windows import Features
from question_answering.calibration import fitted
from question_answering.decode import Ranking, rank
from question_answering.features import question_windows


@dataclass(frozen=True)
class Located:
    """A window and the tokens at which its answer starts and ends (0, 0: not in it)."""

    sequence: Features
    start: int
    end: int

    def __len__(self) -> int:
        return len(self.sequence)


def locate(window: Features, start: int, end: int) -> tuple[int, int] | None:
    """First and last token of the characters ``start`` to ``end``, or None if they are cut."""
    inside = [
        index
        for index, span in enumerate(window.offsets)
        if span and span[0] < end and span[1] > start
    ]
    if not inside:
        return None
    first, last = window.offsets[inside[0]], window.offsets[inside[-1]]
    whole = first is not None and last is not None and first[0] <= start and last[1] >= end
    return (inside[0], inside[-1]) if whole else None


class QuestionAnswering:
    """Start and end of the answer; the first token stands for no answer."""

    name = "question_answering"
    head = "span"
    markers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("question", "context", "answers")
    objective = Objective("f1")

    def group(self, example: Example) -> Hashable:
        """The article of an example, or its context."""
        return str(example.get("group") or example["context"])

    def labels(self, examples: Sequence[Example]) -> list[str]:
        """None: the answer is a span."""
        return []

    def features(self, examples: Sequence[Example], context: Context) -> list[Located]:
        """One window an example: the first with the whole answer, or the first of all."""
        return [
            located
            for example in examples
            if (located := self._example_features(example, context)) is not None
        ]

    def _example_features(self, example: Example, context: Context) -> Located | None:
        parts = question_windows(
            context.tokenizer, example["question"], example["context"], context.config.max_length
        )
        if not example["answers"]:
            return Located(parts[0], 0, 0)
        answer = example["answers"][0]
        start = answer["start"]
        for window in parts:
            place = locate(window, start, start + len(answer["text"]))
            if place:
                return Located(window, *place)
        return None

    def collate(self, features: list[Located]) -> Batch:
        """Padded sequences with ``starts`` and ``ends`` (batch)."""
        batch = batches.pad([feature.sequence for feature in features])
        return {
            **batch,
            "starts": torch.tensor([feature.start for feature in features]),
            "ends": torch.tensor([feature.end for feature in features]),
        }

    def loss(self, context: Context, features: Sequence[Located]) -> Callable[[Any, Batch], Tensor]:
        """Mean cross entropy of start and end."""
        function = nn.CrossEntropyLoss(label_smoothing=context.hyperparameters.label_smoothing)
        return lambda values, batch: (
            (function(values[0], batch["starts"]) + function(values[1], batch["ends"])) / 2
        )

    def evaluate(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, float]:
        """F1 over all questions at the best threshold, and the best span's F1 and EM."""
        rankings = self._rankings(model, examples, context)
        return scores(examples, rankings)

    def settings(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> dict[str, Any]:
        """How likely an answer is right, and from where on one is given: see ``calibration``.

        Where examples name their ``domain``, each domain counts the same, however many examples it
        has: a threshold that suits the largest alone would not carry over.
        """
        rankings = self._rankings(model, examples, context)
        domains = [str(example.get("domain", "")) for example in examples]
        counts = Counter(domains)
        weights = [len(examples) / len(counts) / counts[domain] for domain in domains]
        right = [
            _best_span_f1(example, ranking) if example["answers"] else 0.0
            for example, ranking in zip(examples, rankings, strict=True)
        ]
        calibration = fitted(rankings, right, weights)
        likely = [(calibration.probabilities(ranking) or [0.0])[0] for ranking in rankings]
        probably = best_threshold(examples, rankings, likely, weights)[0]
        probably = max(0.0, min(probably, calibration.answered))
        return {"calibration": asdict(replace(calibration, probably=probably))}

    def _rankings(
        self, model: nn.Module, examples: Sequence[Example], context: Context
    ) -> list[Ranking]:
        parts = [
            question_windows(
                context.tokenizer,
                example["question"],
                example["context"],
                context.config.max_length,
            )
            for example in examples
        ]
        flat = [window for part in parts for window in part]
        logits = iter(batches.outputs(model, flat, per_token=True))
        return [rank(part, [next(logits) for _ in part]) for part in parts]


def tokens(text: str) -> list[str]:
    """SQuAD's normalised words: lower case, no punctuation, no articles (Rajpurkar et al. 2016)."""
    plain = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", plain).split()


def answer_f1(predicted: str, answers: Sequence[str]) -> float:
    """Best multiset F1 of words with any of the right answers; no answer is the empty string."""
    return max(_pair_f1(tokens(predicted), tokens(answer)) for answer in (answers or [""]))


def _pair_f1(one: list[str], other: list[str]) -> float:
    if not one or not other:
        return float(one == other)
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other))


def _best_span_f1(example: Example, ranking: Ranking) -> float:
    if not ranking.spans:
        return answer_f1("", [answer["text"] for answer in example["answers"]])
    best = ranking.spans[0]
    text = example["context"][best.start : best.end]
    return answer_f1(text, [answer["text"] for answer in example["answers"]])


def _best_span_exact(example: Example, ranking: Ranking) -> float:
    if not ranking.spans:
        return 0.0
    best = ranking.spans[0]
    found = tokens(example["context"][best.start : best.end])
    return float(any(found == tokens(answer["text"]) for answer in example["answers"]))


def best_threshold(
    examples: Sequence[Example],
    rankings: Sequence[Ranking],
    values: Sequence[float],
    weights: Sequence[float] | None = None,
) -> tuple[float, float]:
    """(threshold, F1 over all questions): the threshold on ``values``, one a question, at which F1
    is highest where each question counts ``weights`` times.
    """
    given = weights or [1.0] * len(examples)
    rows = sorted(
        (
            (
                value,
                weight * _best_span_f1(example, ranking),
                weight * float(not example["answers"]),
            )
            for example, ranking, value, weight in zip(
                examples, rankings, values, given, strict=True
            )
        ),
        reverse=True,
    )
    total = best = sum(none for _, _, none in rows)
    threshold = rows[0][0] + 1.0 if rows else 0.0
    for index, (value, span_f1, none) in enumerate(rows):
        total += span_f1 - none
        if total > best:
            below = rows[index + 1][0] if index + 1 < len(rows) else value - 2.0
            best, threshold = total, (value + below) / 2
    return threshold, best / sum(given)


def scores(examples: Sequence[Example], rankings: Sequence[Ranking]) -> dict[str, float]:
    """``f1`` (all, at the best threshold), and of the best span ``HasAns_f1``, ``HasAns_exact``."""
    has = [
        (example, ranking)
        for example, ranking in zip(examples, rankings, strict=True)
        if example["answers"]
    ]
    spans = [_best_span_f1(example, ranking) for example, ranking in has]
    exact = [_best_span_exact(example, ranking) for example, ranking in has]
    count = max(1, len(has))
    return {
        "f1": best_threshold(examples, rankings, [ranking.margin for ranking in rankings])[1],
        "HasAns_f1": sum(spans) / count,
        "HasAns_exact": sum(exact) / count,
    }


TASK = QuestionAnswering()


def main() -> None:
    """Run the training job."""
    finetune.job(Hyperparameters, partial(finetune.run, TASK))


if __name__ == "__main__":
    main()
