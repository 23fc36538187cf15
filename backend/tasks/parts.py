"""Long documents in parts, so that no request takes longer than SageMaker lets one take (60
seconds), progress can be seen and the work stopped without losing what was found.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from backend.tasks.base import Part, Span

Req = TypeVar("Req")

_BREAKS: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]\s"),
    re.compile(r"\s"),
)


def split(text: str, size: int) -> list[tuple[int, int]]:
    """``text`` in stretches of at most ``size`` characters, cut where a paragraph ends, else a
    line, a sentence, a word.

    >>> split("One two.\\n\\nThree four.", 12)
    [(0, 10), (10, 21)]
    """
    stretches, start = [], 0
    while len(text) - start > size:
        end = _last_break(text, start, start + size)
        stretches.append((start, end))
        start = end
    return [*stretches, (start, len(text))]


def _last_break(text: str, start: int, end: int) -> int:
    """The best place to cut before ``end``, in the second half of the stretch where possible."""
    half = start + (end - start) // 2
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(text, half, end)]
        if places:
            return places[-1]
    return end


def stretches(request: Req, *, size: int, field: str = "text") -> list[Part[Req]]:
    """``request`` once for each stretch of its ``field`` that is more than blanks; itself where
    that is short enough, or all blank (then it is the codec that says so).
    """
    text: str = getattr(request, field)
    if len(text) <= size or not text.strip():
        return [Part(0, request)]
    return [
        Part(start, replace(request, **{field: text[start:end]}))  # type: ignore[type-var]
        for start, end in split(text, size)
        if text[start:end].strip()
    ]


def shifted(span: Span, by: int) -> Span:
    """``span`` of a part as a span of the document."""
    return replace(span, start=span.start + by, end=span.end + by)


def total(counts: Sequence[int | None]) -> int | None:
    """The sum of ``counts``, None where one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
