"""Whether the words between and around two names state a business relation.

The pair is looked at with its sentence masked: the head is ``<H>``, the tail ``<T>``, and the other
mentions are their kind, so that "Ann Lee (chair), Bob May, clerk of Acme" reads
``<PER> (<TOP>), <H>, <POST> of <T>``.
"""

import re
from collections.abc import Sequence

from relation_extraction.ends import TITLE, Mention
from relation_extraction.wording import PARTS, PATTERNS, REFUTED

_MASKS = {
    "PERSON": "<PER>",
    "GPE": "<LOC>",
    "LOC": "<LOC>",
    "FAC": "<LOC>",
    "NORP": "<NORP>",
    "DATE": "<DATE>",
}
_TOP = re.compile(
    r"\b(?:(?<!vice )(?<!vice-)president|chair|chief|head of|leader|commander|c[eo]o|cfo|prime"
    r"|minister|governor|secretary[ -]general|secretary of state|founder|mayor|general manager"
    r"|(?:managing|general|executive) director|managing partner|director[ -]general|principal|dean"
    r"|chancellor|king|queen)|^director$",
    re.IGNORECASE,
)
"""Posts of people who lead."""
_BELOW = re.compile(r"\b(?:vice|deputy|assistant|associate|under)\b", re.IGNORECASE)
_MARGIN = 120
"""Characters before the first and behind the second name that can tell something."""
_EITHER_WAY = frozenset({"org:alternate_names", "per:alternate_names", "per:spouse"})
_TAIL_FIRST = frozenset({"org:top_members/employees"})
"""Relations whose patterns call the tail, a person, ``<H>``."""


def _expanded(pattern: str) -> str:
    """``pattern`` with what its ``@names`` stand for."""
    for name in sorted(PARTS, key=len, reverse=True):
        if f"@{name}" in pattern:
            return _expanded(pattern.replace(f"@{name}", PARTS[name]))
    return pattern


_COMPILED = {
    name: re.compile("|".join(f"(?:{_expanded(line)})" for line in lines.split("\n") if line))
    for name, lines in PATTERNS.items()
}
_REFUTED = {name: re.compile(_expanded(pattern)) for name, pattern in REFUTED.items()}


def known(name: str) -> bool:
    """Whether there are patterns for the relation ``name``."""
    return name in _COMPILED


def states(name: str, text: str, pair: tuple[Mention, Mention], others: Sequence[Mention]) -> bool:
    """Whether the words of the sentence ``text`` say that ``pair``, head and tail, is related by
    ``name``; ``others`` are all its mentions.
    """
    head, tail = reversed(pair) if name in _TAIL_FIRST else pair
    if name in _EITHER_WAY and (_abbreviated(text, head, tail) or _abbreviated(text, tail, head)):
        return True
    orders = [(head, tail), (tail, head)] if name in _EITHER_WAY else [(head, tail)]
    return any(_says(name, masked(text, *order, others)) for order in orders)


def _says(name: str, sentence: str) -> bool:
    refuted = _REFUTED.get(name)
    return bool(_COMPILED[name].search(sentence)) and not (refuted and refuted.search(sentence))


def _abbreviated(text: str, full: Mention, short: Mention) -> bool:
    """Whether "Full Name (FN)" stands in ``text``, or "FN (Full Name)": letters of the short name
    begin words of the full one, in their order.
    """
    first, second = sorted((full, short), key=lambda mention: mention.start)
    letters = re.sub(r"[^A-Za-z]", "", text[short.start : short.end]).casefold()
    between = text[first.end : second.start].strip(" \n\"“”'’")
    if between != "(" or not 2 <= len(letters) < full.end - full.start:
        return False
    words = iter(re.findall(r"\b[^\W\d_]", text[full.start : full.end].casefold()))
    return " " in text[full.start : full.end] and all(letter in words for letter in letters)


def masked(text: str, head: Mention, tail: Mention, others: Sequence[Mention]) -> str:
    """The surroundings of the two with marks in place of the mentions, in single blanks."""
    first, last = sorted((head, tail), key=lambda mention: mention.start)
    start, end = max(0, first.start - _MARGIN), min(len(text), last.end + _MARGIN)
    parts, at = [], start
    for one in sorted({head, tail, *others}, key=lambda mention: (mention.start, -mention.end)):
        if start <= at <= one.start and one.end <= end:
            mark = "<H>" if one == head else "<T>" if one == tail else _mask(text, one)
            parts += [text[at : one.start], mark]
            at = one.end
    return re.sub(r"\s+", " ", "".join([*parts, text[at:end]]))


def _mask(text: str, mention: Mention) -> str:
    if mention.label != TITLE:
        return _MASKS.get(mention.label, "<ORG>")
    post = text[mention.start : mention.end]
    return "<TOP>" if _TOP.search(post) and not _BELOW.search(post) else "<POST>"
