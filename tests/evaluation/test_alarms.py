"""Every alarm rings when it should, and no alarm rings for a good model."""

from dataclasses import replace
from typing import Any

import pytest

from backend.evaluation.alarms import (
    Alarm,
    alarms_of,
    outside_search_space,
    seen_in_training,
    selected_on,
    smaller_budget,
    validation_gap,
)
from backend.evaluation.examples import answers_of, examples_of
from backend.evaluation.intervals import Interval
from backend.evaluation.memory import fingerprint
from backend.evaluation.scoring import score
from tests.evaluation.support import classified, given, noisy

BALANCED = ["pos", "neg"] * 50


def names(alarms: tuple[Alarm, ...]) -> set[str]:
    return {alarm.name for alarm in alarms}


def test_a_good_model_raises_no_alarm() -> None:
    assert not alarms_of(*classified(BALANCED, noisy(BALANCED, 0.2, seed=1)))


def test_a_constant_answer_raises_three_alarms() -> None:
    found = names(alarms_of(*classified(BALANCED, ["pos"] * 100)))
    assert found == {"constant_prediction", "not_better_than_majority", "no_true_negatives"}


def test_never_answering_the_positive_class_is_noticed() -> None:
    predicted = ["neg" if label == "pos" else label for label in BALANCED]
    assert "no_true_positives" in names(alarms_of(*classified(BALANCED, predicted)))


def test_no_better_than_the_majority_is_noticed() -> None:
    gold = ["neg"] * 80 + ["pos"] * 20
    predicted = ["pos"] * 20 + ["neg"] * 60 + ["pos"] * 20
    (alarm,) = alarms_of(*classified(gold, predicted))
    assert alarm.name == "not_better_than_majority"
    assert "80.0%" in alarm.message


def test_a_class_of_many_that_is_never_recognised_is_an_alarm() -> None:
    gold = ["a", "b", "c"] * 30
    predicted = ["a" if label == "b" else label for label in gold]
    (alarm,) = alarms_of(*classified(gold, predicted))
    assert (alarm.name, alarm.level) == ("class_never_right", "alarm")


def test_few_examples_and_unknown_classes_are_notes() -> None:
    gold = ["a"] * 50 + ["b"] * 5
    alarms = alarms_of(*classified(gold, ["a"] * 49 + ["x"] + ["b"] * 5))
    assert names(alarms) == {"few_examples", "unknown_classes"}
    assert {alarm.level for alarm in alarms} == {"note"}


@pytest.mark.parametrize(("documents", "noted"), [(2, True), (19, True), (20, False)])
def test_intervals_over_few_documents_are_a_note(documents: int, *, noted: bool) -> None:
    gold = ["a", "b"] * 60
    examples, predicted, scored = classified(gold, noisy(gold, 0.1, seed=1))
    grouped = replace(scored, groups=tuple(str(at % documents) for at in range(120)))
    assert ("few_documents" in names(alarms_of(examples, predicted, grouped))) is noted
    assert "few_documents" not in names(alarms_of(examples, predicted, scored))


@pytest.mark.parametrize(
    ("task", "gold", "answer"),
    [
        (
            "named_entities",
            [{"text": "Rome", "entities": [{"start": 0, "end": 4, "label": "LOC"}]}],
            {"entities": []},
        ),
        ("question_answering", [{"answers": ["x"]}, {"answers": []}], {"answer": ""}),
        ("question_answering", [{"answers": ["x"]}, {"answers": ["y"]}], {"answer": "x"}),
        ("summarization", [{"summaries": ["one"]}, {"summaries": ["two"]}], {"summary": "one"}),
        (
            "relation_extraction",
            [{"label": "Other"}, {"label": "Cause-Effect(e1,e2)"}],
            {"label": "Other"},
        ),
    ],
)
def test_the_same_answer_to_everything_is_noticed_in_every_task(
    task: Any, gold: list[dict[str, Any]], answer: dict[str, Any]
) -> None:
    many = gold * 20
    assert "constant_prediction" in names(alarms_of(*given(task, many, [answer] * len(many))))


def test_a_summary_for_each_text_is_no_alarm() -> None:
    gold = [{"summaries": [f"summary {place}"]} for place in range(30)]
    found = [{"summary": f"summary {place}"} for place in range(30)]
    assert not alarms_of(*given("summarization", gold, found))


