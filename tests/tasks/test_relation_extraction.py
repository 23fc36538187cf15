"""The relation extraction codec."""

import json

import pytest
from hypothesis import given

from backend.errors import InputError, ModelError
from backend.tasks.base import Span
from backend.tasks.relation_extraction import (
    RELATIONS,
    Relation,
    RelationExtractionRequest,
    decode,
    directed,
    encode,
)
from tests.tasks.texts import texts, texts_with_spans

TEXT = "The burst has been caused by water hammer pressure."
BURST, PRESSURE = Span(4, 9, "burst"), Span(29, 50, "water hammer pressure")


def read_pair(content: object) -> Relation:
    request = RelationExtractionRequest(TEXT, pair=(BURST, PRESSURE))
    (relation,) = decode(json.dumps(content).encode(), request).relations
    return relation


@given(texts)
def test_a_document_without_entities_is_sent_as_text_alone(text: str) -> None:
    assert json.loads(encode(RelationExtractionRequest(text)).body) == {"text": text}


@given(texts_with_spans())
def test_given_entities_are_sent_in_order(given: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = given
    request = RelationExtractionRequest(text, entities=tuple(reversed(spans)))
    sent = json.loads(encode(request).body)["entities"]
    assert [(e["start"], e["end"], e.get("label", "")) for e in sent] == [
        (s.start, s.end, s.label) for s in spans
    ]


def test_a_pair_is_sent_as_the_original_solution_takes_it() -> None:
    payload = encode(RelationExtractionRequest(TEXT, pair=(BURST, PRESSURE)))
    assert json.loads(payload.body) == {
        "sequence": TEXT,
        "entity_one_start": 4,
        "entity_one_end": 9,
        "entity_two_start": 29,
        "entity_two_end": 50,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        RelationExtractionRequest(" "),
        RelationExtractionRequest(TEXT, pair=(Span(4, 9, ""), Span(8, 12, ""))),
        RelationExtractionRequest(TEXT, pair=(Span(8, 12, ""), Span(4, 9, ""))),
        RelationExtractionRequest(TEXT, pair=(Span(4, 9, ""), Span(40, 400, ""))),
        RelationExtractionRequest(TEXT, entities=(Span(4, 9, ""), Span(4, 9, ""))),
        RelationExtractionRequest(TEXT, entities=(Span(-4, 9, ""),)),
    ],
)
def test_spans_outside_the_text_or_overlapping_are_refused(
    wrong: RelationExtractionRequest,
) -> None:
    with pytest.raises(InputError):
        encode(wrong)


def test_a_documents_relations_carry_their_evidence() -> None:
    content = {
        "relations": [
            {
                "head": {"text": PRESSURE.text, "start": 29, "end": 50},
                "tail": {"text": "burst", "start": 4, "end": 9},
                "relation": "Cause-Effect",
                "label": "Cause-Effect(e2,e1)",
                "score": 0.97,
                "sentence": {"text": TEXT, "start": 0, "end": len(TEXT)},
            }
        ],
        "pairs": 3,
    }
    result = decode(json.dumps(content).encode(), RelationExtractionRequest(TEXT))
    (relation,) = result.relations
    assert (relation.head, relation.tail) == (PRESSURE, BURST)
    assert (relation.name, relation.label) == ("Cause-Effect", "Cause-Effect(e2,e1)")
    assert (relation.score, relation.sentence.text, result.pairs) == (0.97, TEXT, 3)


def test_a_pairs_head_is_the_one_in_the_first_role() -> None:
    scores = {"Cause-Effect(e2,e1)": 0.9, "Other": 0.1}
    relation = read_pair(
        {
            "id": 1,
            "str": "Cause-Effect(e2,e1)",
            "Label_id": 1,
            "Label": "Effect-Cause",
            "score": 0.9,
            "scores": scores,
        }
    )
    assert (relation.head, relation.tail, relation.name) == (PRESSURE, BURST, "Cause-Effect")
    assert relation.scores == scores
    assert relation.sentence.text == TEXT


@pytest.mark.parametrize(
    ("answer", "head", "label"),
    [
        ({"id": 0, "str": "Cause-Effect(e1,e2)"}, BURST, "Cause-Effect(e1,e2)"),
        ({"Label_id": 0, "Label": "Cause-Effect"}, BURST, "Cause-Effect(e1,e2)"),
        ({"Label_id": 1, "Label": "Effect-Cause"}, PRESSURE, "Cause-Effect(e2,e1)"),
        ({"Label_id": 18, "Label": "Other"}, BURST, "Other"),
    ],
)
def test_both_versions_of_the_original_solutions_answer_are_read(
    answer: dict[str, object], head: Span, label: str
) -> None:
    relation = read_pair(answer)
    assert (relation.head, relation.label, relation.score) == (head, label, None)


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_has_two_directions(relation: str) -> None:
    swapped = "-".join(reversed(relation.split("-")))
    assert directed(relation) == directed(f"{relation}(e1, e2)") == f"{relation}(e1,e2)"
    assert directed(swapped) == f"{relation}(e2,e1)"


@pytest.mark.parametrize(
    "wrong", [{}, {"relations": 3}, {"relations": [{"head": {}}]}, {"relations": [1]}]
)
def test_a_document_answer_outside_the_contract_is_the_models_error(
    wrong: dict[str, object],
) -> None:
    with pytest.raises(ModelError):
        decode(json.dumps(wrong).encode(), RelationExtractionRequest(TEXT))


@pytest.mark.parametrize("wrong", [{}, {"Label": 4}, {"Label": "Other", "scores": {"Other": "a"}}])
def test_a_pair_answer_outside_the_contract_is_the_models_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        read_pair(wrong)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("works for", "works for"),
        ("worksfor", "worksfor"),
        (" part  of (city) ", "part of (city)"),
        ("works for (e2, e1)", "works for(e2,e1)"),
        ("Cause - Effect", "Cause-Effect(e1,e2)"),
    ],
)
def test_names_of_one_s_own_keep_their_blanks(label: str, name: str) -> None:
    assert directed(label) == name
