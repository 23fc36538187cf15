"""Named entities: the original solution's fine-tuned tagger reads words and answers their pieces.

Its request is a list of sentences, each a list of words; its answer has, for each sentence, one
label and one row of logits per word piece, and the number of the word that a piece is of.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from backend.tasks.base import (
    JSON,
    Part,
    Payload,
    Span,
    parse_object,
    require_text,
    take,
    unexpected,
)
from backend.tasks.dialects.base import OURS, Dialect, has
from backend.tasks.named_entities import (
    NAMED_ENTITIES,
    NamedEntitiesRequest,
    NamedEntitiesResult,
)

MOST_SENTENCES: Final = 10
"""Sentences in one request, as the original sends them."""
MOST_WORDS: Final = 120
"""Words in one sentence: about what a model of 512 pieces reads of unusual words."""
_FEWEST_WORDS: Final = 4
_WORD: Final = re.compile(r"\w+(?:[.\-'’&]\w+)*|[^\w\s]")
_ENDS: Final = frozenset(".!?…")
_PROBE: Final = NamedEntitiesRequest("Maria Lopez works for Acme in Paris.")


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def sentences(text: str) -> list[list[_Word]]:
    """The words of ``text`` with their places, in sentences of at most ``MOST_WORDS``."""
    found: list[list[_Word]] = []
    current: list[_Word] = []
    for match in _WORD.finditer(text):
        word = _Word(match.group(), match.start(), match.end())
        if current and (len(current) == MOST_WORDS or _ended(current, text, word.start)):
            found.append(current)
            current = []
        current.append(word)
    return [*found, current] if current else found


def _ended(words: Sequence[_Word], text: str, following: int) -> bool:
    """Whether a sentence ends before the word at ``following``."""
    gap = text[words[-1].end : following]
    stopped = words[-1].text in _ENDS and bool(gap) and len(words) >= _FEWEST_WORDS
    return stopped or "\n\n" in gap


def encode_words(request: NamedEntitiesRequest) -> Payload:
    """``[[word, …], …]``; raises ``InputError`` for a text without words."""
    require_text(request.text)
    lists = [[word.text for word in sentence] for sentence in sentences(request.text)]
    body = json.dumps(lists, ensure_ascii=False).encode()
    return Payload(body, "application/list-text", JSON)


def decode_words(body: bytes, request: NamedEntitiesRequest) -> NamedEntitiesResult:
    """The entities of the IOB2 labels in ``body``; what is called probabilities there are logits.

    Raises ``ModelError`` where labels, logits and words do not belong together.
    """
    answer = parse_object(body)
    labels, pieces = take(answer, "predict_label", list), take(answer, "word_id", list)
    logits = take(answer, "predict_probabilites", list, [None] * len(labels))
    asked = sentences(request.text)
    if not len(labels) == len(pieces) == len(logits) == len(asked):
        raise unexpected("one list of labels for each sentence")
    spans: list[Span] = []
    for words, tags, numbers, rows in zip(asked, labels, pieces, logits, strict=True):
        spans += _entities(request.text, _tagged(words, tags, numbers, rows))
    return NamedEntitiesResult(tuple(spans), ())


def _tagged(
    words: Sequence[_Word], tags: Any, numbers: Any, rows: Any
) -> list[tuple[_Word, str, float | None]]:
    """Each word with the label and probability of its first piece."""
    rows = [None] * len(tags) if rows is None else rows
    if not len(tags) == len(numbers) == len(rows):
        raise unexpected("one label for each word piece")
    first: dict[int, tuple[str, float | None]] = {}
    for tag, number, row in zip(tags, numbers, rows, strict=True):
        if isinstance(number, int) and 0 <= number < len(words):
            first.setdefault(number, (str(tag), _probability(row)))
    return [(words[number], *said) for number, said in sorted(first.items())]


def _probability(row: Any) -> float | None:
    """The largest share of the softmax of ``row``."""
    if not isinstance(row, list) or not all(isinstance(value, (int, float)) for value in row):
        return None
    largest = max(row, default=0.0)
    return 1.0 / sum(math.exp(value - largest) for value in row) if row else None


def _entities(text: str, tagged: Sequence[tuple[_Word, str, float | None]]) -> list[Span]:
    """Runs of B- and I- of one type; a run's score is that of its least sure word."""
    spans: list[Span] = []
    running = False
    for word, tag, score in tagged:
        kind = tag[2:] if tag[:2] in {"B-", "I-"} else ""
        if kind and running and tag[0] == "I" and spans[-1].label == kind:
            scores = [s for s in (spans[-1].score, score) if s is not None]
            start = spans[-1].start
            spans[-1] = Span(
                start, word.end, text[start : word.end], kind, min(scores, default=None)
            )
        elif kind:
            spans.append(Span(word.start, word.end, text[word.start : word.end], kind, score))
        running = bool(kind)
    return spans


def parts(request: NamedEntitiesRequest) -> Sequence[Part[NamedEntitiesRequest]]:
    """A document in stretches of at most ``MOST_SENTENCES`` sentences."""
    found = sentences(request.text)
    if len(found) <= MOST_SENTENCES:
        return [Part(0, request)]
    groups = [found[at : at + MOST_SENTENCES] for at in range(0, len(found), MOST_SENTENCES)]
    return [
        Part(group[0][0].start, NamedEntitiesRequest(_text_of(request.text, group)))
        for group in groups
    ]


def _text_of(text: str, group: Sequence[Sequence[_Word]]) -> str:
    return text[group[0][0].start : group[-1][-1].end]


DIALECTS: Final = (
    Dialect(OURS, "a model of this project or spaCy's", NAMED_ENTITIES, _PROBE, has("entities")),
    Dialect(
        "solution-words",
        "a fine-tuned tagger of the original solution",
        replace(NAMED_ENTITIES, encode=encode_words, decode=decode_words, parts=parts),
        _PROBE,
        has("predict_label"),
    ),
)
