"""Which mentions of a document are asked about, and which answers are told. No torch here."""

from itertools import combinations
from typing import Any

from common.sentences import sentences
from relation_extraction.ends import OF_ONE, Mention, listed, relatable
from relation_extraction.markers import Pair

CLOSE = 60
"""Characters between two nouns that are worth a look: 97 % of the relations of SemEval-2010 Task 8
are no longer, and the pairs within a sentence grow with its square."""
# A sentence with more entities than this is a list or a row of a table: of its entities only
# neighbours are paired, since all pairs of a hundred would be five thousand.
MOST_ENTITIES = 20
NEIGHBOURS = 3


def by_sentence(text: str, mentions: list[Mention]) -> list[tuple[int, int, list[Mention]]]:
    """(start, end, mentions) of each sentence with at least two."""
    ordered = sorted(mentions, key=lambda mention: (mention.start, mention.end))
    result: list[tuple[int, int, list[Mention]]] = []
    at = 0
    for start, end in sentences(text):
        while at < len(ordered) and ordered[at].start < start:
            at += 1
        first = at
        while at < len(ordered) and ordered[at].start < end:
            at += 1
        inside = [mention for mention in ordered[first:at] if mention.end <= end]
        if len(inside) > 1:
            result.append((start, end, inside))
    return result


def pairs_of(mentions: list[Mention], *, close: bool) -> list[tuple[Mention, Mention]]:
    """Pairs of separate mentions; of a long list only neighbours, and with ``close`` only such as
    stand near each other.
    """
    reach = len(mentions) if len(mentions) <= MOST_ENTITIES else NEIGHBOURS
    return [
        (one, two)
        for (i, one), (j, two) in combinations(enumerate(mentions), 2)
        if j - i <= reach and one.end <= two.start and (not close or two.start - one.end <= CLOSE)
    ]


def may_relate(text: str, pair: tuple[Mention, Mention], mentions: list[Mention]) -> bool:
    """Whether types allow a relation between two that are not just items of one list."""
    return relatable(pair[0].label, pair[1].label) and not listed(text, *pair, mentions)


def inside_sentence(pair: tuple[Mention, Mention], start: int) -> Pair:
    """The pair's spans relative to the sentence's start."""
    spans = [(mention.start - start, mention.end - start) for mention in pair]
    return Pair(spans[0], spans[1])


def once(relations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each fact once, in the text's order: the surest are taken first, where distance halves what a
    probability is worth every hundred characters.

    Of two that say of the same two names what is one thing seen from both sides, the better stays;
    a post, a place and a date say something of the one name that they fit best.
    """
    kept: list[dict[str, Any]] = []
    names: set[frozenset[str]] = set()
    used: set[tuple[int, int]] = set()
    for relation in sorted(relations, key=_worth, reverse=True):
        ends = frozenset(relation[end]["text"].casefold() for end in ("head", "tail"))
        tail = (relation["tail"]["start"], relation["tail"]["end"])
        of_one = relation["relation"] in OF_ONE
        if len(ends) < 2 or ends in names or (of_one and tail in used):
            continue
        kept.append(relation)
        names.add(ends)
        if of_one:
            used.add(tail)
    return sorted(kept, key=lambda one: sorted((one["head"]["start"], one["tail"]["start"])))


def _worth(relation: dict[str, Any]) -> float:
    first, second = sorted((relation["head"], relation["tail"]), key=lambda end: int(end["start"]))
    gap = max(0, int(second["start"]) - int(first["end"]))
    return float(relation["score"] * 0.5 ** (gap / 100))
