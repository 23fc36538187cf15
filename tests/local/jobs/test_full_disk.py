"""A disk that a job fills to the last byte, with the service's own database on it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.local.config import ServiceConfig
from backend.local.jobs import namespace
from tests.local.jobs.training_cloud import TrainingCloud
from tests.local.running import ROOT, RunningService, answers
from tests.support import eventually

SMALL = (
    'mount -t tmpfs -o size=6m tmpfs "$0/disk" && cp -r "$0/seed" "$0/disk/home" '
    '&& exec "$1" -m backend.local --home "$0/disk/home"'
)
FILL = """
print('filling', flush=True)
with open('FOLDER/big', 'wb') as file:
    while True:
        file.write(b'x' * 65536)
        file.flush()
"""


@contextmanager
def service_on_a_small_disk(folder: Path) -> Iterator[RunningService]:
    """The service with its home on a disk of 6 MB, which only it and its jobs see."""
    service = RunningService(ServiceConfig.load(folder / "seed"))
    (folder / "disk").mkdir()
    options = namespace.options() or ()
    command = ["unshare", *options, "sh", "-c", SMALL, str(folder), sys.executable]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: answers(service), timeout=120)
            yield service
        finally:
            process.kill()


@pytest.mark.skipif(namespace.options() is None, reason="no disk can be mounted")
def test_a_job_that_fills_the_disk_fails_and_its_space_is_free_again(tmp_path: Path) -> None:
    with service_on_a_small_disk(tmp_path) as service:
        cloud = TrainingCloud(service)
        for folder in ("model", "checkpoints"):
            described = cloud.run(f"fills-{folder}", FILL.replace("FOLDER", folder))
            assert described["TrainingJobStatus"] == "Failed"
            reason, _, first, *_, last = described["FailureReason"].splitlines()
            full = "OSError: [Errno 28] No space left on device"
            assert reason == f"AlgorithmError: {full}, exit code: 1"
            assert (first, last) == ("filling", full)
        assert cloud.run("fits", "print('room again')")["TrainingJobStatus"] == "Completed"
