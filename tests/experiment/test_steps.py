"""A task from its data to its experiment, killed anywhere, and never anything twice."""

from pathlib import Path

import pytest

from backend.evaluation.shipped import ROLES, Experiment, experiments
from backend.experiment.steps import Steps
from tests.experiment.fake_cloud import MATERIAL, FakeClient


@pytest.fixture
def cloud() -> FakeClient:
    return FakeClient()


@pytest.fixture
def uncompared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons take most of the time; one run with them is enough."""
    monkeypatch.setattr("backend.experiment.steps.findings_of", lambda records: ())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("finished")
    assert run(FakeClient(), folder)
    return folder


def run(cloud: FakeClient, folder: Path, said: list[str] | None = None) -> bool:
    report = (said if said is not None else []).append
    return Steps(cloud.as_client, MATERIAL, "smoke", folder, report, poll=0.0).run(folder)


def result(folder: Path) -> Experiment:
    (found,) = experiments(folder)
    return found


def test_every_model_is_measured_on_the_same_examples(finished: Path) -> None:
    found = result(finished)
    assert tuple(model.role for model in found.models) == ROLES
    assert {len(model.scores) for model in found.models} == {60} == {len(found.ids)}
    tuned = found.model("tuned")
    assert tuned is not None
    assert (tuned.metrics["accuracy"].value, tuned.trials, tuned.seconds) == (1.0, 2, 180.0)
    assert found.sizes == {"train": 160, "validation": 40, "test": 60, "epochs": 1, "trials": 2}
    assert {model.identity.sha256[:4] for model in found.models if model.job} == {"hash"}


def test_the_searches_had_the_same_budget_and_the_verdict_says_what_they_gained(
    finished: Path,
) -> None:
    found = result(finished)
    assert found.headline is not None
    assert found.headline.comparison.verdict.startswith("Tuned is better: ")
    assert [alarm.name for alarm in found.headline.alarms] == ["smaller_budget"]
    fair = found.finding("random", "tuned")
    assert fair is not None
    assert fair.alarms == ()
    tuned = found.model("tuned")
    assert tuned is not None
    assert "selection_metric" in [alarm.name for alarm in tuned.alarms]


def test_no_text_of_the_data_is_kept(finished: Path) -> None:
    (file,) = finished.glob("*.json")
    assert "Sentence" not in file.read_text()


@pytest.mark.usefixtures("uncompared")
def test_what_is_finished_is_not_done_again(cloud: FakeClient, tmp_path: Path) -> None:
    run(cloud, tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    assert run(cloud, tmp_path)
    assert len(cloud.jobs.started) == 3
    assert len(cloud.transforms.asked) == 4
    # The name of a file is the hash of its content.
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("uncompared")
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    for look in (1, 4, 7, 10):
        cloud, folder = FakeClient(), tmp_path / str(look)
        cloud.jobs.interrupted = look
        with pytest.raises(KeyboardInterrupt):
            run(cloud, folder)
        assert run(cloud, folder)
        assert len(cloud.jobs.started) == len(set(cloud.jobs.started)) == 3
        assert len(cloud.transforms.asked) == 4
        assert len(result(folder).models) == len(ROLES)


@pytest.mark.usefixtures("uncompared")
def test_a_model_that_has_changed_is_asked_again(cloud: FakeClient, tmp_path: Path) -> None:
    run(cloud, tmp_path)
    cloud.changed = "pretrained"
    run(cloud, tmp_path)
    asked = [model for model, *_ in cloud.transforms.asked.values()]
    assert len(asked) == 5
    assert sum("pretrained" in model for model in asked) == 2


def test_a_failed_job_is_left_out_and_the_rest_is_of_use(cloud: FakeClient, tmp_path: Path) -> None:
    cloud.jobs.failed = "-tuned-"
    said: list[str] = []
    assert not run(cloud, tmp_path, said)
    assert any("Tuned left out" in line and "The disk is full" in line for line in said)
    found = result(tmp_path)
    assert [model.role for model in found.models] == list(ROLES[:-1])
    assert found.headline is not None


@pytest.mark.usefixtures("uncompared")
def test_a_failed_transform_is_tried_again_the_next_time(cloud: FakeClient, tmp_path: Path) -> None:
    cloud.jobs.failed = "-tuned-"
    run(cloud, tmp_path)
    (record,) = (one for one in cloud.evaluations.records.list() if "random" in one.model.name)
    cloud.evaluations.records.remove(record)
    for name, (model, *_) in cloud.transforms.asked.items():
        if "random" in model:
            cloud.transforms.jobs[name].status = "Failed"
    run(cloud, tmp_path)
    assert sum("random" in model for model, *_ in cloud.transforms.asked.values()) == 2
