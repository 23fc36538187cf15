"""Serving summaries: extractive by sentence embeddings, or abstractive by a seq2seq model."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from common import payload, weights, windows
from common.engine import Engine
from common.model_card import CONFIG_NAME
from common.sentences import sentences
from summarization.extractive import Length, Ranking, centrality, choose
from summarization.scorer import Scorer

MAX_LENGTH, MIN_LENGTH = 130, 30  # tokens, the original solution's defaults
LONGEST = 10_000_000
FEWEST_WORDS = 4
LEAST_PROSE = 0.25  # of a text's words: with less, it is a list or a chat, where lines say it all
LEAST_LETTERS = 0.7  # of what is not blank: with less, it is a row of a table or a reference
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_BEGINNING = re.compile(r"[\"'“‘„«(¿¡]*[^\W_a-z]")
_NO_PROSE = re.compile(r"://|\bwww\.|\s\|\s|<\w")


@dataclass(frozen=True)
class Lengths:
    """Limits in tokens and, where ``max_words`` or ``min_words`` is given, in words instead."""

    max_length: int = MAX_LENGTH
    min_length: int = MIN_LENGTH
    max_words: int | None = None
    min_words: int | None = None


@dataclass(frozen=True)
class Request:
    """A text and how to summarise it; ``lengths`` are None where they are left to the model, and
    ``options`` are for sampling, which only seq2seq does.
    """

    text: str
    lengths: Lengths | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def limits(self) -> Lengths:
        """The lengths, or the original solution's."""
        return self.lengths or Lengths()


class Summarizer(Protocol):
    """Makes a summary; see :func:`predict_fn` for its parts."""

    def summarize(self, request: Request) -> dict[str, Any]: ...


def whole_sentences(texts: list[str]) -> list[int]:
    """Which of the texts can stand in a summary.

    Headings, points of lists, rows of tables and addresses cannot. Where there is next to nothing
    else, each text of a few words can, and where there is none, all of them.
    """
    counts = [len(_WORD.findall(text)) for text in texts]
    worded = [i for i, count in enumerate(counts) if count >= FEWEST_WORDS]
    prose = [i for i in worded if _is_prose(texts[i])]
    enough = LEAST_PROSE * sum(counts[i] for i in worded)
    return (prose if sum(counts[i] for i in prose) >= enough else worded) or list(range(len(texts)))


def _is_prose(text: str) -> bool:
    """Whether the text begins, reads and ends as a sentence does."""
    solid = "".join(text.split())
    letters = sum(len(word) for word in _WORD.findall(text))
    return bool(
        _BEGINNING.match(text)
        and _END.search(text)
        and not _NO_PROSE.search(text)
        and letters >= LEAST_LETTERS * len(solid)
    )


class ExtractiveSummarizer:
    """Takes the most central sentences, or those that a trained scorer prefers."""

    def __init__(self, model_dir: str) -> None:
        self.engine = Engine(model_dir)
        self._scorer = Scorer.load(model_dir)
        settings = self.engine.config.settings
        self._ranking = Ranking(
            position=float(settings.get("position", 0.0)),
            redundancy=float(settings.get("redundancy", 0.0)),
        )
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
        text = request.text
        spans = sentences(text)
        texts = [text[start:end] for start, end in spans]
        embeddings, count = self.embed(texts)
        scores = self._scorer.score(embeddings) if self._scorer else centrality(embeddings)
        whole = whole_sentences(texts)
        picked = choose(
            [texts[index] for index in whole],
            scores[whole],
            embeddings[whole],
            self._length(request.lengths or self._usual),
            self._ranking,
        )
        chosen = [whole[index] for index in picked]
        summary = " ".join(" ".join(texts[index].split()) for index in chosen)
        return {
            "summary": summary,
            "sentences": [
                {
                    "text": texts[index],
                    "start": spans[index][0],
                    "end": spans[index][1],
                    "score": float(scores[index]),
                }
                for index in chosen
            ],
            "windows": count,
        }

    def _length(self, lengths: Lengths) -> Length:
        if lengths.max_words is not None or lengths.min_words is not None:
            least = lengths.min_words or 0
            most = lengths.max_words if lengths.max_words is not None else 2 * least
            return Length(most, least, lambda text: len(text.split()))
        tokenizer = self.engine.tokenizer
        return Length(
            lengths.max_length,
            lengths.min_length,
            lambda text: len(tokenizer.encode(text, add_special_tokens=False)),
        )


def model_fn(model_dir: str) -> Summarizer:
    """The extractive model of a fine-tuned folder, else the seq2seq model in it."""
    if Path(model_dir, CONFIG_NAME).exists():
        return ExtractiveSummarizer(model_dir)
    from summarization.abstractive import AbstractiveSummarizer

    return AbstractiveSummarizer(model_dir, weights.referenced(model_dir))


@payload.one_or_lines
def input_fn(body: bytes | str, content_type: str) -> Request:
    """``{"text", "parameters": {max_length, min_length, max_words, min_words, …}}``."""
    request = payload.parse_object(body, content_type)
    values = payload.parameters(request)
    return Request(payload.required_text(request, "text"), _lengths(values), values)


def _lengths(values: dict[str, Any]) -> Lengths | None:
    given = {
        key: payload.whole_number(values, key, None, lowest=low, highest=LONGEST)
        for key, low in (("max_length", 1), ("min_length", 0), ("max_words", 1), ("min_words", 0))
    }
    for unit in ("length", "words"):
        most, least = given[f"max_{unit}"], given[f"min_{unit}"]
        if most is not None and least is not None and least > most:
            raise payload.BadRequestError(
                f"'min_{unit}' = {least} is more than 'max_{unit}' = {most}."
            )
    if all(value is None for value in given.values()):
        return None
    most = given["max_length"] or max(MAX_LENGTH, given["min_length"] or 0)
    least = given["min_length"] if given["min_length"] is not None else min(MIN_LENGTH, most)
    return Lengths(most, least, given["max_words"], given["min_words"])


@payload.one_or_many
def predict_fn(requests: list[Request], model: Summarizer) -> list[dict[str, Any]]:
    """``summary``, its ``sentences``, and the lengths of source and summary in words."""
    return [_summary(request, model) for request in requests]


def _summary(request: Request, model: Summarizer) -> dict[str, Any]:
    result = model.summarize(request)
    return {
        **result,
        "words": len(result["summary"].split()),
        "source_words": len(request.text.split()),
    }


def output_fn(prediction: dict[str, Any], accept: str) -> str:  # noqa: ARG001
    """JSON, whatever is asked for: the only form there is."""
    return payload.answer(prediction)
