"""Results as marks and rows."""

from typing import Any

import pytest

from backend.tasks.base import Span
from backend.tasks.entity_groups import entity_groups
from backend.tasks.question_answering import QuestionAnsweringResult
from backend.tasks.relation_extraction import Relation
from backend.tasks.text_classification import Section
from pages.components import colours, entity_views, relation_views, views
from pages.components.lines import in_sentence
from pages.components.reader import Mark, tight

TEXT = "Acme pays Ann. Ann works at Acme\nGroup. Acme\nGroup grows."


def span(start: int, end: int, label: str = "", score: float | None = None) -> Span:
    return Span(start, end, TEXT[start:end], label, score)


ENTITIES = (
    span(0, 4, "ORG", 0.9),
    span(10, 13, "PERSON", 0.4),
    span(15, 18, "PERSON", 0.8),
    span(28, 38, "ORG"),
    span(40, 50, "ORG"),
)


def test_marks_of_one_thing_share_an_id_whatever_it_is_called() -> None:
    marks = entity_views.entity_marks((span(0, 4, "ORG"), span(28, 38, "ORG"), span(10, 13, "ORG")))
    assert [mark.id for mark in marks] == ["ORG:Acme Group", "ORG:Acme Group", "ORG:Ann"]


def test_a_row_has_the_fullest_name_its_mentions_and_how_else_it_is_written() -> None:
    rows = entity_views.entity_rows(entity_groups(ENTITIES))
    assert rows[0] == {
        "Name": "Acme Group",
        "Mentions": 3,
        "Type": "Organization",
        "Confidence": 90,
        "Also written": "Acme",
    }
    assert entity_views.how_many(entity_groups(ENTITIES)).startswith("2 names and values, mention")


def test_mentions_are_exported_in_document_order_with_what_they_name() -> None:
    rows = entity_views.mention_rows(entity_groups(ENTITIES))
    assert [row["start"] for row in rows] == [0, 10, 15, 28, 40]
    assert [row["name"] for row in rows] == ["Acme Group", "Ann", "Ann", "Acme Group", "Acme Group"]


def test_types_are_counted_the_most_frequent_first() -> None:
    assert entity_views.entity_counts(ENTITIES) == (("ORG", 3), ("PERSON", 2))


def test_filters_hide_types_and_low_scores_but_nothing_without_a_score() -> None:
    assert entity_views.visible(ENTITIES, hidden={"PERSON"}, threshold=0.95) == ENTITIES[3:]
    assert entity_views.visible(ENTITIES, threshold=0.5) == (ENTITIES[0], *ENTITIES[2:])


def test_marks_of_one_name_share_an_id_and_unsure_ones_are_quiet() -> None:
    marks = entity_views.entity_marks(ENTITIES)
    assert [mark.id for mark in marks[1:3]] == ["PERSON:Ann", "PERSON:Ann"]
    assert [mark.quiet for mark in marks] == [False, True, False, False, False]
    assert all(
        TEXT[mark.start : mark.end] == e.text for mark, e in zip(marks, ENTITIES, strict=True)
    )


def test_the_confidence_column_is_there_only_where_a_model_gives_scores() -> None:
    assert "Confidence" in entity_views.entity_rows(entity_groups(ENTITIES))[0]
    assert "Confidence" not in entity_views.entity_rows(entity_groups(ENTITIES[3:]))[0]


def test_guesses_are_quiet_where_the_text_has_no_answer() -> None:
    answers = (span(0, 4), span(10, 13))
    assert [m.quiet for m in views.answer_marks(answers, answered=True)] == [False, True]
    assert [m.quiet for m in views.answer_marks(answers, answered=False)] == [True, True]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("answered", "80% likely to be right"),
        ("probably", "may not say this clearly (80% likely to be right)"),
    ],
)
def test_a_doubtful_answer_is_said_to_be_doubtful(state: Any, expected: str) -> None:
    result = QuestionAnsweringResult((span(0, 4, score=0.8),), state, 0.2, 1)
    assert views.how_sure(result).endswith(expected)


def test_an_answer_is_shown_in_its_sentence() -> None:
    text = "We met.\nAnn paid\n$5 to Bob. Eve left."
    start = text.index("$5")
    parts = in_sentence(Span(start, start + 2, "$5"), text)
    assert [words for words, _ in parts] == ["Ann paid ", "$5", " to Bob."]
    assert [ink is None for _, ink in parts] == [True, False, True]


def test_sections_are_drawn_in_the_colour_of_their_class() -> None:
    labels = ("negative", "positive")
    sections = (
        Section(span(0, 14, "positive", 0.9), (0.1, 0.9)),
        Section(span(15, 39, "negative", 0.55), (0.55, 0.45)),
    )
    first, second = views.section_marks(sections, labels)
    assert first.ink != second.ink
    assert (first.quiet, second.quiet) == (False, True)
    row = views.section_rows(sections, labels)[0]
    assert row["probability of positive"] == 0.9


RELATIONS = (
    Relation(
        span(15, 18),
        span(28, 38),
        "Member-Collection",
        "Member-Collection(e1,e2)",
        0.9,
        span(15, 39),
    ),
    Relation(span(0, 4), span(10, 13), "Cause-Effect", "Cause-Effect(e1,e2)", None, span(0, 14)),
)


def test_a_relation_reads_as_a_sentence() -> None:
    assert relation_views.relation_rows(RELATIONS)[0] == {
        "From": "Ann",
        "Relation": "belongs to",
        "To": "Acme Group",
        "Confidence": 90,
    }


def test_the_chosen_relation_is_not_underlined_as_well() -> None:
    assert [mark.id for mark in relation_views.pair_marks(RELATIONS, None)] == [
        "relation:1",
        "relation:1",
        "relation:0",
        "relation:0",
    ]
    assert [mark.id for mark in relation_views.pair_marks(RELATIONS, 0)] == [
        "relation:1",
        "relation:1",
    ]
    assert [mark.id for mark in relation_views.relation_marks(RELATIONS[0])] == [
        "evidence",
        "head",
        "tail",
    ]


def test_a_relation_is_found_again_when_others_come_before_it() -> None:
    one = Relation(span(0, 4), span(10, 13), "A-B", "A-B(e1,e2)", 0.9, span(0, 14))
    two = Relation(span(15, 18), span(28, 38), "A-B", "A-B(e1,e2)", 0.8, span(15, 39))
    assert relation_views.number_at(relation_views.place_of(two), [two]) == 0
    assert relation_views.number_at(relation_views.place_of(two), [one, two]) == 1
    assert relation_views.number_at(relation_views.place_of(two), [one]) == 0
    assert relation_views.number_at(None, []) is None


def test_marks_are_drawn_without_the_blanks_at_their_ends() -> None:
    ink = colours.QUIET
    text = " Ann\n\nmet  Bob "
    marks = [Mark("a", 0, 6, ink), Mark("gap", 4, 6, ink), Mark("b", 9, 15, ink)]
    drawn = [(mark.id, text[mark.start : mark.end]) for mark in tight(text, marks)]
    assert drawn == [("a", "Ann"), ("b", "Bob")]


def test_key_names_leave_numbers_out() -> None:
    groups = entity_groups((*ENTITIES, span(40, 44, "CARDINAL")))
    assert {group.label for group in entity_views.key_groups(groups)} == {"ORG", "PERSON"}


def test_the_surest_relations_come_first_and_those_without_a_score_stay() -> None:
    assert relation_views.surest(RELATIONS[::-1]) == RELATIONS
    assert relation_views.surest(RELATIONS, threshold=0.95) == RELATIONS[1:]
