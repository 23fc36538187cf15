"""Relation data by its words: TACRED, OpenNRE, FewRel, SpERT's CoNLL04 and DyGIE's SciERC."""

from typing import Any, Final

from backend.data.exports.export import (
    ENTITIES,
    RELATIONS,
    Export,
    Made,
    Record,
    from_tokens,
    over,
    related,
    span,
)
from backend.data.schemas import Example


def _is_tacred(record: Record) -> bool:
    return {"relation", "subj_start", "subj_end", "obj_start", "obj_end"} <= set(record) and (
        isinstance(record.get("token", record.get("tokens")), list)
    )


def _tacred(record: Record) -> Made:
    text, places = from_tokens(record.get("token") or record["tokens"])
    head, tail = (over(places, record[f"{e}_start"], record[f"{e}_end"]) for e in ("subj", "obj"))
    group = {"group": str(record["docid"])} if record.get("docid") else {}
    return [(RELATIONS, related(text, head, tail, record["relation"]) | group)]


def _is_opennre(record: Record) -> bool:
    return "relation" in record and all(
        isinstance(record.get(end), dict) and "pos" in record[end] for end in ("h", "t")
    )


def _opennre(record: Record) -> Made:
    if isinstance(record.get("text"), str):
        text = record["text"]
        ends = [
            span(text, record[end]["pos"][0], record[end]["pos"][1], record[end].get("name"))
            for end in ("h", "t")
        ]
    else:
        text, places = from_tokens(record.get("token") or record["tokens"])
        ends = [over(places, record[e]["pos"][0], record[e]["pos"][1] - 1) for e in ("h", "t")]
    return [(RELATIONS, related(text, ends[0], ends[1], record["relation"]))]


def _is_fewrel(record: Record) -> bool:
    return (
        "relation" in record
        and isinstance(record.get("tokens"), list)
        and all(isinstance(record.get(end), list) and len(record[end]) == 3 for end in ("h", "t"))
    )


def _fewrel(record: Record) -> Made:
    text, places = from_tokens(record["tokens"])
    ends = [over(places, min(record[e][2][0]), max(record[e][2][0])) for e in ("h", "t")]
    return [(RELATIONS, related(text, ends[0], ends[1], record["relation"]))]


def _is_spert(record: Record) -> bool:
    entities = record.get("entities")
    return (
        isinstance(record.get("tokens"), list)
        and isinstance(entities, list)
        and all(isinstance(one, dict) and {"type", "start", "end"} <= set(one) for one in entities)
    )


def _spert(record: Record) -> Made:
    text, places = from_tokens(record["tokens"])
    found = [
        over(places, one["start"], one["end"] - 1) | {"label": str(one["type"])}
        for one in record["entities"]
    ]
    made: list[tuple[str, Example]] = [(ENTITIES, {"text": text, "entities": found})]
    made += [
        (RELATIONS, related(text, found[one["head"]], found[one["tail"]], one["type"]))
        for one in record.get("relations", ())
    ]
    return made


def _is_dygie(record: Record) -> bool:
    sentences = record.get("sentences")
    return (
        "ner" in record
        and isinstance(sentences, list)
        and bool(sentences)
        and (isinstance(sentences[0], list))
    )


def _dygie(record: Record) -> Made:
    made: list[tuple[str, Example]] = []
    before = 0
    group = {"group": str(record["doc_key"])} if record.get("doc_key") else {}
    sentences: list[list[Any]] = record["sentences"]
    for at, words in enumerate(sentences):
        text, places = from_tokens(words)
        found = [over(places, s - before, e - before) | {"label": label}
                 for s, e, label in record["ner"][at]]  # fmt: skip
        made.append((ENTITIES, {"text": text, "entities": found, **group}))
        for one in record.get("relations", [[]] * len(sentences))[at]:
            head, tail = (over(places, one[i] - before, one[i + 1] - before) for i in (0, 2))
            made.append((RELATIONS, related(text, head, tail, one[4]) | group))
        before += len(words)
    return made


EXPORTS: Final = (
    Export("TACRED", _is_tacred, _tacred, "each row has words, two places in them and a relation"),
    Export("OpenNRE", _is_opennre, _opennre, "each row has a head h, a tail t and a relation"),
    Export("FewRel", _is_fewrel, _fewrel, "each row has a head h, a tail t and a relation"),
    Export("CoNLL04 (SpERT)", _is_spert, _spert, "each row has words, entities and relations"),
    Export("SciERC (DyGIE)", _is_dygie, _dygie, "each row has sentences, ner and relations"),
)
