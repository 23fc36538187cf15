"""Sentence embeddings: rows of length 1, and how central each is among them."""

import numpy as np


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; a row of zeros stays one."""
    result: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return result


def centrality(embeddings: np.ndarray) -> np.ndarray:
    """The mean cosine of each sentence to all sentences: (sentences,).

    Equal to the cosine matrix's row means, in linear time: the mean of dot products is the dot
    product with the mean.
    """
    vectors = unit(embeddings)
    result: np.ndarray = vectors @ vectors.mean(axis=0)
    return result
