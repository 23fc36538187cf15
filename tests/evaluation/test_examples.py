"""Gold and predictions are read, matched by id, or refused with the line that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InputError
from backend.evaluation.examples import (
    TASKS,
    Entity,
    answers_of,
    examples_of,
    read_examples,
    read_predictions,
    require_task,
)

GOLD: dict[str, dict[str, Any]] = {
    "text_classification": {"label": "pos"},
    "named_entities": {"text": "In Rome", "entities": [{"start": 3, "end": 7, "label": "LOC"}]},
    "question_answering": {"answers": ["x", "y"]},
    "relation_extraction": {"label": "Other"},
    "summarization": {"summaries": ["short"]},
}
PREDICTED: dict[str, dict[str, Any]] = {
    "text_classification": {"label": "neg", "score": 0.7},
    "named_entities": {"entities": [{"start": 3, "end": 7, "label": "LOC", "score": 1}]},
    "question_answering": {"answer": ""},
    "relation_extraction": {"label": "Cause-Effect(e1,e2)"},
    "summarization": {"summary": "s"},
}


@pytest.mark.parametrize("task", TASKS)
def test_each_task_is_read_and_matched_whatever_the_order(task: Any, tmp_path: Path) -> None:
    gold, found = tmp_path / "gold.jsonl", tmp_path / "found.jsonl"
    gold.write_text("\n".join(json.dumps({"id": at, **GOLD[task]}) for at in (1, 2)))
    lines = [json.dumps({"id": str(at), **PREDICTED[task]}) for at in (2, 1)]
    found.write_text("\ufeff" + "\n\n".join(lines) + "\n", encoding="utf-8")
    examples = read_examples(task, gold)
    assert examples.ids == ("1", "2")
    assert len(read_predictions(examples, found)) == 2


@pytest.mark.parametrize("task", TASKS)
def test_every_field_of_a_task_is_required(task: Any) -> None:
    with pytest.raises(InputError, match="gold, example 1"):
        examples_of(task, [{"id": 1}])
    examples = examples_of(task, [{"id": 1, **GOLD[task]}])
    with pytest.raises(InputError, match="predictions, example 1"):
        answers_of(examples, [{"id": 1}])


def test_a_missing_a_double_and_an_unknown_id_are_refused() -> None:
    rows = [{"id": "a", "label": "x"}, {"id": "b", "label": "x"}]
    examples = examples_of("text_classification", rows)
    with pytest.raises(InputError, match="lacks a prediction for the id “b”"):
        answers_of(examples, rows[:1])
    with pytest.raises(InputError, match="“a” is there twice"):
        answers_of(examples, [*rows, rows[0]])
    with pytest.raises(InputError, match="“c” is not in the gold"):
        answers_of(examples, [*rows, {"id": "c", "label": "x"}])
    with pytest.raises(InputError, match="twice"):
        examples_of("text_classification", [{"id": 1, "label": "x"}, {"id": "1", "label": "x"}])


@pytest.mark.parametrize("bad", [None, "", True, 1.5, [], {}])
def test_an_id_that_is_none_is_refused(bad: Any) -> None:
    with pytest.raises(InputError, match="id"):
        examples_of("text_classification", [{"id": bad, "label": "x"}])


@pytest.mark.parametrize(
    "entity",
    [
        {"start": 3, "end": 8, "label": "LOC"},
        {"start": 3, "end": 3, "label": "LOC"},
        {"start": -1, "end": 3, "label": "LOC"},
        {"start": True, "end": 3, "label": "LOC"},
        {"start": 0, "end": 3, "label": ""},
        {"start": 0, "end": 3},
        "LOC",
    ],
)
def test_an_entity_that_is_none_is_refused(entity: Any) -> None:
    with pytest.raises(InputError):
        examples_of("named_entities", [{"id": 1, "text": "In Rome", "entities": [entity]}])


def test_the_endpoints_own_names_of_offsets_are_read() -> None:
    row = {"id": 1, "entities": [{"start_char": 3, "end_char": 7, "label": "LOC"}]}
    assert examples_of("named_entities", [row]).gold == ((Entity(3, 7, "LOC"),),)


def test_datasets_answers_and_summaries_are_read_as_they_are() -> None:
    answers = [{"id": 1, "answers": [{"text": "x", "start": 0}], "context": "x y"}]
    assert examples_of("question_answering", answers).gold == (("x",),)
    assert examples_of("summarization", [{"id": 1, "summary": "s", "text": "t"}]).gold == (("s",),)


@pytest.mark.parametrize("content", [b"[1]\n", b"{", b"\xff\xfe", b"", b"\n\n"])
def test_what_is_no_json_lines_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"gold\.jsonl"):
        read_examples("text_classification", path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="check the path"):
        read_examples("text_classification", tmp_path / "none.jsonl")


def test_the_hash_is_of_content_and_not_of_order() -> None:
    rows = [{"id": "a", "label": "x"}, {"id": "b", "label": "y"}]
    one = examples_of("text_classification", rows)
    assert one.sha256 == examples_of("text_classification", rows[::-1]).sha256
    changed = [{"id": "a", "label": "y"}, rows[1]]
    assert one.sha256 != examples_of("text_classification", changed).sha256


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(InputError, match="named_entities"):
        require_task("ner")
