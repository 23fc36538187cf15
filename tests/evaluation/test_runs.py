"""Runs: models answer by transform jobs, are scored when they have, and never twice."""

import json
from dataclasses import asdict

import pytest

from backend.errors import InputError
from backend.evaluation.memory import FILE, Memory
from backend.evaluation.record import ModelIdentity, Record
from backend.evaluation.run import Run
from backend.evaluation.runs import TRIVIAL
from backend.evaluation.training import Search, Training, training_from
from tests.evaluation.evaluating import LABELS, TASK, Bench
from tests.local.hosting.scripts import packed


@pytest.fixture
def bench() -> Bench:
    return Bench()


def records(bench: Bench) -> tuple[Record, ...]:
    return bench.evaluations.records.list(TASK)


def start(bench: Bench, *models: str, trivial: bool = False) -> Run:
    return bench.evaluations.start(bench.version, models, trivial=trivial)


def test_a_model_is_asked_every_test_example_in_one_file(bench: Bench) -> None:
    run = start(bench, "new")
    ((model, source, target),) = bench.transforms.asked.values()
    assert model == "new"
    lines = bench.s3.objects[source.removeprefix("s3://bucket/")].splitlines()
    texts = [row["text"] for row in bench.datasets.examples(bench.version, "test")]
    assert [json.loads(line)["text"] for line in lines] == texts
    assert target.startswith(f"s3://bucket/prefix/transform/{run.id}/")


def test_answers_are_scored_when_they_have_come(bench: Bench) -> None:
    run = start(bench, "new")
    (state,) = bench.evaluations.states(run)
    assert (state.status, state.finished, state.record) == ("InProgress", False, None)
    bench.transforms.finish("new", bench.right(1.0))
    (state,) = bench.evaluations.states(run)
    assert state.finished
    assert state.record is not None
    assert state.record.metrics["accuracy"].value == 1.0
    assert (state.record.data.name, state.record.data.n) == ("requests/v1", 60)
    assert bench.evaluations.records.list(TASK) == (state.record,)


def test_looking_again_scores_nothing_again(bench: Bench) -> None:
    run = start(bench, "new")
    bench.transforms.finish("new", bench.right(0.5))
    bench.evaluations.states(run)
    written = dict(bench.s3.objects)
    bench.evaluations.states(run)
    assert bench.s3.objects == written


def test_a_model_that_was_scored_on_the_same_data_is_not_asked_again(bench: Bench) -> None:
    bench.evaluate(old=0.5)
    run = start(bench, "old-renamed")
    assert len(bench.transforms.asked) == 1
    (state,) = bench.evaluations.states(run)
    assert state.record is not None
    assert state.record.model.name == "old"


def test_other_data_is_another_evaluation(bench: Bench) -> None:
    bench.evaluate(old=0.5)
    bench.version = bench.add(59)
    start(bench, "old")
    assert len(bench.transforms.asked) == 2


def test_the_trivial_baseline_needs_no_job_and_looks_at_no_test_label(bench: Bench) -> None:
    train = [{"text": f"Text {at} of many.", "label": "praise"} for at in range(30)]
    test = [dict(row) for row in bench.datasets.examples(bench.version, "test")]
    splits = {"train": train, "test": test}
    bench.version = bench.datasets.add("requests", TASK, splits, source="a test")
    (state,) = bench.evaluations.states(start(bench, trivial=True))
    assert state.record is not None
    assert state.record.model.kind == TRIVIAL
    assert set(bench.evaluations.records.details(state.record).predicted) == {"praise"}
    assert bench.transforms.asked == {}


def test_a_failed_job_says_why(bench: Bench) -> None:
    run = start(bench, "new")
    (job,) = bench.transforms.jobs.values()
    job.status, job.failure_reason = "Failed", "The model broke."
    (state,) = bench.evaluations.states(run)
    assert (state.finished, state.record, state.reason) == (True, None, "The model broke.")


def test_answers_that_are_not_the_tasks_fail_the_model_not_the_run(bench: Bench) -> None:
    run = start(bench, "new", "other")
    bench.transforms.finish("new", lambda _: {"summary": "no"})
    bench.transforms.finish("other", bench.right(1.0))
    broken, good = bench.evaluations.states(run)
    assert broken.status == "Failed"
    assert "model for this task" in broken.reason
    assert good.record is not None


