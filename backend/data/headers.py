"""Whether the first row of a table names its columns, in whatever language."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_KNOWN: Final = re.compile(
    r"text|sentence1?|review|content|document|body|comment|utterance|message|article|source|post"
    r"|labels?|class|category|sentiment|target|intent|summary|highlights|abstract|headline|tldr"
    r"|question|context|passage|paragraph|answers?|(answer_)?(start|end)|title|id|idx|index|split"
    r"|tokens|words?|(ner_)?tags?|entities|head|tail|relation|sequence|group|doc(ument)?_id"
    r"|topic|description|subject|v1|v2"
)
"""What the first row of a table says where it names columns in English."""

_LONGEST_NAME: Final = 60
_LOOKED_AT: Final = 1_000
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
_SENTENCE: Final = re.compile(r"[.!?]$|[.!?] ")


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether ``rows[0]`` names the columns of the rows below it.

    Names are short, unlike one another and unlike what stands below them: a class that comes again
    and again, a number, a text of some length.
    """
    first = [cell.strip().strip("\ufeff") for cell in rows[0]]
    given = [cell for cell in first if cell]
    if not given or len(given) < len(first) / 3 or len(set(given)) == 1 < len(given):
        return False
    if any(
        len(cell) > _LONGEST_NAME or _NUMBER.fullmatch(cell) or _SENTENCE.search(cell)
        for cell in given
    ):
        return False
    below = [row for row in rows[1 : _LOOKED_AT + 1] if row != rows[0]]
    votes = [_vote(cell, [row[at].strip() for row in below]) for at, cell in enumerate(first)]
    names = [re.sub(r"\W+", "_", cell.casefold()).strip("_") for cell in given]
    known = any(_KNOWN.fullmatch(name) for name in names)
    known = known and len(set(given)) == len(given)
    return bool(below) and min(votes) >= 0 and (known or max(votes) > 0)


def _vote(name: str, below: Sequence[str]) -> int:
    """1 where ``name`` differs in kind from what stands below it, -1 where it is one of these, 0
    where neither can be told.
    """
    values = [value for value in below if value]
    if not name or not values:
        return 0
    counts = Counter(values)
    classes = len(values) >= 4 and len(counts) <= len(values) / 2
    if name in counts:
        return -1 if classes or len(values) < 20 else 0
    if all(_NUMBER.fullmatch(value) for value in values):
        return 1
    if classes and min(counts.values()) > 1:
        return 1
    mean = sum(map(len, values)) / len(values)
    return int(mean > 3 * len(name) and mean > 40)
