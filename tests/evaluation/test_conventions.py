"""A model's types of entities under the names that the test data has for them."""

from collections.abc import Sequence

import pytest

from backend.evaluation.conventions import in_types_of_gold
from backend.evaluation.examples import Entity, Examples, examples_of

TEXT = "Amazon, Inc. opened in New York."
SPACY = [(Entity(0, 12, "ORG"), Entity(23, 31, "GPE"), Entity(13, 19, "DATE"))]


def gold(*labels: str) -> Examples:
    """One document with an entity of each of these types."""
    entities = [{"start": 0, "end": 6, "label": label} for label in labels]
    return examples_of("named_entities", [{"id": "1", "text": TEXT, "entities": entities}])


def test_the_types_of_ontonotes_are_measured_by_those_of_conll() -> None:
    found, notes = in_types_of_gold(gold("PER", "LOC"), SPACY)
    assert found == [(Entity(0, 12, "ORG"), Entity(23, 31, "LOC"))]
    assert [(note.name, note.level) for note in notes] == [("types_renamed", "note")]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["PERSON", "GPE"], SPACY),  # the same convention
        (["PER"], [(Entity(0, 6, "PER"), Entity(0, 3, "MISC"))]),
        (["PER"], [(Entity(0, 6, "COMPANY"), Entity(7, 9, "PERSON"))]),  # types of its own
        ([], SPACY),
    ],
)
def test_everything_else_stays_as_it_is(
    labels: Sequence[str], found: Sequence[tuple[Entity, ...]]
) -> None:
    assert in_types_of_gold(gold(*labels), found) == (found, ())
