"""The spans inside examples of any task, and small questions about them."""

from collections.abc import Iterator
from typing import NamedTuple

from backend.data.schemas import Example


class Range(NamedTuple):
    """Where a span is, in code points, and what it says of its own text ("": nothing)."""

    start: int
    end: int
    quote: str = ""


def named_spans(example: Example) -> Iterator[tuple[str, str, Range]]:
    """Every span of an example: what it is, the text that it lies in, and where."""
    for entity in example.get("entities", ()):
        yield entity["label"], example["text"], range_of(entity)
    for end in ("head", "tail"):
        if end in example:
            yield end, example["text"], range_of(example[end])
    for answer in example.get("answers", ()):
        end = answer["start"] + len(answer["text"])
        yield "answer", example["context"], Range(answer["start"], end, answer["text"])


def range_of(span: Example) -> Range:
    """The place of a span with ``start``, ``end`` and perhaps ``text``."""
    quote = span.get("text")
    return Range(span["start"], span["end"], quote if isinstance(quote, str) else "")


def inside(span: Range, text: str) -> bool:
    """Whether ``span`` lies in ``text`` and holds something."""
    return 0 <= span.start < span.end <= len(text)


def crosses_word(text: str, at: int) -> bool:
    """Whether the border ``at`` lies between two letters or digits of a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def found_again(text: str, span: Range) -> Range | None:
    """The place nearest to ``span`` where ``text`` has its quote; None where it has it nowhere."""
    if not span.quote.strip():
        return None
    places = list(_occurrences(text, span.quote))
    if not places:
        return None
    start = min(places, key=lambda at: abs(at - span.start))
    return Range(start, start + len(span.quote), span.quote)


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def quoted(words: str) -> str:
    """``words`` short enough to stand in a sentence."""
    line = " ".join(words.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
