"""Relation extraction: how the things that a document names relate to each other."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backend.errors import InputError
from backend.tasks.base import (
    Part,
    Payload,
    Span,
    Task,
    items,
    json_payload,
    number,
    parse_object,
    read_span,
    require_span,
    require_text,
    take,
    unexpected,
    whole,
)
from backend.tasks.parts import shifted, split

LONGEST_PART: Final = 20_000
"""Characters in one request: names are found better in much text than in little."""
LONGEST_PASSAGE: Final = 1_200
"""Characters in which a pair must stand: about what a model of 512 tokens reads at once."""

OTHER: Final = "Other"
NEGATIVE: Final = frozenset({OTHER, "no_relation"})
"""Classes of pairs that are not related: SemEval's and KBP37's."""
RELATIONS: Final = (
    "Cause-Effect",
    "Component-Whole",
    "Content-Container",
    "Entity-Destination",
    "Entity-Origin",
    "Instrument-Agency",
    "Member-Collection",
    "Message-Topic",
    "Product-Producer",
)
"""SemEval-2010 Task 8; with two directions each and ``OTHER``, its 19 classes."""


@dataclass(frozen=True)
class RelationExtractionRequest:
    """A document: all pairs of entities within a sentence, or one ``pair`` of given spans.

    ``entities`` None lets the model find them. With ``pair`` the answer is about those two alone.
    """

    text: str
    entities: tuple[Span, ...] | None = None
    pair: tuple[Span, Span] | None = None


@dataclass(frozen=True)
class Relation:
    """``head`` and ``tail`` in the roles that ``name`` states: for "Cause-Effect" the head is the
    cause. ``label`` is the model's class with direction, ``sentence`` the evidence.
    """

    head: Span
    tail: Span
    name: str
    label: str
    score: float | None
    sentence: Span
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RelationExtractionResult:
    """The relations found, and how many pairs of entities were looked at."""

    relations: tuple[Relation, ...]
    pairs: int


def encode(request: RelationExtractionRequest) -> Payload:
    """The request's body; raises ``InputError`` for spans outside the text or overlapping ones."""
    text = require_text(request.text)
    if request.pair is not None:
        return _encode_pair(text, *request.pair)
    content: dict[str, object] = {"text": text}
    if request.entities is not None:
        found = sorted(request.entities, key=lambda span: span.start)
        for entity in found:
            require_span(text, entity, "entity")
        for earlier, later in itertools.pairwise(found):
            _require_apart(earlier, later)
        content["entities"] = [
            {"start": e.start, "end": e.end} | ({"label": e.label} if e.label else {})
            for e in found
        ]
    return json_payload(content)


def _encode_pair(text: str, one: Span, two: Span) -> Payload:
    require_span(text, one, "first entity")
    require_span(text, two, "second entity")
    _require_apart(*sorted((one, two), key=lambda span: span.start))
    return json_payload(
        {
            "sequence": text,
            "entity_one_start": one.start,
            "entity_one_end": one.end,
            "entity_two_start": two.start,
            "entity_two_end": two.end,
        }
    )


def _require_apart(earlier: Span, later: Span) -> None:
    if later.start < earlier.end:
        raise InputError("Two of the entities overlap: choose entities that do not.")


def decode(body: bytes, request: RelationExtractionRequest) -> RelationExtractionResult:
    """The answer in ``body``: ours for a document or a pair, or the original solution's for a
    pair (``{"id", "str"}``, ``{"Label_id", "Label"}``).
    """
    answer = parse_object(body)
    if request.pair is not None:
        return RelationExtractionResult((_of_pair(answer, request.text, request.pair),), 1)
    take(answer, "relations", list)
    relations = tuple(_relation(item, request.text) for item in items(answer, "relations"))
    pairs = whole(answer, "pairs")
    return RelationExtractionResult(relations, len(relations) if pairs is None else pairs)


def _relation(source: dict[str, Any], text: str) -> Relation:
    head, tail, sentence = (
        read_span(take(source, key, dict), text) for key in ("head", "tail", "sentence")
    )
    name = take(source, "relation", str)
    label = take(source, "label", str, name)
    return Relation(head, tail, name, label, number(source, "score"), sentence)


