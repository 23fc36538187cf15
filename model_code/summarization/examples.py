"""Training examples of a sentence scorer: documents with the sentences that a summary takes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer
from torch import nn

from common import batches
from common.data import Example
from common.metrics import f1
from common.numeric import softmax
from common.sentences import sentences
from common.windows import encode, spans, special_tokens
from summarization import signals

SHARPNESS = 0.04  # of the targets: sentences this much better weigh e times as much


@dataclass(frozen=True)
class Document:
    """Sentences, their embeddings (sentences, hidden) and signals (sentences, signals), how right
    each is (they sum up to 1), and the reference's words.
    """

    texts: list[str]
    embeddings: np.ndarray
    signals: np.ndarray
    targets: np.ndarray
    reference: Counter[str]

    def __len__(self) -> int:
        return len(self.texts)


def words(text: str) -> Counter[str]:
    """Lower-case words and how often each occurs."""
    return Counter(re.findall(r"\w+", text.lower()))


def pairs(text: str) -> Counter[str]:
    """Pairs of words that follow each other, in lower case, and how often each occurs."""
    found = re.findall(r"\w+", text.lower())
    return Counter(" ".join(pair) for pair in pairwise(found))


def overlap_f1(one: Counter[str], other: Counter[str]) -> float:
    """F1 of two bags, without stemming: ROUGE-1 for words, ROUGE-2 for pairs (Lin 2004)."""
    return f1((one & other).total(), one.total(), other.total())


def targets(texts: Sequence[str], reference: str) -> np.ndarray:
    """How right each sentence is (sentences,), by the words that it shares with ``reference``; the
    sum is 1.
    """
    ones, twos = words(reference), pairs(reference)
    shared = [(overlap_f1(words(text), ones) + overlap_f1(pairs(text), twos)) / 2 for text in texts]
    return softmax(np.array(shared) / SHARPNESS)


def text_of(example: Example) -> str:
    """The text of an example; sentences that are given stand in lines of their own."""
    if "sentences" in example:
        return "\n".join(" ".join(str(sentence).split()) for sentence in example["sentences"])
    return str(example["text"])


def spans_of(example: Example) -> list[tuple[int, int]]:
    """The places of the sentences of an example in its text, given or found."""
    text = text_of(example)
    if "sentences" not in example:
        return sentences(text)
    ends = np.cumsum([len(line) + 1 for line in text.split("\n")])
    return [
        (end - 1 - len(line), end - 1) for line, end in zip(text.split("\n"), ends, strict=True)
    ]


def documents(
    examples: Sequence[Example], model: nn.Module, tokenizer: Tokenizer, limit: int
) -> list[Document]:
    """Embed all sentences of all examples (a sentence is cut at ``limit`` tokens)."""
    budget = limit - special_tokens(tokenizer, pair=False)
    places = [spans_of(example) for example in examples]
    lists = [
        [text_of(example)[start:end] for start, end in spans_of_one]
        for example, spans_of_one in zip(examples, places, strict=True)
    ]
    cut = [text[slice(*spans(tokenizer, text, budget, 0)[0])] for texts in lists for text in texts]
    sequences = encode(tokenizer, cut, [0] * len(cut))
    vectors = iter(batches.outputs(model, sequences, per_token=False))
    result = []
    for example, place, texts in zip(examples, places, lists, strict=True):
        embeddings = np.array([next(vectors)[0] for _ in texts])
        reference = _reference(example, texts)
        document = signals.Document(text_of(example), place, embeddings)
        result.append(
            Document(
                texts,
                embeddings,
                signals.signals(document),
                _targets(example, texts, reference),
                words(reference),
            )
        )
    return result


def _targets(example: Example, texts: Sequence[str], reference: str) -> np.ndarray:
    if example.get("labels"):
        labels = np.array(example["labels"], dtype=float)
        shares: np.ndarray = labels / max(1.0, labels.sum())
        return shares
    return targets(texts, reference)


def _reference(example: Example, texts: Sequence[str]) -> str:
    if "summary" in example:
        return str(example["summary"])
    return " ".join(text for text, label in zip(texts, example["labels"], strict=True) if label)
