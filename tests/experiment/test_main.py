"""The program: what it works through, writes and answers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.errors import CloudUnreachable
from backend.evaluation.shipped import experiments
from backend.experiment import __main__ as program
from backend.experiment.table import markdown
from tests.experiment.fake_cloud import MATERIAL, FakeClient


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    cloud = FakeClient()
    monkeypatch.setattr(program, "ensure_service", lambda settings: None)
    monkeypatch.setattr(program, "Client", lambda settings: cloud)
    monkeypatch.setattr(program, "_register_pretrained", lambda client: None)
    monkeypatch.setattr(program, "MATERIALS", (MATERIAL,))
    monkeypatch.setattr("backend.experiment.steps.time.sleep", lambda seconds: None)
    return cloud


@pytest.fixture
def uncompared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparisons take most of the time, and are tested elsewhere."""
    monkeypatch.setattr("backend.experiment.steps.findings_of", lambda records: ())


def main(out: Path) -> int:
    return program.main(["--data", str(out), "--scale", "smoke", "--out", str(out)])


def test_a_run_leaves_a_table(cloud: FakeClient, tmp_path: Path) -> None:
    assert main(tmp_path) == 0
    table = (tmp_path / "README.md").read_text()
    assert table.endswith(markdown(experiments(tmp_path)))
    assert "| Text classification, macro F1 |" in table or "| Text classification, F1 of " in table
    assert "- Text classification, fine-tuned and tuned: Tuned is better: " in table
    assert "| Made up | 160 | 40 | 60 | 1 | 2 | 7 min |" in table


@pytest.mark.usefixtures("uncompared")
def test_what_is_left_out_is_told_by_the_exit_status(cloud: FakeClient, tmp_path: Path) -> None:
    cloud.jobs.failed = "-random-"
    assert main(tmp_path) == 1
    assert "| – |" in (tmp_path / "README.md").read_text()


def test_a_service_that_cannot_be_reached_ends_it_in_one_sentence(
    cloud: FakeClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def unreachable(settings: Any) -> None:
        raise CloudUnreachable

    monkeypatch.setattr(program, "ensure_service", unreachable)
    assert main(tmp_path) == 1
    assert capsys.readouterr().out.startswith("The model service cannot be reached")


@pytest.mark.usefixtures("uncompared")
def test_one_task_that_cannot_be_done_does_not_end_the_others(
    cloud: FakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = replace(MATERIAL, folders=("nowhere",))
    monkeypatch.setattr(program, "MATERIALS", (lacking, MATERIAL))
    assert main(tmp_path) == 1
    assert len(experiments(tmp_path)) == 1


@pytest.mark.usefixtures("uncompared")
def test_ctrl_c_says_how_to_go_on(
    cloud: FakeClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.jobs.interrupted = 5
    assert main(tmp_path) == 130
    assert "Run it again" in capsys.readouterr().out
    assert main(tmp_path) == 0
