"""All relations of a document: the pairs of its mentions within a sentence."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from common.sentences import sentences
from common.together import Steps
from relation_extraction.business import STATED, Candidate, Fact, best, candidates, once
from relation_extraction.directions import NONE
from relation_extraction.ends import Mention, listed, relatable
from relation_extraction.markers import Pair
from relation_extraction.model import RelationModel

CLOSE = 60
"""Characters between two nouns that are worth a look: 97 % of the relations of SemEval-2010 Task 8
are no longer, and the pairs within a sentence grow with its square."""
# A sentence with more entities than this is a list or a row of a table: of its entities only
# neighbours are paired, since all pairs of a hundred would be five thousand.
MOST_ENTITIES = 20
NEIGHBOURS = 3

Place = tuple[int, int]
Mentions = tuple[Mention, Mention]


def relations(
    text: str, entities: list[Mention] | None, model: RelationModel
) -> Steps[dict[str, Any]]:
    """``{"relations", "pairs"}``: what the sentences of ``text`` say of ``entities``, or of the
    mentions that the model's finder finds, in the text's order.
    """
    mentions = _typed(text, entities, model) if entities else entities
    mentions = model.finder.mentions(text) if mentions is None else mentions
    inside = by_sentence(text, mentions)
    if model.business:
        count, facts = yield from _stated(text, inside, model)
    else:
        count, facts = yield from _all(text, inside, model, close=entities is None)
    return {"relations": [_relation(text, fact) for fact in facts], "pairs": count}


def _typed(text: str, entities: list[Mention], model: RelationModel) -> list[Mention]:
    """``entities`` whose types matter and are not given, with those of the model's own mentions
    that they overlap; such as overlap none are left out.
    """
    if not model.business or all(entity.label for entity in entities):
        return entities
    found = model.finder.mentions(text)
    labels = (
        entity.label
        or next((m.label for m in found if m.start < entity.end and entity.start < m.end), "")
        for entity in entities
    )
    typed = (replace(e, label=label) for e, label in zip(entities, labels, strict=True))
    return [entity for entity in typed if entity.label]


def _stated(
    text: str, inside: Sequence[tuple[Place, list[Mention]]], model: RelationModel
) -> Steps[tuple[int, list[Fact]]]:
    """How many pairs have fitting types, and the facts that words state."""
    labels = model.engine.config.labels
    count = 0
    asked: list[tuple[Place, Mentions, list[Candidate]]] = []
    for sentence, mentions in inside:
        for pair in _pairs(mentions):
            if relatable(pair[0].label, pair[1].label) and not listed(text, *pair, mentions):
                count += 1
                found = candidates(text, sentence, pair, mentions, labels)
                asked += [(sentence, pair, found)] if found else []
    values = yield from model.of_sentences(text, [(at, _spans(pair)) for at, pair, _ in asked])
    setting = model.engine.config.settings.get("stated", STATED)
    facts = [
        best(found, dict(zip(labels, scores.tolist(), strict=True)), at, tuple(setting))
        for (at, _, found), scores in zip(asked, values, strict=True)
    ]
    return count, once(text, [fact for fact in facts if fact])


def _all(
    text: str,
    inside: Sequence[tuple[Place, list[Mention]]],
    model: RelationModel,
    *,
    close: bool,
) -> Steps[tuple[int, list[Fact]]]:
    """How many pairs there are, and those that are related, in the text's order."""
    labels = model.engine.config.labels
    asked = [(at, pair) for at, mentions in inside for pair in _pairs(mentions, close=close)]
    values = yield from model.of_sentences(text, [(at, _spans(pair)) for at, pair in asked])
    facts = []
    for (sentence, pair), scores in zip(asked, values, strict=True):
        number = int(scores.argmax())
        head, tail = reversed(pair) if labels[number].endswith("(e2,e1)") else pair
        if labels[number] not in NONE:
            facts.append(Fact(labels[number], head, tail, float(scores[number]), sentence))
    return len(asked), facts


def by_sentence(text: str, mentions: list[Mention]) -> list[tuple[Place, list[Mention]]]:
    """The place and the mentions of each sentence that has at least two."""
    ordered = sorted(mentions, key=lambda mention: (mention.start, mention.end))
    result: list[tuple[Place, list[Mention]]] = []
    at = 0
    for start, end in sentences(text):
        while at < len(ordered) and ordered[at].start < start:
            at += 1
        first = at
        while at < len(ordered) and ordered[at].start < end:
            at += 1
        inside = [mention for mention in ordered[first:at] if mention.end <= end]
        if len(inside) > 1:
            result.append(((start, end), inside))
    return result


def _pairs(mentions: list[Mention], *, close: bool = False) -> list[Mentions]:
    """Pairs of separate mentions; of a long list only neighbours, and with ``close`` only such as
    stand near each other.
    """
    reach = len(mentions) if len(mentions) <= MOST_ENTITIES else NEIGHBOURS
    return [
        (one, two)
        for (i, one), (j, two) in combinations(enumerate(mentions), 2)
        if j - i <= reach and one.end <= two.start and (not close or two.start - one.end <= CLOSE)
    ]


def _spans(pair: Mentions) -> Pair:
    return Pair((pair[0].start, pair[0].end), (pair[1].start, pair[1].end))


def _relation(text: str, fact: Fact) -> dict[str, Any]:
    return {
        "head": _span(text, fact.head.start, fact.head.end),
        "tail": _span(text, fact.tail.start, fact.tail.end),
        "relation": fact.name,
        "label": fact.label,
        "score": fact.score,
        "sentence": _span(text, *fact.sentence),
    }


def _span(text: str, start: int, end: int) -> dict[str, Any]:
    return {"text": text[start:end], "start": start, "end": end}
