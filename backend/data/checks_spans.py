"""Checks of offsets: they must point at what they say, and taggers must be able to learn them."""

from collections.abc import Iterable, Iterator
from typing import Final

from backend.data.findings import Data, Finding
from backend.data.schemas import Example
from backend.data.spans import Range, crosses_word, inside, named_spans, quoted


def offsets(data: Data) -> Iterable[Finding]:
    """Spans outside their text, empty, or not saying what they quote."""
    return data.finding(
        "offsets",
        "error",
        "Offsets that do not match their text",
        "A model would learn the wrong words. Repairing looks for the quoted words near the place; "
        "what is not found there is dropped.",
        [(s, r, why) for s, r, e in data.rows() if (why := _wrong_offset(e))],
        "repair_offsets",
        "drop_bad_offsets",
    )


def _wrong_offset(example: Example) -> str:
    for name, text, span in named_spans(example):
        if not inside(span, text):
            return f"{name}: {span.start} to {span.end} is not in the text ({len(text)} characters)"
        wanted = span.quote
        if wanted and text[span.start : span.end] != wanted:
            return f"{name}: “{quoted(wanted)}” is “{quoted(text[span.start : span.end])}” there"
    return ""


def tags(data: Data) -> Iterable[Finding]:
    """Entities that no sequence of tags can say: they overlap, or begin or end inside a word."""
    if data.schema.task != "named_entities":
        return ()
    return data.finding(
        "tags",
        "error",
        "Broken tag sequences",
        "Each word can have one tag: entities may not overlap, and begin and end with a word. "
        "Repairing keeps the longest of those that overlap and takes in whole words.",
        [(s, r, why) for s, r, e in data.rows() if (why := _broken_tags(e))],
        "repair_tags",
        "drop_broken_tags",
    )


def _broken_tags(example: Example) -> str:
    text = example["text"]
    before: Range | None = None
    for _, _, span in sorted(named_spans(example), key=lambda item: (item[2].start, item[2].end)):
        if not inside(span, text):
            return ""  # said already
        words = quoted(text[span.start : span.end])
        if before and span.start < before.end:
            return f"“{words}” overlaps “{quoted(text[before.start : before.end])}”"
        if text[span.start : span.end].strip() != text[span.start : span.end]:
            return f"“{words}” has a blank at its edge"
        if crosses_word(text, span.start) or crosses_word(text, span.end):
            return f"“{words}” is cut out of a word"
        before = span
    return ""


def pairs(data: Data) -> Iterable[Finding]:
    """Heads and tails that overlap: a pair must be two things."""
    if data.schema.task != "relation_extraction":
        return ()
    return data.finding(
        "pairs",
        "error",
        "Head and tail overlap",
        "A relation holds between two things: mark two spans that share no character.",
        list(_overlapping_pairs(data)),
        "drop_bad_pairs",
    )


def _overlapping_pairs(data: Data) -> Iterator[tuple[str, int, str]]:
    for split, row, example in data.rows():
        head, tail = example["head"], example["tail"]
        if head["start"] < tail["end"] and tail["start"] < head["end"]:
            yield split, row, f"{head['start']}–{head['end']} and {tail['start']}–{tail['end']}"


SPAN_CHECKS: Final = (offsets, tags, pairs)
