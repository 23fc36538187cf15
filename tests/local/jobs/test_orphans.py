"""What `make stop` does with the jobs of a service that was killed."""

from pathlib import Path

import psutil
import pytest

from backend import launcher
from backend.local.config import ServiceConfig
from backend.local.jobs import orphans
from backend.settings import Settings
from tests.local.jobs.training_cloud import SETTINGS, TrainingCloud
from tests.local.running import RunningService, running_service, service_process

SAVING = """
import os, signal, sys, time
base = os.environ['SAGEMAKER_BASE_DIR']
path = base + '/checkpoints/saved'
if os.path.exists(path):
    print('resumed')
    open(base + '/model/done', 'w').write(open(path).read())
    sys.exit()
def save(*_):
    open(path, 'w').write('kept')
    sys.exit(1)
signal.signal(signal.SIGTERM, save)
print('ready', flush=True)
time.sleep(600)
"""


def test_stop_pauses_the_jobs_of_a_killed_service_and_they_go_on_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    with service_process(home):
        cloud = TrainingCloud(RunningService(ServiceConfig.load(home)))
        cloud.create("orphan", SAVING)
        cloud.prints("orphan", "ready")
        assert orphans.main([str(home)]) == 0  # not one while there is a service
        assert [process.is_running() for process in cloud.processes("orphan")] == [True]
    script, *_ = cloud.processes("orphan")
    assert launcher.stop(Settings(home=home)) == 0
    assert not script.is_running() or script.status() == psutil.STATUS_ZOMBIE
    said = "1 training job was still at work and paused: the next start takes them up.\n"
    assert capsys.readouterr().out == said
    assert launcher.stop(Settings(home=home)) == 0
    assert capsys.readouterr().out == "Nothing runs for this data folder.\n"
    with running_service(home, training=SETTINGS) as running:
        cloud = TrainingCloud(running)
        assert cloud.ended("orphan")["TrainingJobStatus"] == "Completed"
        assert cloud.log("orphan") == ["ready", "resumed"]
        assert cloud.artifact("orphan") == {"done": b"kept"}
