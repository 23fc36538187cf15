"""A model's labels under the names that the test data has for them."""

from collections.abc import Sequence

import pytest

from backend.evaluation.conventions import NO_COMMON_LABELS, in_names_of_gold, labels_in
from backend.evaluation.examples import Entity, Examples, examples_of

TEXT = "Amazon, Inc. opened in New York."
SPACY = [(Entity(0, 12, "ORG"), Entity(23, 31, "GPE"), Entity(13, 19, "DATE"))]


def gold(*labels: str) -> Examples:
    """One document with an entity of each of these types."""
    entities = [{"start": 0, "end": 6, "label": label} for label in labels]
    return examples_of("named_entities", [{"id": "1", "text": TEXT, "entities": entities}])


def labelled(*labels: str, task: str = "text_classification") -> Examples:
    """A text of each of these labels."""
    rows = [{"id": str(at), "text": f"Text {at}.", "label": one} for at, one in enumerate(labels)]
    return examples_of(task, rows)  # type: ignore[arg-type]  # the name of a task


def test_the_types_of_ontonotes_are_measured_by_those_of_conll() -> None:
    found, notes = in_names_of_gold(gold("PER", "LOC"), SPACY)
    assert found == [(Entity(0, 12, "ORG"), Entity(23, 31, "LOC"))]
    assert [(note.name, note.level) for note in notes] == [("types_renamed", "note")]


def test_and_by_names_of_ones_own_for_the_same_three() -> None:
    found, _ = in_names_of_gold(gold("person", "location", "organisation"), SPACY)
    assert found == [(Entity(0, 12, "organisation"), Entity(23, 31, "location"))]


def test_types_of_entities_that_are_plainly_the_same_are_read_as_the_same() -> None:
    found, notes = in_names_of_gold(
        gold("PER"), [(Entity(0, 6, "COMPANY"), Entity(7, 9, "Person"))]
    )
    assert found == [(Entity(0, 6, "COMPANY"), Entity(7, 9, "PER"))]
    assert "“Person” was read as “PER”" in notes[0].message


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["PERSON", "GPE"], SPACY),  # the same convention
        (["PER"], [(Entity(0, 6, "PER"), Entity(0, 3, "MISC"))]),
        ([], SPACY),
    ],
)
def test_everything_else_stays_as_it_is(
    labels: Sequence[str], found: Sequence[tuple[Entity, ...]]
) -> None:
    assert in_names_of_gold(gold(*labels), found) == (found, ())


@pytest.mark.parametrize(
    ("labels", "answers", "read"),
    [
        (["0", "1"], ["negative", "positive"], ["0", "1"]),
        (["-1", "1"], ["positive", "negative"], ["1", "-1"]),
        (["negative", "positive"], ["LABEL_1", "LABEL_0"], ["positive", "negative"]),
        (["Billing", "Outage"], ["billing", "outage"], ["Billing", "Outage"]),
        (["World News", "Sports"], ["world_news", "Sports"], ["World News", "Sports"]),
    ],
)
def test_classes_that_are_plainly_the_same_are_read_as_the_same(
    labels: list[str], answers: list[str], read: list[str]
) -> None:
    found, notes = in_names_of_gold(labelled(*labels), answers)
    assert found == read
    assert [note.level for note in notes] == ["note"]


@pytest.mark.parametrize(
    ("labels", "answers"),
    [
        (["1", "5", "3"], ["positive", "negative", "negative"]),  # stars are no tone
        (["C", "C++"], ["c#", "C#"]),
        (["bug", "question"], ["negative", "positive"]),
    ],
)
def test_without_a_common_label_there_is_an_alarm_and_nothing_is_guessed(
    labels: list[str], answers: list[str]
) -> None:
    found, alarms = in_names_of_gold(labelled(*labels), answers)
    assert list(found) == answers
    assert [(alarm.name, alarm.level) for alarm in alarms] == [(NO_COMMON_LABELS, "alarm")]


def test_what_a_person_said_is_taken_as_said() -> None:
    names = {"negative": "bug", "positive": "question"}
    found, notes = in_names_of_gold(labelled("bug", "question"), ["negative", "positive"], names)
    assert found == ["bug", "question"]
    assert [note.level for note in notes] == ["note"]


def test_the_class_for_nothing_is_the_same_by_any_of_its_names() -> None:
    rows = [{"id": str(at), "label": one} for at, one in enumerate(["no_relation", "founded"])]
    found, _ = in_names_of_gold(examples_of("relation_extraction", rows), ["Other", "founded"])
    assert found == ["no_relation", "founded"]


def test_a_task_without_labels_has_none() -> None:
    assert labels_in("summarization", ["A text."]) == set()