def test_missing_lines_are_no_result(bench: Bench) -> None:
    run = start(bench, "new")
    bench.transforms.finish("new", bench.right(1.0))
    key = next(key for key in bench.s3.objects if key.endswith(".out"))
    bench.s3.objects[key] = b"\n".join(bench.s3.objects[key].splitlines()[:-1])
    (state,) = bench.evaluations.states(run)
    assert "59 of 60" in state.reason


def test_stopping_ends_what_still_runs(bench: Bench) -> None:
    run = start(bench, "new", "other")
    bench.transforms.finish("new", bench.right(1.0))
    bench.evaluations.stop(run)
    assert [state.status for state in bench.evaluations.states(run)] == ["Completed", "Stopped"]


def test_runs_are_found_again_newest_first_by_who_looks_later(bench: Bench) -> None:
    run = start(bench, "new")
    assert bench.evaluations.runs(TASK) == (run,)
    assert bench.evaluations.runs("summarization") == ()
    key = next(key for key in bench.s3.objects if "evaluations/runs/" in key)
    bench.s3.objects[key] = b"{}"
    assert bench.evaluations.runs() == ()


def test_test_examples_seen_in_training_raise_an_alarm(bench: Bench) -> None:
    bench.version = bench.add(60, seen=6, name="leaking")
    bench.evaluate(new=1.0)
    record = next(r for r in bench.evaluations.records.list(TASK) if r.model.name == "new")
    assert "seen_in_training" in [alarm.name for alarm in record.alarms]


def test_a_model_that_remembers_test_examples_raises_an_alarm(bench: Bench) -> None:
    texts = [f"Request {at} about something." for at in range(6)]
    bench.s3.objects["shipped"] = packed(
        {"README.md": "a card", FILE: Memory.of(texts).to_bytes(), "weights": b"w"}
    )
    bench.s3.objects["damaged"] = packed({FILE: b"no memory"})
    for name in ("shipped", "damaged", "gone"):
        bench.identities[name] = ModelIdentity(
            name, f"hash of {name}", f"s3://b/{name}", "embedded"
        )
    bench.evaluate(shipped=1.0, damaged=1.0, gone=1.0)
    seen = {r.model.name: [a.message for a in r.alarms if "seen" in a.name] for r in records(bench)}
    assert "6 of 60 test examples" in seen.pop("shipped")[0]
    assert not any(seen.values())


def test_test_examples_that_an_earlier_model_learned_from_are_noticed(bench: Bench) -> None:
    texts = [f"Request {at} about something." for at in range(6)]
    bench.s3.objects["shipped"] = packed({FILE: Memory.of(texts).to_bytes()})
    leaking, clean = bench.add(60, seen=6, name="leaking"), bench.version.id
    bench.training["shipped-on"] = Training(dataset=clean, start="s3://b/shipped")
    bench.training["job-on"] = Training(dataset=clean, earlier=(leaking.id, "gone/v1"))
    bench.training["alone"] = Training(dataset=clean)
    bench.evaluate(**{"shipped-on": 1.0, "job-on": 1.0, "alone": 1.0})
    seen = {r.model.name: "seen_in_training" in [a.name for a in r.alarms] for r in records(bench)}
    assert (seen["shipped-on"], seen["job-on"], seen["alone"]) == (True, True, False)


@pytest.mark.parametrize(("promised", "raised"), [(0.95, True), (0.5, False)])
def test_less_than_training_promised_raises_an_alarm(
    bench: Bench, promised: float, *, raised: bool
) -> None:
    bench.training["new"] = Training(validation={"accuracy": promised, "loss": 3.0})
    bench.evaluate(new=0.5)
    record = next(r for r in bench.evaluations.records.list(TASK) if r.model.name == "new")
    assert ("validation_gap" in [alarm.name for alarm in record.alarms]) is raised


def test_test_examples_in_the_data_that_the_model_was_trained_on_are_noticed(bench: Bench) -> None:
    leaking = bench.add(60, seen=6, name="leaking")
    bench.training["new"] = Training(dataset=leaking.id)
    bench.training["old"] = Training(dataset="deleted/v1")
    bench.evaluate(new=1.0, old=1.0)
    seen = {r.model.name: "seen_in_training" in [a.name for a in r.alarms] for r in records(bench)}
    assert seen == {"new": True, "old": False, "constant class": False}