def test_a_validation_score_above_all_that_the_test_allows_is_a_gap() -> None:
    # The article's baseline: 0.8945 when trained, 0.5798 when served.
    alarm = validation_gap("accuracy", 0.8945, Interval(0.5798, 0.5424, 0.6163))
    assert alarm is not None
    assert "0.89" in alarm.message
    assert validation_gap("accuracy", 0.60, Interval(0.5798, 0.5424, 0.6163)) is None


@pytest.mark.parametrize(("validation_n", "raised"), [(20, False), (2_000, True), (0, True)])
def test_a_gap_that_few_validation_examples_explain_is_none(
    validation_n: int, *, raised: bool
) -> None:
    test = Interval(0.80, 0.75, 0.84)
    alarm = validation_gap("accuracy", 0.90, test, test_n=300, validation_n=validation_n)
    assert (alarm is not None) is raised
    assert validation_gap("accuracy", 0.805, Interval(0.80, 0.80, 0.80)) is None


def test_an_entity_type_that_is_never_recognised_is_an_alarm() -> None:
    text = "Ada in Rome"
    ada, rome = ({"start": 0, "end": 3, "label": "PER"}, {"start": 7, "end": 11, "label": "LOC"})
    gold = [{"text": text, "entities": [ada, rome]}] * 25
    (alarm,) = alarms_of(*given("named_entities", gold, [{"entities": [ada]}] * 25))
    assert (alarm.name, alarm.level) == ("class_never_right", "alarm")
    assert "LOC" in alarm.message


def known(*texts: str) -> set[str]:
    return {fingerprint(text) for text in texts}


def test_test_texts_seen_in_training_are_counted_whatever_their_spelling() -> None:
    alarm = seen_in_training(["A b!", "c", ""], known("a  B", "d"))
    assert alarm is not None
    assert "1 of 2" in alarm.message
    assert alarm.level == "alarm"
    assert seen_in_training(["e"], known("a b")) is None
    few = seen_in_training([f"text {n}" for n in range(100)], known("text 7"))
    assert few is not None
    assert few.level == "note"


def test_a_baseline_outside_the_search_space_is_noticed() -> None:
    # The article's text classification: 1e-6, searched from 1e-5 to 1e-2.
    alarm = outside_search_space({"learning_rate": "1e-6"}, {"learning_rate": (1e-5, 1e-2)})
    assert alarm is not None
    assert "1e-6" in alarm.message
    assert outside_search_space({"learning_rate": "1e-4"}, {"learning_rate": (1e-5, 1e-2)}) is None
    assert outside_search_space({"layers": "all"}, {"layers": ["top", "none"]}) is not None
    assert outside_search_space({"layers": "top"}, {"layers": ["top", "none"]}) is None
    assert outside_search_space({}, {"layers": ["top"]}) is None


def test_a_smaller_budget_is_noticed() -> None:
    alarm = smaller_budget({"trials": 1, "epochs": 2}, {"trials": 6, "epochs": 2})
    assert alarm is not None
    assert "1 trial against 6" in alarm.message
    assert smaller_budget({"trials": 6}, {"trials": 6}) is None


def test_a_winner_chosen_on_the_test_data_is_an_alarm_and_on_other_data_a_note() -> None:
    same = selected_on("f1", selection_data="h", test_data="h", trials=6)
    other = selected_on("f1", selection_data="g", test_data="h", trials=6)
    assert same is not None
    assert other is not None
    assert (same.level, other.level) == ("alarm", "note")
    assert selected_on("f1", selection_data="h", test_data="h") is None


@pytest.mark.parametrize(
    ("text", "level"),
    [("Посылка пришла слишком поздно", "alarm"), ("包裹来得太晚了", "alarm"),
     ("Müller hört schöne Töne über Köln", "note"), ("The parcel came late", None)],
)  # fmt: skip
def test_a_script_that_rouge_cannot_read_is_told_with_a_score_that_can(
    text: str, level: str | None
) -> None:
    rows = [{"id": str(n), "summary": f"{text} {n}"} for n in range(30)]
    examples = examples_of("summarization", rows)
    answers = answers_of(examples, rows)
    found = [
        alarm
        for alarm in alarms_of(examples, answers, score(examples, answers))
        if alarm.name == "unread_letters"
    ]
    assert [alarm.level for alarm in found] == ([level] if level else [])
    assert all("score 1.00 of 1" in alarm.message for alarm in found)
