"""The sentences of a document as screens show them: split as the models' own code splits them."""

from collections.abc import Callable
from importlib import import_module
from typing import Final

from backend.tasks.base import Span

# Imported by name: what is shipped alone calls this module ``common.sentences``, and one file
# cannot be two modules to a type checker.
_spans: Final[Callable[[str], list[tuple[int, int]]]] = import_module(
    "model_code.common.sentences"
).sentences

LONGEST: Final = 400
"""Characters of a sentence that are shown: a line without a stop may go on for pages."""


def sentence_around(text: str, start: int, end: int) -> Span:
    """The sentence, list item or row of a table of ``text`` that holds ``start`` to ``end``.

    >>> sentence_around("It rained. Dr. May paid $5. We left.", 15, 18).text
    'Dr. May paid $5.'
    """
    first, last = max(0, start - LONGEST), min(len(text), end + LONGEST)
    near = text[first:last]
    spans = [(first + left, first + right) for left, right in _spans(near)]
    held = [span for span in spans if span[0] < max(end, start + 1) and span[1] > start]
    left = min([start, *(span[0] for span in held)])
    right = max([end, *(span[1] for span in held)])
    return Span(left, right, text[left:right])


def sentences_of(text: str) -> tuple[Span, ...]:
    """All sentences, list items and rows of ``text`` in its order, of any length.

    >>> [one.text for one in sentences_of("It rained. Dr. May paid $5.")]
    ['It rained.', 'Dr. May paid $5.']
    """
    return tuple(Span(left, right, text[left:right]) for left, right in _spans(text))
