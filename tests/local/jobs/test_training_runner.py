"""The runner's own decisions, without a service."""

import os
import sys
from pathlib import Path

import pytest

from backend.local.jobs import namespace, runner, training_command
from backend.local.jobs.runner_spec import Spec
from backend.local.jobs.training_folder import JobFolder
from backend.local.jobs.training_records import Record
from tests.local.jobs.training_cloud import SETTINGS, minimal


def spec_of(record: Record) -> Spec:
    python = Path(sys.executable)
    return training_command.spec(record, SETTINGS, python=python, threads=1, clients={})


def test_without_the_toolkit_a_job_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "find_spec", lambda _: None)
    spec = Spec(
        ["train"],
        {},
        run_seconds=9,
        stop_seconds=1,
        pause_seconds=1,
        idle_seconds=900,
        toolkit=True,
    )
    facts = runner.Runner(JobFolder(tmp_path), spec).run()
    assert facts["ended"] == "unable"
    assert "pip install sagemaker-training" in facts["error"]


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    (folder.ml / "input" / "config").mkdir(parents=True)
    spec = Spec(
        ["/no/such/program"], {}, run_seconds=9, stop_seconds=1, pause_seconds=1, idle_seconds=900
    )
    facts = runner.Runner(folder, spec).run()
    assert (facts["ended"], "/no/such/program" in facts["error"]) == ("unable", True)


def test_without_mount_namespaces_a_command_on_opt_ml_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(namespace, "options", lambda: None)
    algorithm = {
        "TrainingImage": "any",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["/bin/bash", "/opt/ml/input/data/x.sh"],
    }
    request = {**minimal("job"), "AlgorithmSpecification": algorithm}
    record = Record("job", "arn", "InProgress", request, False, "", 0.0, 0, 1)
    with pytest.raises(training_command.CannotRunError, match="unshare is missing"):
        spec_of(record)
    algorithm["ContainerEntrypoint"] = ["/bin/true"]
    assert (
        training_command.spec(
            record, SETTINGS, python=Path(sys.executable), threads=1, clients={}
        ).namespace
        is None
    )


def test_the_exit_is_told_on_a_full_disk_too(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    reserved = tmp_path / ".exit.part"
    reserved.write_bytes(b" " * 64 * 1024)
    before = reserved.stat().st_ino
    runner._write_exit(folder, {"ended": "exited", "tail": ["\x00" * 500] * 40})
    assert (tmp_path / "exit.json").stat().st_ino == before
    assert (tmp_path / "exit.json").stat().st_size == 64 * 1024
    facts = folder.read("exit.json")
    assert facts is not None
    assert 0 < len(facts["tail"]) < 40


HUNGRY = """
import time
print(open("/proc/self/oom_score_adj").read().strip(), flush=True)
held = bytearray(200 << 20)
time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="Linux alone has it")
def test_a_job_beyond_its_memory_is_ended_and_is_what_the_kernel_would_end_first(
    tmp_path: Path,
) -> None:
    folder = JobFolder(tmp_path)
    (folder.ml / "input" / "config").mkdir(parents=True)
    spec = Spec(
        [sys.executable, "-c", HUNGRY],
        dict(os.environ),
        run_seconds=60,
        stop_seconds=1,
        pause_seconds=1,
        idle_seconds=900,
        memory_bytes=100 << 20,
    )
    facts = runner.Runner(folder, spec).run()
    assert facts["ended"] == "memory"
    assert facts["tail"] == ["500"]
    assert Path("/proc/self/oom_score_adj").read_text().strip() != "500"
