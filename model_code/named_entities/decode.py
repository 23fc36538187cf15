"""From a tagger's logits to one tag a word, over overlapping windows. No torch here."""

from collections.abc import Sequence

import numpy as np

from common.numeric import softmax
from named_entities.features import WordWindow


def tag_words(
    windows: Sequence[WordWindow],
    logits: Sequence[np.ndarray],
    words: int,
    labels: Sequence[str],
) -> tuple[list[str], list[float]]:
    """The likeliest IOB2 tag and its probability for each of ``words`` words.

    ``logits[i]`` is (length, labels) of window ``i``. A word in two windows takes its tag from the
    one in which it stands farther from the edge, where the model sees more around it.
    """
    tags = ["O"] * words
    scores = [1.0] * words
    margins = [-1] * words
    for window, values in zip(windows, logits, strict=True):
        probabilities = softmax(values)
        for word, token in window.firsts:
            margin = min(token, len(window) - token)
            if margin > margins[word]:
                best = int(probabilities[token].argmax())
                tags[word], scores[word] = labels[best], float(probabilities[token][best])
                margins[word] = margin
    return tags, scores
