"""Experiments as files: read as they were written, or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from backend.evaluation.comparison import compare
from backend.evaluation.examples import TASKS, examples_of
from backend.evaluation.record import DataIdentity, ModelIdentity
from backend.evaluation.scoring import Scored, intervals, score
from backend.evaluation.shipped import (
    FOLDER,
    Experiment,
    Finding,
    Measured,
    Role,
    experiment_bytes,
    experiment_from,
    experiments,
    save,
)

ROWS = [{"id": str(at), "text": "x", "label": "ab"[at % 2]} for at in range(30)]
EXAMPLES = examples_of("text_classification", ROWS)


def scored(right: int) -> Scored:
    wrong = {"a": "b", "b": "a"}
    gold = [str(label) for label in EXAMPLES.gold]
    return score(EXAMPLES, [*gold[:right], *(wrong[label] for label in gold[right:])])


def measured(role: Role, right: int) -> Measured:
    found = scored(right)
    return Measured(
        role=role,
        identity=ModelIdentity(role, "hash", hyperparameters={"epochs": "1"}),
        metrics=intervals(found, resamples=100),
        alarms=(),
        scores=tuple(found.scores.tolist()),
        record="address",
    )


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    comparison = compare(scored(15), scored(28), resamples=100)
    return Experiment(
        task="text_classification",
        scale="small",
        source="made up",
        licence="none",
        data=DataIdentity("made-up/v1", EXAMPLES.sha256, 30),
        dataset_sha256="0" * 64,
        metric="f1_macro",
        sizes={"train": 100, "test": 30},
        seeds={"data": 13},
        resamples=100,
        versions={"python": "3.11"},
        place="This computer",
        created="2026-01-02T03:04:05+00:00",
        ids=EXAMPLES.ids,
        models=(measured("trivial", 15), measured("finetuned", 28)),
        findings=(Finding("trivial", "finetuned", comparison),),
    )


def test_it_is_read_as_it_was_written(experiment: Experiment, tmp_path: Path) -> None:
    assert experiment_from(experiment_bytes(experiment)) == experiment
    path = save(experiment, tmp_path)
    assert path.name == f"text_classification-small-{experiment.address[:12]}.json"
    assert experiments(tmp_path) == (experiment,)


def test_models_and_findings_are_found_by_role(experiment: Experiment) -> None:
    assert experiment.model("finetuned") is experiment.models[1]
    assert experiment.model("tuned") is None
    assert experiment.finding("trivial", "finetuned") is experiment.findings[0]
    assert experiment.finding("finetuned", "tuned") is None
    assert experiment.headline is experiment.findings[0]
    assert replace(experiment, findings=()).headline is None


def test_what_was_changed_or_damaged_is_not_read(experiment: Experiment, tmp_path: Path) -> None:
    path = save(experiment, tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"n":30', b'"n":31'))
    (tmp_path / "other.json").write_text('{"task": 3}')
    (tmp_path / "broken.json").write_text("{")
    assert experiments(tmp_path) == ()
    assert experiments(tmp_path / "nowhere") == ()


def test_a_later_one_takes_the_place_of_one_of_its_scale(
    experiment: Experiment, tmp_path: Path
) -> None:
    save(replace(experiment, models=experiment.models[:1]), tmp_path)
    save(experiment, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    larger = replace(experiment, scale="night", sizes={"train": 200})
    save(larger, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert experiments(tmp_path) == (larger,)


def test_every_shipped_file_is_whole_and_tells_no_text() -> None:
    files = list(FOLDER.glob("*.json"))
    found = [experiment_from(path.read_bytes()) for path in files]
    for path, one in zip(files, found, strict=True):
        assert path.stem.endswith(one.address[:12])
        assert one.task in TASKS
        assert {len(model.scores) for model in one.models} == {len(one.ids)}
        assert max(map(len, one.ids)) <= 40
