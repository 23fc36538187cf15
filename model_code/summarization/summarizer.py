"""Summaries in a document's own sentences: scored, chosen, and cut where a limit is short."""

import re
from bisect import bisect_right
from dataclasses import replace
from typing import Any

import numpy as np

from common import windows
from common.engine import Engine
from summarization.balance import balanced
from summarization.extractive import Candidates, Length, Measure, Ranking, choose
from summarization.lexicon import bare
from summarization.prose import hanging, whole_sentences
from summarization.request import Lengths, Request
from summarization.scorer import load_scorer
from summarization.signals import Document, standard
from summarization.vectors import centrality, unit

_WORD = re.compile(r"\S+")
BULLET = "•"
LARGEST_PART = 3  # a summary whose length is left to the model is at most one such part of its text
SHORTEST = 25  # words that it may have all the same
BY_FOCUS = 2.0  # of likeness to what a summary is to be about, added to a sentence's score
REDUNDANCY = 1.0  # standard deviations that a point loses which says all that another one says
LONGEST_BULLET = 45  # words


class ExtractiveSummarizer:
    """Takes the sentences that a trained scorer prefers or, without one, the most central ones."""

    def __init__(self, model_dir: str) -> None:
        self.engine = Engine(model_dir)
        self._scorer = load_scorer(model_dir)
        settings = self.engine.config.settings
        self._ranking = Ranking(
            position=float(settings.get("position", 0.0)),
            redundancy=float(settings.get("redundancy", 0.0)),
        )
        # Whoever trains a scorer on summaries of their own wants such as those: nothing is added.
        self._balanced = bool(settings.get("balanced", False))
        # How long the summaries were that it learned from.
        self._usual = Lengths(max_words=settings.get("max_words"))

    def embed(self, texts: list[str]) -> tuple[np.ndarray, int]:
        """(sentences, hidden) embeddings and the number of windows; long sentences in parts."""
        specials = windows.special_tokens(self.engine.tokenizer, pair=False)
        budget = self.engine.config.max_length - specials
        parts = [
            (owner, text[start:end])
            for owner, text in enumerate(texts)
            for start, end in windows.spans(self.engine.tokenizer, text, budget, 0)
        ]
        sequences = windows.encode(self.engine.tokenizer, [p for _, p in parts], [0] * len(parts))
        vectors = np.array([values[0] for values in self.engine.run(sequences)])
        sizes = np.array([len(sequence) for sequence in sequences], dtype=float)
        sums = np.zeros((len(texts), vectors.shape[1]))
        np.add.at(sums, [owner for owner, _ in parts], vectors * sizes[:, None])
        weight = np.bincount([owner for owner, _ in parts], weights=sizes, minlength=len(texts))
        return sums / weight[:, None], len(parts)

    def summarize(self, request: Request) -> dict[str, Any]:
        """The chosen sentences in the text's order, each with its place and score."""
        windows_read: list[int] = []

        def embedded(texts: list[str]) -> np.ndarray:
            vectors, count = self.embed(texts)
            windows_read.append(count)
            return vectors

        document = Document.of(request.text, embedded)
        length = self._length(request)
        whole = whole_sentences(document.texts)
        scores = self._scores(document, whole, request, length)
        spans = self._chosen(document, whole, scores, request, length)
        mark, between = (f"{BULLET} ", "\n") if request.style.bullets else ("", " ")
        found = [
            {"text": request.text[start:end], "start": start, "end": end, "score": score}
            for start, end, score in spans
        ]
        lines = (mark + " ".join(request.text[start:end].split()) for start, end, _ in spans)
        return {"summary": between.join(lines), "sentences": found, "windows": sum(windows_read)}

    def _chosen(
        self,
        document: Document,
        whole: list[int],
        scores: np.ndarray,
        request: Request,
        length: Length,
    ) -> list[tuple[int, int, float]]:
        """Places and scores from 0 to 1 of what the summary takes."""
        whole, after = hanging(document.texts, whole)
        bullets, ranking = request.style.bullets, self._ranking
        if bullets:
            alone = [index for index, on in zip(whole, after, strict=True) if on is None]
            whole = _points(document.texts, alone)
            after = []
        if bullets or request.style.focus:
            ranking = replace(ranking, redundancy=max(ranking.redundancy, REDUNDANCY))
        candidates = Candidates(
            [document.texts[index] for index in whole],
            scores[whole],
            document.embeddings[whole],
            after,
        )
        picked = [whole[index] for index in choose(candidates, length, ranking, bullets)]
        return [
            (*_within(document.text, document.spans[index], length), _chance(scores[index]))
            for index in picked
        ]

    def _scores(
        self, document: Document, whole: list[int], request: Request, length: Length
    ) -> np.ndarray:
        """What each sentence is worth, in standard deviations: (sentences,)."""
        trained = self._scorer.score(document) if self._scorer else centrality(document.embeddings)
        scores = standard(trained)
        if self._balanced:
            scores = balanced(scores, document, whole, length)
        if request.style.focus:
            subject, _ = self.embed([request.style.focus])
            alike = unit(document.embeddings) @ unit(subject)[0]
            scores = scores + BY_FOCUS * standard(alike)
        return scores

    def _length(self, request: Request) -> Length:
        """What is asked for; else what is usual, and not more than a part of the text."""
        lengths = request.lengths or self._usual
        measure, most, least = self._measure(lengths)
        if request.lengths is None:
            if request.style.bullets:
                most = max(most, request.style.bullets * LONGEST_BULLET)
            most = min(most, max(SHORTEST, measure(request.text) // LARGEST_PART))
        return Length(most, min(least, most), measure)

    def _measure(self, lengths: Lengths) -> tuple[Measure, int, int]:
        if lengths.max_words is not None or lengths.min_words is not None:
            least = lengths.min_words or 0
            most = lengths.max_words if lengths.max_words is not None else 2 * least
            return (lambda text: len(text.split())), most, least
        tokenizer = self.engine.tokenizer

        def tokens(text: str) -> int:
            return len(tokenizer.encode(text, add_special_tokens=False))

        return tokens, lengths.max_length, lengths.min_length


def _points(texts: list[str], alone: list[int]) -> list[int]:
    """Which of the sentences that stand alone are short enough for a point; all if none is."""
    short = [index for index in alone if len(texts[index].split()) <= LONGEST_BULLET]
    return short or alone or list(range(len(texts)))


def _within(text: str, span: tuple[int, int], length: Length) -> tuple[int, int]:
    """The span without the number of a list, cut behind a word where it is longer than the summary
    may be.
    """
    start, end = span
    start += bare(text[start:end])
    if length.measure(text[start:end]) <= length.most:
        return start, end
    ends = [start + word.end() for word in _WORD.finditer(text[start:end])]
    fitting = bisect_right(ends, length.most, key=lambda at: length.measure(text[start:at]))
    return start, ends[max(0, fitting - 1)]


def _chance(score: float) -> float:
    return float(1.0 / (1.0 + np.exp(-score)))
