"""Records: the same after reading as before writing, and only comparable on the same data."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.errors import InputError
from backend.evaluation.alarms import Alarm
from backend.evaluation.examples import TASKS, answers_of, examples_of
from backend.evaluation.record import (
    Details,
    ModelIdentity,
    Record,
    compare_records,
    details_bytes,
    details_from,
    evaluate,
    record_bytes,
    record_from,
)
from backend.evaluation.scoring import intervals
from tests.evaluation.test_examples import GOLD, PREDICTED


def made(task: Any, name: str = "tuned", n: int = 12, **options: Any) -> tuple[Record, Details]:
    examples = examples_of(task, [{"id": place, **GOLD[task]} for place in range(n)])
    answers = answers_of(examples, [{"id": place, **PREDICTED[task]} for place in range(n)])
    model = ModelIdentity(
        name, "ab" * 32, "s3://bucket/model.tar.gz", "fine-tuned", {"epochs": "2"}
    )
    return evaluate(examples, answers, model, data_name="test set", resamples=100, **options)


@pytest.mark.parametrize("task", TASKS)
def test_a_record_and_its_details_are_the_same_after_reading(task: Any) -> None:
    record, details = made(task, more_alarms=[Alarm("x", "é “y”")])
    assert record_from(record_bytes(record)) == record
    again = details_from(details_bytes(details))
    assert again.address == details.address == record.details
    assert again.predicted == details.predicted
    assert intervals(again.scored, resamples=100) == record.metrics
    assert record.data.n == 12
    assert "numpy" in record.versions


def test_any_change_changes_the_address() -> None:
    record, _ = made("text_classification")
    assert replace(record, seed=1).address != record.address
    better = replace(record.metrics["accuracy"], value=0.99)
    changed = replace(record, metrics={**record.metrics, "accuracy": better})
    assert changed.address != record.address


def test_the_same_evaluation_has_the_same_details() -> None:
    assert made("summarization")[0].details == made("summarization")[0].details


def test_records_on_different_test_data_are_not_compared() -> None:
    one, other = made("text_classification", "base"), made("text_classification", n=13)
    with pytest.raises(InputError, match="different test data") as refused:
        compare_records(one, other)
    assert str(refused.value).endswith("then compare.")
    with pytest.raises(InputError, match="different tasks"):
        compare_records(made("relation_extraction"), one)


def test_records_on_the_same_data_are_compared_under_their_names() -> None:
    found = compare_records(made("text_classification", "base"), made("text_classification"))
    assert (found.first.name, found.second.name) == ("base", "tuned")
    same = compare_records(made("text_classification"), made("text_classification"))
    assert same.first.name != same.second.name


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"task": "named_entities"}', b"\xff"])
def test_what_is_no_record_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="damaged"):
        record_from(content)
    with pytest.raises(InputError, match="damaged"):
        details_from(content)


def test_a_record_is_plain_json_that_others_can_read() -> None:
    content = json.loads(record_bytes(made("named_entities")[0]))
    assert content["metrics"]["f1"]["value"] == 1.0
    assert content["model"]["name"] == "tuned"