def test_a_record_keeps_how_its_model_was_chosen_and_what_that_means(bench: Bench) -> None:
    test = bench.version.splits["test"].sha256
    bench.training["new"] = chosen = Training(
        validation={"f1_macro": 0.9},
        validation_n=60,
        validation_sha256=test,
        search=Search("f1_macro", 6, {"learning_rate": (1e-5, 1e-2), "layers": ("all", "top")}),
    )
    bench.evaluate(new=0.9)
    (record,) = [r for r in records(bench) if r.model.name == "new"]
    assert "selected_on_test" in [alarm.name for alarm in record.alarms]
    assert training_from(json.loads(json.dumps(asdict(chosen)))) == record.training


def test_a_handicapped_baseline_is_said_beside_the_comparison(bench: Bench) -> None:
    search = Search("f1_macro", 6, {"n": ("new",)})
    bench.training |= {"old": Training(), "new": Training(search=search)}
    bench.evaluate(old=0.4, new=0.9)
    by_name = {record.model.name: record for record in records(bench)}
    found = bench.evaluations.compare(bench.version, by_name["old"], by_name["new"])
    names = ["baseline_outside_search_space", "smaller_budget"]
    assert [alarm.name for alarm in found.alarms] == names
    assert "1 trial against 6" in found.html()
    assert not bench.evaluations.compare(bench.version, by_name["new"], by_name["old"]).alarms


def test_a_constant_answer_raises_an_alarm(bench: Bench) -> None:
    run = start(bench, "new")
    constant = {"probabilities": [1.0, 0.0, 0.0], "labels": list(LABELS)}
    bench.transforms.finish("new", lambda _: constant)
    (state,) = bench.evaluations.states(run)
    assert state.record is not None
    assert "constant_prediction" in [alarm.name for alarm in state.record.alarms]


def test_a_dataset_without_a_test_split_cannot_be_evaluated_on(bench: Bench) -> None:
    rows = [{"text": "One of them.", "label": "a"}]
    version = bench.datasets.add("untested", TASK, {"train": rows}, source="a test")
    with pytest.raises(InputError, match="no test split"):
        bench.evaluations.start(version, ["new"])


def test_nothing_to_evaluate_is_said(bench: Bench) -> None:
    with pytest.raises(InputError, match="choose a model"):
        start(bench)


def test_a_comparison_has_verdict_changes_and_a_report(bench: Bench) -> None:
    bench.evaluate(old=0.4, new=0.9)
    by_name = {record.model.name: record for record in bench.evaluations.records.list(TASK)}
    found = bench.evaluations.compare(bench.version, by_name["old"], by_name["new"])
    assert found.comparison.outcome == "better"
    assert len(found.changes["fixed"]) > len(found.changes["broken"])
    assert found.settings == (("n", "old", "new"),)
    assert found.comparison.verdict in found.html()
    assert json.loads(found.json())["n"] == 60
    assert found is bench.evaluations.compare(bench.version, by_name["old"], by_name["new"])


def test_records_of_other_data_are_not_compared(bench: Bench) -> None:
    bench.evaluate(old=0.4, new=0.9)
    one, other, *_ = bench.evaluations.records.list(TASK)
    with pytest.raises(InputError, match="other test data"):
        bench.evaluations.compare(bench.add(59), one, other)


def test_ids_of_the_dataset_are_kept_where_they_are_unique(bench: Bench) -> None:
    rows = [{"text": f"Text {at} of many.", "label": "a", "id": f"x-{at}"} for at in range(3)]
    version = bench.datasets.add("named", TASK, {"test": rows}, source="a test")
    assert set(bench.evaluations.examples(version).ids) == {"x-0", "x-1", "x-2"}


def test_nobody_is_warned_of_the_trivial_baseline() -> None:
    bench = Bench()
    bench.evaluate(new=0.9)
    trivial = next(one for one in bench.evaluations.records.list(TASK) if one.model.kind == TRIVIAL)
    assert trivial.alarms == ()
