"""Relations of a document's names that its words state, with a calibrated probability.

The encoder has learned from sentences of which most relate the pair that is asked about: in a
document, where most pairs are unrelated, it takes any place for a headquarters. So the words
between and around two names have to state a relation (see ``cues``); the encoder says which of
several it is, and how sure that is. Pairs that no words relate need no pass of it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relation_extraction.cues import known, states
from relation_extraction.directions import NONE
from relation_extraction.ends import OF_ONE, Mention, fits

STATED = (1.7, 0.25)
"""Intercept and slope of the log-odds that a relation which words state holds, on the log-odds that
the encoder gives it; a model's settings may have others."""
SURE = 0.5
"""Relations of a lower probability are not answered."""
# Whoever leads an organisation works for it: the encoder's doubt between the two is none.
_WORK = frozenset({"per:employee_of", "org:top_members/employees"})
_LEAST = 1e-3
_ARTICLE = re.compile(r"^(?:the|an?) +|['’]s?$", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A label that fits the types of a pair, the pair as its head and tail, and whether words
    state it (None where no words for it are known).
    """

    label: str
    head: Mention
    tail: Mention
    stated: bool | None

    @property
    def name(self) -> str:
        """The relation without its direction."""
        return self.label.partition("(")[0]


@dataclass(frozen=True)
class Fact:
    """A relation of ``head`` to ``tail``, the probability that it holds, and its evidence."""

    label: str
    head: Mention
    tail: Mention
    score: float
    sentence: tuple[int, int]

    @property
    def name(self) -> str:
        """The relation without its direction."""
        return self.label.partition("(")[0]


def candidates(
    text: str,
    sentence: tuple[int, int],
    pair: tuple[Mention, Mention],
    mentions: Sequence[Mention],
    labels: Sequence[str],
) -> list[Candidate]:
    """The labels, but the one for nothing, that fit ``pair``, which stands in the text's order;
    none at all where words state none of them. ``mentions`` are those of the sentence.
    """
    start, end = sentence
    inside = [_moved(mention, -start) for mention in mentions]
    found = []
    for label in labels:
        head, tail = reversed(pair) if label.endswith("(e2,e1)") else pair
        name = label.partition("(")[0]
        if label in NONE or not fits(name, head.label, tail.label):
            continue
        ends = (_moved(head, -start), _moved(tail, -start))
        stated = states(name, text[start:end], ends, inside) if known(name) else None
        found.append(Candidate(label, head, tail, stated))
    return found if any(one.stated is not False for one in found) else []


def best(
    found: Sequence[Candidate],
    scores: Mapping[str, float],
    sentence: tuple[int, int],
    stated: tuple[float, float] = STATED,
) -> Fact | None:
    """The likeliest of what words state, None where it is not sure enough.

    ``scores`` are the encoder's probabilities of all labels: what does not fit counts for nothing.
    """
    nothing = sum(score for label, score in scores.items() if label in NONE)
    total = nothing + sum(scores[one.label] for one in found)
    work = sum(scores[one.label] for one in found if one.name in _WORK)
    possible = [one for one in found if one.stated is not False]
    if not possible or not total:
        return None
    one = max(possible, key=lambda candidate: scores[candidate.label])
    share = (work if one.name in _WORK else scores[one.label]) / total
    sure = calibrated(share, *stated) if one.stated else share
    return Fact(one.label, one.head, one.tail, sure, sentence) if sure >= SURE else None


def calibrated(share: float, intercept: float, slope: float) -> float:
    """The probability for the encoder's ``share`` (0 to 1) of all labels that fit."""
    share = min(max(share, _LEAST), 1 - _LEAST)
    return 1 / (1 + math.exp(-intercept - slope * math.log(share / (1 - share))))


def _moved(mention: Mention, by: int) -> Mention:
    return Mention(mention.start + by, mention.end + by, mention.label)


def once(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """Each fact once, in the text's order, with its clearest evidence: the surest, and of equally
    sure ones the shortest sentence.

    Two names relate in one way; a post, a place and a date say something of the one name that they
    fit best.
    """
    kept: list[Fact] = []
    names: set[frozenset[str]] = set()
    used: set[tuple[int, int]] = set()
    for fact in sorted(facts, key=_clarity):
        ends = frozenset(_plain(text[end.start : end.end]) for end in (fact.head, fact.tail))
        tail = (fact.tail.start, fact.tail.end)
        of_one = fact.name in OF_ONE
        if len(ends) < 2 or ends in names or (of_one and tail in used):
            continue
        kept.append(fact)
        names.add(ends)
        if of_one:
            used.add(tail)
    return sorted(kept, key=lambda fact: (fact.sentence, fact.head.start, fact.tail.start))


def _clarity(fact: Fact) -> tuple[float, int]:
    return -round(fact.score, 2), fact.sentence[1] - fact.sentence[0]


def _plain(name: str) -> str:
    return _ARTICLE.sub("", " ".join(name.split())).casefold()
