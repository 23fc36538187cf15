"""From a tagger's logits to one tag a word, over overlapping windows. No torch here."""

from collections.abc import Sequence

import numpy as np

from common.numeric import softmax
from named_entities.features import WordWindow

IMPOSSIBLE = 1e-30
"""The probability of what cannot be: its logarithm is finite, so sums of it stay comparable."""


def tag_words(
    windows: Sequence[WordWindow],
    logits: Sequence[np.ndarray],
    words: int,
    labels: Sequence[str],
) -> tuple[list[str], list[float]]:
    """The IOB2 tag and its probability for each of ``words`` words.

    ``logits[i]`` is (length, labels) of window ``i``. A word in two windows is judged in the one
    in which it stands farther from the edge, where the model sees more around it. The tags are
    the likeliest sequence in which every I- continues an entity of its label.
    """
    probabilities = np.full((words, len(labels)), IMPOSSIBLE)
    probabilities[:, labels.index("O")] = 1.0
    margins = [-1] * words
    for window, values in zip(windows, logits, strict=True):
        found = softmax(values)
        for word, token in window.firsts:
            margin = min(token, len(window) - token)
            if margin > margins[word]:
                probabilities[word] = found[token]
                margins[word] = margin
    path = likeliest(np.log(np.maximum(probabilities, IMPOSSIBLE)), forbidden(labels))
    return (
        [labels[tag] for tag in path],
        [float(probabilities[word, tag]) for word, tag in enumerate(path)],
    )


def forbidden(labels: Sequence[str]) -> np.ndarray:
    """Which tag must not follow which: (labels + 1, labels), the last row for a text's begin."""
    return np.array(
        [
            [tag.startswith("I-") and before[2:] != tag[2:] for tag in labels]
            for before in (*labels, "O")
        ],
        dtype=bool,
    ).reshape(len(labels) + 1, len(labels))


def likeliest(scores: np.ndarray, banned: np.ndarray) -> list[int]:
    """The sequence of tags with the highest sum of ``scores`` (words, tags) without a banned pair.

    ``banned`` is as :func:`forbidden` answers it. Viterbi's algorithm; where the best tag of each
    word makes a sequence without a banned pair already, that is the answer.
    """
    greedy = scores.argmax(axis=1)
    if not banned[np.concatenate([[len(banned) - 1], greedy[:-1]]), greedy].any():
        return [int(tag) for tag in greedy]
    penalty = np.where(banned, len(scores) * np.log(IMPOSSIBLE), 0.0)
    best = scores[0] + penalty[-1]
    previous = np.zeros(scores.shape, dtype=np.intp)
    columns = np.arange(scores.shape[1])
    for word in range(1, len(scores)):
        sums = best[:, None] + penalty[:-1]
        previous[word] = sums.argmax(axis=0)
        best = sums[previous[word], columns] + scores[word]
    path = [int(best.argmax())]
    for word in range(len(scores) - 1, 0, -1):
        path.append(int(previous[word, path[-1]]))
    return path[::-1]