def _of_pair(source: dict[str, Any], text: str, pair: tuple[Span, Span]) -> Relation:
    label = directed(take(source, "str" if "str" in source else "Label", str))
    head, tail = (_quoted(span, text) for span in pair)
    if label.endswith("(e2,e1)"):
        head, tail = tail, head
    return Relation(
        head=head,
        tail=tail,
        name=label.partition("(")[0],
        label=label,
        score=number(source, "score"),
        sentence=Span(0, len(text), text),
        scores=_scores(source),
    )


def _quoted(span: Span, text: str) -> Span:
    return Span(span.start, span.end, text[span.start : span.end], span.label, span.score)


def _scores(source: dict[str, Any]) -> dict[str, float]:
    scores = take(source, "scores", dict, {})
    if not all(isinstance(score, (int, float)) for score in scores.values()):
        raise unexpected("usable “scores”")
    return {directed(str(label)): float(score) for label, score in scores.items()}


def directed(label: str) -> str:
    """``label`` as SemEval writes it: the original solution's "Effect-Cause" is
    "Cause-Effect(e2,e1)", and its "Cause-Effect" is "Cause-Effect(e1,e2)".
    """
    squeezed = re.sub(r"\s+", "", label)
    if squeezed in RELATIONS:
        return f"{squeezed}(e1,e2)"
    swapped = "-".join(reversed(squeezed.split("-")))
    if swapped in RELATIONS:
        return f"{swapped}(e2,e1)"
    if squeezed.partition("(")[0] in RELATIONS:
        return squeezed
    # Names of one's own keep their blanks: "works for" is not "worksfor".
    return re.sub(r"\s*\(\s*(e[12])\s*,\s*(e[12])\s*\)$", r"(\1,\2)", " ".join(label.split()))


_SENTENCE_END: Final = re.compile(r"[.!?…][\"”’')\]]*\s+|\n\s*\n\s*")


def passage(text: str, one: Span, two: Span) -> tuple[int, int]:
    """The whole sentences of ``text`` around a pair, from the first to the second.

    Raises ``InputError`` where the two stand further apart than a model reads.
    """
    first, last = min(one.start, two.start), max(one.end, two.end)
    before = text[max(0, first - LONGEST_PASSAGE) : first]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    start = first - len(before) + (ends[-1] if ends else 0)
    following = _SENTENCE_END.search(text, last)
    end = following.start() + 1 if following else len(text)
    end = min(end, start + LONGEST_PASSAGE)
    if last > end:
        raise InputError(
            "These two stand too far apart to be related: choose two of the same paragraph."
        )
    return start, last + len(text[last:end].rstrip())


def parts(request: RelationExtractionRequest) -> Sequence[Part[RelationExtractionRequest]]:
    """A long document in parts; of a document with a pair, the sentences around the pair."""
    text = request.text
    if request.pair is not None:
        one, two = (require_span(text, span, "name") for span in request.pair)
        start, end = passage(text, one, two)
        pair = (shifted(one, -start), shifted(two, -start))
        return [Part(start, RelationExtractionRequest(text[start:end], pair=pair))]
    if len(text) <= LONGEST_PART:
        return [Part(0, request)]
    return [
        Part(start, RelationExtractionRequest(text[start:end], _between(request, start, end)))
        for start, end in split(text, LONGEST_PART)
        if text[start:end].strip()
    ]


def _between(request: RelationExtractionRequest, start: int, end: int) -> tuple[Span, ...] | None:
    """The given entities that lie in a part, None where none are given."""
    if request.entities is None:
        return None
    return tuple(shifted(e, -start) for e in request.entities if start <= e.start and e.end <= end)


def join(
    _: RelationExtractionRequest, results: Sequence[tuple[int, RelationExtractionResult]]
) -> RelationExtractionResult:
    """All relations, one part after the other."""
    return RelationExtractionResult(
        tuple(_moved(relation, by) for by, result in results for relation in result.relations),
        sum(result.pairs for _, result in results),
    )


