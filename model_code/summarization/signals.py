"""What can be told of a sentence in its document, in numbers: what a sentence scorer reads."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from common.sentences import paragraphs, sentences
from summarization.lexicon import SHAPES, STOP_WORDS, TELLING, hangs
from summarization.vectors import centrality, unit

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_TITLE = re.compile(r"[^.!?]{3,160}")
_TURN = re.compile(r"[A-Z][\w.'’() -]{0,60}:\s")
_SHAPE = len(SHAPES) + len(TELLING) + 8  # signals of a sentence's own words
LEAD = 3  # sentences that a document opens with
NEAR = 3  # sentences before and after one that are near it


@dataclass(frozen=True)
class Document:
    """A text, the character spans of its sentences, and their embeddings (sentences, hidden)."""

    text: str
    spans: Sequence[tuple[int, int]]
    embeddings: np.ndarray

    @cached_property
    def texts(self) -> list[str]:
        """The sentences."""
        return [self.text[start:end] for start, end in self.spans]

    @classmethod
    def of(cls, text: str, embed: Callable[[list[str]], np.ndarray]) -> "Document":
        """The document of ``text``, its sentences embedded by ``embed``."""
        spans = sentences(text)
        return cls(text, spans, embed([text[start:end] for start, end in spans]))


def signals(document: Document) -> np.ndarray:
    """(sentences, signals): place, size, likeness, words and shape of each sentence, and what kind
    of document it stands in, which is the same for all.
    """
    texts = document.texts
    sizes = np.array([len(_WORD.findall(text)) for text in texts], dtype=float)
    own = np.concatenate(
        [
            _place(document),
            _size(sizes),
            _likeness(document),
            _frequency([_content(text) for text in texts], texts),
            _shape(texts, sizes),
        ],
        axis=1,
    )
    kind = np.array(
        [np.log1p(len(texts)), sizes.mean(), *own[:, -_SHAPE:].mean(axis=0)], dtype=float
    )
    result = np.concatenate([own, np.tile(kind, (len(texts), 1))], axis=1)
    return result.astype(np.float32)


def _place(document: Document) -> np.ndarray:
    count = len(document.spans)
    index = np.arange(count, dtype=float)
    starts = np.array([start for start, _ in document.spans])
    beginnings = np.array([start for start, _ in paragraphs(document.text)])
    of = np.searchsorted(beginnings, starts, side="right")
    first = np.searchsorted(of, of, side="left")
    last = np.searchsorted(of, of, side="right") - 1
    columns = [
        index / max(1, count - 1),
        np.log1p(index) / np.log1p(max(1, count - 1)),
        index == 0,
        1 / (1 + index),
        index < LEAD,
        1 / (count - index),
        np.minimum(index - first, 5) / 5,
        index == first,
        index == last,
        of == of[0],
        of == of[-1],
    ]
    return np.stack(columns, axis=1).astype(float)


def _size(sizes: np.ndarray) -> np.ndarray:
    mean = max(1.0, sizes.mean())
    columns = [
        np.log1p(sizes),
        np.minimum(sizes / mean, 4),
        sizes < 6,
        np.minimum(sizes, 60) / 60,
        sizes > 45,
    ]
    return np.stack(columns, axis=1).astype(float)


def _likeness(document: Document) -> np.ndarray:
    """How alike each sentence is to all, to those near it, to the first ones and the very first (a
    title, where there is one), to the one before and to the one after.
    """
    vectors = unit(document.embeddings)
    count = len(vectors)
    central = centrality(document.embeddings)
    sums = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0)])
    left = np.maximum(np.arange(count) - NEAR, 0)
    right = np.minimum(np.arange(count) + NEAR + 1, count)
    near = (sums[right] - sums[left]) / (right - left)[:, None]
    lead = vectors @ unit(vectors[:LEAD].mean(axis=0, keepdims=True))[0]
    before = np.concatenate([[0.0], (vectors[1:] * vectors[:-1]).sum(axis=1)])
    columns = [
        central,
        standard(central),
        standard((vectors * near).sum(axis=1)),
        lead,
        standard(lead),
        vectors @ vectors[0],
        before,
        np.concatenate([before[1:], [0.0]]),
    ]
    return np.stack(columns, axis=1)


def commonness(texts: Sequence[str]) -> np.ndarray:
    """In what share of the sentences each sentence's words stand, summed up: (sentences,)."""
    return _sums([_content(text) for text in texts])


def _sums(contents: Sequence[set[str]]) -> np.ndarray:
    counts = Counter(word for words in contents for word in words)
    total = max(1, len(contents))
    return np.array([sum(counts[word] for word in words) / total for words in contents])


def _content(text: str) -> set[str]:
    """The words of a sentence that carry its meaning, in lower case."""
    words = (word.lower() for word in _WORD.findall(text))
    return {word for word in words if word not in STOP_WORDS and len(word) > 2}


def _frequency(contents: Sequence[set[str]], texts: Sequence[str]) -> np.ndarray:
    """How common the words of a sentence are in the document, and in its first sentence."""
    sums = _sums(contents)
    means = sums / np.array([max(1, len(words)) for words in contents])
    opening = contents[0]
    columns = [
        standard(means),
        standard(sums),
        np.array([len(words & opening) / max(1, len(opening)) for words in contents]),
        np.full(len(texts), float(not _TITLE.fullmatch(texts[0]))),
    ]
    return np.stack(columns, axis=1)


def _shape(texts: Sequence[str], sizes: np.ndarray) -> np.ndarray:
    """Numbers, names and telling words, how the sentence begins and ends, and what is next."""
    rows = []
    for text, size in zip(texts, sizes, strict=True):
        some = max(1.0, size)
        rows.append(
            [
                float(hangs(text)),
                float(text.endswith("?")),
                float(text[-1:] in '.!?"”'),
                float(text[:1].isupper()),
                *(min(len(p.findall(text)), 5) / 5 for p in SHAPES.values()),
                *(float(bool(p.search(text))) for p in TELLING.values()),
                min(1.0, len(SHAPES["number"].findall(text)) / some),
                min(1.0, len(TELLING["we"].findall(text)) / some),
                min(1.0, len(TELLING["filler"].findall(text)) / some),
                float(bool(_TURN.match(text))),
            ]
        )
    table = np.array(rows, dtype=float)
    asked = np.concatenate([[0.0], table[:-1, 1]])
    hung = np.concatenate([table[1:, 0], [0.0]])
    return np.concatenate([asked[:, None], hung[:, None], table], axis=1)


def standard(values: np.ndarray) -> np.ndarray:
    """``values`` less their mean, in standard deviations; zeros where all are the same."""
    spread = values.std()
    result: np.ndarray = (values - values.mean()) / spread if spread > 1e-9 else 0.0 * values
    return result
