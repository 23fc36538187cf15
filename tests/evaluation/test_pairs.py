"""Which two models a comparison begins with, and what both overlook."""

from dataclasses import replace

from backend.evaluation.intervals import Interval
from backend.evaluation.pairs import in_order, overlooked
from backend.evaluation.record import DataIdentity, ModelIdentity, Record


def record(name: str, kind: str, *, score: float = 0.5, created: str = "2026-01-01") -> Record:
    return Record(
        "summarization",
        ModelIdentity(name, f"sha-{name}", kind=kind),
        DataIdentity("data", "sha", 100),
        {"rougeL": Interval(score, score - 0.1, score + 0.1)},
        (),
        None,
        1,
        100,
        {},
        created,
        "details",
    )


TRIVIAL = record("lead sentences", "trivial", score=0.6)
SHIPPED = record("shipped", "embedded")
OLD = record("old", "finetuned")
NEW = record("new", "tuned", created="2026-02-01")


def names(*records: Record, served: str = "") -> list[str]:
    return [one.model.name for one in in_order(records, {served})]


def test_the_newest_trained_model_is_compared_with_the_pretrained_one() -> None:
    assert names(TRIVIAL, NEW, OLD, SHIPPED) == ["shipped", "old", "lead sentences", "new"]


def test_or_with_what_an_endpoint_serves() -> None:
    assert names(TRIVIAL, NEW, OLD, SHIPPED, served="old")[0] == "old"


def test_a_model_that_is_served_already_is_compared_with_the_pretrained_one() -> None:
    assert names(TRIVIAL, NEW, SHIPPED, served="new") == ["shipped", "lead sentences", "new"]


def test_what_needs_no_model_comes_into_play_where_there_is_nothing_else() -> None:
    assert names(TRIVIAL, NEW) == ["lead sentences", "new"]


def test_a_score_below_the_trivial_answers_or_the_shipped_models_raises_an_alarm() -> None:
    found = overlooked("rougeL", NEW, (TRIVIAL, SHIPPED, OLD))
    assert [alarm.name for alarm in found] == ["below_trivial"]
    assert "lead sentences" in found[0].message
    weak = replace(NEW, metrics={"rougeL": Interval(0.4, 0.3, 0.5)})
    assert len(overlooked("rougeL", weak, (TRIVIAL, SHIPPED, OLD))) == 2
    assert overlooked("rougeL", replace(NEW, metrics=OLD.metrics), (SHIPPED, OLD)) == ()