def _moved(relation: Relation, by: int) -> Relation:
    return replace(
        relation,
        head=shifted(relation.head, by),
        tail=shifted(relation.tail, by),
        sentence=shifted(relation.sentence, by),
    )


def clearest(
    relations: Sequence[Relation], *, most: int, threshold: float = 0.0
) -> tuple[Relation, ...]:
    """At most ``most`` relations that are worth a look, the best first.

    Nothing relates to itself, and no two names relate twice. Of business relations, which the
    model answers where words state them, those that say most come first (``_SAYS_MOST``), and other
    names of the same thing are never more than two in five. A model of any nouns finds a relation
    in most pairs, so that in a long sentence everything relates to everything: of its relations
    each mention takes part once, and a hundred characters between the ends halve what a score is
    worth (the pairs of SemEval-2010 Task 8 stand close together).
    """
    enough = [
        relation
        for relation in relations
        if relation.name not in NEGATIVE
        and (relation.score is None or relation.score >= threshold)
        and _plain(relation.head) != _plain(relation.tail)
    ]
    business = [relation for relation in enough if _is_business(relation)]
    nouns = [relation for relation in enough if not _is_business(relation)]
    return tuple([*_worth_knowing(business), *_apart(nouns)][:most])


def _worth_knowing(relations: Sequence[Relation]) -> list[Relation]:
    """Each pair of names once, what says most first, and few other names of the same thing."""
    kept: list[Relation] = []
    said: set[frozenset[str]] = set()
    for relation in sorted(relations, key=lambda r: (_rank(r), -_score(r))):
        names = frozenset(_plain(span) for span in (relation.head, relation.tail))
        if names not in said:
            kept.append(relation)
            said.add(names)
    aliases = [relation for relation in kept if _rank(relation) == _ALIAS]
    facts = [relation for relation in kept if _rank(relation) != _ALIAS]
    return [*facts, *aliases[: max(_FEW_ALIASES, len(facts) * 2 // 3)]]


def _apart(relations: Sequence[Relation]) -> list[Relation]:
    """The surest and closest first, each mention and each pair of words once."""
    kept: list[Relation] = []
    used: set[tuple[int, int]] = set()
    said: set[tuple[str, str, str]] = set()
    for relation in sorted(relations, key=_worth, reverse=True):
        ends = {(span.start, span.end) for span in (relation.head, relation.tail)}
        words = (_plain(relation.head), relation.name, _plain(relation.tail))
        if words not in said and not ends & used:
            kept.append(relation)
            used |= ends
            said.add(words)
    return kept


_ARTICLE: Final = re.compile(r"^(?:the|an?|mr\.?|mrs\.?|ms\.?|dr\.?) |['’]s?$", re.IGNORECASE)


def _plain(span: Span) -> str:
    return _ARTICLE.sub("", " ".join(span.text.split())).casefold()


def _score(relation: Relation) -> float:
    return 1.0 if relation.score is None else relation.score


def _worth(relation: Relation) -> float:
    first, second = sorted((relation.head, relation.tail), key=lambda span: span.start)
    gap = max(0, second.start - first.end)
    return float(_score(relation) * 0.5 ** (gap / 100))


def _is_business(relation: Relation) -> bool:
    """Whether it is one of KBP37's, between named things."""
    return relation.name.startswith(("org:", "per:"))


_SAYS_MOST: Final = frozenset(
    {
        "org:founded_by",
        "org:members",
        "org:subsidiaries",
        "org:top_members/employees",
        "per:employee_of",
        "per:title",
    }
)
"""Who works where and as what, and who owns or belongs to whom."""
_ALIAS: Final = 2
_FEW_ALIASES: Final = 2


def _rank(relation: Relation) -> int:
    """0 for what a business reader asks first, 1 for places, dates and family, 2 for names."""
    if relation.name.endswith("alternate_names"):
        return _ALIAS
    return 0 if relation.name in _SAYS_MOST else 1


RELATION_EXTRACTION: Final = Task(
    slug="relation_extraction",
    title="Relation extraction",
    description="How the people and organizations in a document relate, with the evidence.",
    encode=encode,
    decode=decode,
    parts=parts,
    join=join,
    standard="pretrained-business-relations",
)
