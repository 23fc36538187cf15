"""Models on one text: what counts as alike."""

from backend.tasks import agreement
from backend.tasks.base import Span
from backend.tasks.question_answering import QuestionAnsweringResult
from backend.tasks.relation_extraction import Relation
from backend.tasks.text_classification import Section, TextClassificationResult

TEXT = "Acme pays Ann. Ann works at Acme Group since May."


def span(start: int, end: int, label: str = "") -> Span:
    return Span(start, end, TEXT[start:end], label, 0.9)


def test_names_are_alike_where_borders_and_type_are_the_same() -> None:
    one = [span(0, 4, "ORG"), span(10, 13, "PERSON"), span(28, 32, "ORG")]
    two = [span(0, 4, "ORG"), span(10, 13, "ORG"), span(28, 38, "ORG"), span(45, 48, "DATE")]
    found = agreement.entities([one, two])
    assert [(place.agree, *map(bool, place.sides)) for place in found] == [
        (True, True, True),
        (False, True, True),
        (False, True, True),
        (False, False, True),
    ]


def test_types_are_compared_in_the_words_of_the_coarser_model() -> None:
    fine = [span(0, 4, "ORG"), span(10, 13, "PERSON"), span(28, 38, "GPE"), span(45, 48, "DATE")]
    coarse = [span(0, 4, "ORG"), span(10, 13, "PER"), span(28, 38, "LOC")]
    found = agreement.entities([fine, coarse])
    assert [pair.agree for pair in found] == [True, True, True, False]
    assert [pair.comparable for pair in found] == [True, True, True, False]


def test_a_name_in_several_pieces_is_paired_once() -> None:
    found = agreement.entities([[span(28, 38, "ORG")], [span(28, 32, "ORG"), span(33, 38, "ORG")]])
    assert [tuple(map(bool, place.sides)) for place in found] == [(True, True), (False, True)]


def test_summaries_are_alike_in_the_sentences_that_both_took() -> None:
    found = agreement.sentences([[span(0, 14)], [span(0, 14), span(15, 49)]])
    assert [pair.agree for pair in found] == [True, False]


def answered(*spans: Span) -> QuestionAnsweringResult:
    return QuestionAnsweringResult(spans, "answered" if spans else "none", None, None)


def test_answers_are_alike_where_they_overlap_or_where_both_find_none() -> None:
    assert agreement.answers([answered(span(0, 4)), answered(span(0, 9))])[0].agree
    assert not agreement.answers([answered(span(0, 4)), answered(span(10, 13))])[0].agree
    assert not agreement.answers([answered(span(0, 4)), answered()])[0].agree
    assert agreement.answers([answered(), answered()])[0].agree


def classified(label: str, *sections: Span) -> TextClassificationResult:
    parts = tuple(Section(one, (0.5, 0.5)) for one in sections)
    return TextClassificationResult(label, ("neg", "pos"), (0.5, 0.5), parts)


def test_sections_are_compared_with_what_covers_most_of_them() -> None:
    one = classified("pos", span(0, 14, "pos"), span(15, 49, "neg"))
    two = classified("pos", span(0, 10, "pos"), span(10, 49, "pos"))
    assert [pair.agree for pair in agreement.sections([one, two], TEXT)] == [True, False]
    assert [pair.agree for pair in agreement.sections([classified("pos"), two], TEXT)] == [True]


def relation(head: Span, tail: Span, label: str) -> Relation:
    return Relation(head, tail, label.partition("(")[0], label, 0.9, span(0, 14))


def test_relations_are_alike_where_the_same_pair_has_the_same_direction() -> None:
    ann, acme = span(10, 13), span(0, 4)
    one = [relation(acme, ann, "Cause-Effect(e1,e2)")]
    same, turned = one[0], relation(ann, acme, "Cause-Effect(e2,e1)")
    assert agreement.relations([one, [same]], shown=one)[0].agree
    assert not agreement.relations([one, [turned]], shown=one)[0].agree
    missing = agreement.relations([one, []], shown=one)[0]
    assert (missing.agree, missing.sides) == (False, (one[0], None))


def test_three_models_agree_only_where_all_say_the_same() -> None:
    same, other = span(0, 4, "ORG"), span(10, 13, "PERSON")
    found = agreement.entities([[same, other], [same], [same, other]])
    assert [(place.agree, len(place.said)) for place in found] == [(True, 3), (False, 2)]
    assert agreement.answers([answered(same), answered(same), answered(same)])[0].agree
    assert not agreement.answers([answered(same), answered(same), answered(other)])[0].agree
    classes = [classified("pos"), classified("pos"), classified("neg")]
    assert not agreement.sections(classes, TEXT)[0].agree
    assert agreement.sections(classes[:2], TEXT)[0].agree
