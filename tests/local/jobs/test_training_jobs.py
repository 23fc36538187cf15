"""Training jobs from their creation to their end, with scripts that do one thing each."""

import json
import math
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.local.jobs.training_cloud import (
    BUCKET,
    LOG_GROUP,
    SETTINGS,
    WAITING,
    TrainingCloud,
    channel,
    minimal,
    transitions,
)
from tests.local.running import running_service
from tests.support import eventually


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingCloud]:
    home = tmp_path_factory.mktemp("training") / "home"
    with running_service(home, training=SETTINGS) as running:
        yield TrainingCloud(running)
    assert not list((home / "training").glob("*/ml"))


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error: str = str(caught.value)
    return error


def test_a_job_goes_through_the_states_of_aws_and_leaves_its_artifacts(
    cloud: TrainingCloud,
) -> None:
    script = (
        "import os\n"
        "base = os.environ['SAGEMAKER_BASE_DIR']\n"
        "open(f'{base}/model/weights', 'w').write('w')\n"
        "open(f'{base}/output/data/curve', 'w').write('c')\n"
        "print('loss=0.5;\\nloss=1.25e-1;')\n"
    )
    described = cloud.run("whole", script, metrics={"loss": "loss=([^;]+);"})
    assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Completed"
    assert transitions(described) == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    steps = described["SecondaryStatusTransitions"]
    assert all(a["EndTime"] == b["StartTime"] for a, b in pairwise(steps))
    assert steps[-1]["StatusMessage"] == "Training job completed"
    assert described["CreationTime"] <= described["TrainingStartTime"]
    assert described["TrainingStartTime"] <= described["TrainingEndTime"]
    assert described["TrainingTimeInSeconds"] == described["BillableTimeInSeconds"]
    (final,) = described["FinalMetricDataList"]
    assert (final["MetricName"], final["Value"]) == ("loss", 0.125)
    uri = described["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{BUCKET}/jobs/whole/output/model.tar.gz"
    assert cloud.artifact("whole") == {"weights": b"w"}
    assert cloud.artifact("whole", "output") == {"curve": b"c"}
    (stream,) = cloud.logs.describe_log_streams(
        logGroupName=LOG_GROUP, logStreamNamePrefix="whole/"
    )["logStreams"]
    assert stream["logStreamName"].startswith("whole/algo-1-")
    assert cloud.log("whole") == ["loss=0.5;", "loss=1.25e-1;"]
    assert not cloud.folder("whole").exists()


def test_channels_are_laid_out_as_on_aws(cloud: TrainingCloud, tmp_path: Path) -> None:
    for key in ("d/train/a.csv", "d/train/deep/b.csv", "d/training-notes", "d/one.csv"):
        cloud.put(key, key)
    names = json.dumps([{"prefix": f"s3://{BUCKET}/d/"}, "one.csv", "train/deep/b.csv"])
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "local.txt").write_text("here")
    script = (
        "import os, json\n"
        "os.chdir(os.environ['SAGEMAKER_BASE_DIR'] + '/input')\n"
        "found = [os.path.join(r, f) for r, _, fs in os.walk('data') for f in fs]\n"
        "print('files', json.dumps(sorted(found)))\n"
        "print('config', open('config/inputdataconfig.json').read())\n"
    )
    described = cloud.run(
        "channels",
        script,
        InputDataConfig=[
            channel("folder", f"s3://{BUCKET}/d/train/", ContentType="text/csv"),
            channel("prefix", f"s3://{BUCKET}/d/train"),
            channel("object", f"s3://{BUCKET}/d/one.csv", InputMode="FastFile"),
            channel("manifest", cloud.put("d/the.manifest", names), "ManifestFile"),
            channel("plain", (tmp_path / "folder").as_uri()),
            channel("file", (tmp_path / "folder" / "local.txt").as_uri()),
        ],
    )
    assert described["TrainingJobStatus"] == "Completed", described
    files, config = cloud.log("channels")
    assert json.loads(files.removeprefix("files ")) == [
        "data/code/script.py",
        "data/file/local.txt",
        "data/folder/a.csv",
        "data/folder/deep/b.csv",
        "data/manifest/one.csv",
        "data/manifest/train/deep/b.csv",
        "data/object/one.csv",
        "data/plain/local.txt",
        "data/prefix/a.csv",
        "data/prefix/deep/b.csv",
        "data/prefix/training-notes",
    ]
    assert json.loads(config.removeprefix("config "))["folder"] == {
        "ContentType": "text/csv",
        "TrainingInputMode": "File",
        "S3DistributionType": "FullyReplicated",
        "RecordWrapperType": "None",
    }


def test_a_job_finds_what_a_container_has_in_its_environment(cloud: TrainingCloud) -> None:
    script = "import os, json\nprint(json.dumps(dict(os.environ)))"
    arn = cloud.create("environment", script, Environment={"MY_FLAG": "1"})
    cloud.ended("environment")
    (line,) = cloud.log("environment")
    environment = json.loads(line)
    assert environment["TRAINING_JOB_NAME"] == "environment"
    assert environment["TRAINING_JOB_ARN"] == arn
    assert environment["MY_FLAG"] == "1"
    assert environment["AWS_ENDPOINT_URL"] == cloud.s3.meta.endpoint_url
    assert environment["OMP_NUM_THREADS"] in ("1", "2")


CRASHES = {
    "raises": (
        "def f():\n    return {}['lost']\nf()",
        "AlgorithmError: KeyError: 'lost', exit code: 1",
    ),
    "exits": ("import sys; print('bad data'); sys.exit(3)", "bad data, exit code: 3"),
    "quits": ("import sys; sys.exit('No labels.')", "AlgorithmError: No labels, exit code: 1"),
    "silent": ("import os; os._exit(7)", "the line before, exit code: 7"),
    "own-words": (
        "open('output/failure', 'w').write('Out of luck.')\nraise SystemExit(1)",
        "AlgorithmError: Out of luck, exit code: 1",
    ),
    "full-disk": (
        "raise OSError(28, 'No space left on device')",
        "OSError: [Errno 28] No space left on device, exit code: 1",
    ),
}


def test_scripts_that_fail_say_why_in_one_sentence(cloud: TrainingCloud) -> None:
    for name, (script, _) in CRASHES.items():
        cloud.create(f"crash-{name}", f"print('the line before', flush=True)\n{script}")
    for name, (_, reason) in CRASHES.items():
        described = cloud.ended(f"crash-{name}")
        assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Failed"
        sentence, *lines = described["FailureReason"].split("\n")
        assert reason in sentence
        assert "the line before" in lines
        assert "ModelArtifacts" not in described
        assert transitions(described)[-2:] == ["Training", "Failed"]


def test_a_diverged_metric_fails_the_job_and_keeps_the_model(cloud: TrainingCloud) -> None:
    script = "print('loss=1')\nprint('loss=nan')"
    described = cloud.run("diverged", script, metrics={"loss": r"loss=(\S+)"})
    assert described["TrainingJobStatus"] == "Failed"
    assert 'the metric "loss" is nan' in described["FailureReason"]
    assert math.isnan(described["FinalMetricDataList"][0]["Value"])
    assert cloud.artifact("diverged") == {}


def test_a_script_killed_again_and_again_fails_and_says_so(cloud: TrainingCloud) -> None:
    script = "import os, signal\nprint('start', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    described = cloud.run("killed", script, RetryStrategy={"MaximumRetryAttempts": 1})
    assert described["TrainingJobStatus"] == "Failed"
    assert (
        "killed by signal 9 (SIGKILL), most likely for want of memory"
        in (described["FailureReason"])
    )
    assert cloud.log("killed") == ["start"] * 2
    assert "Interrupted" in transitions(described)


MEMORY = Path("/sys/fs/cgroup/memory")
GREEDY = """
import os
group = 'GROUP'
open(group + '/memory.limit_in_bytes', 'w').write('60M')
open(group + '/cgroup.procs', 'w').write(str(os.getpid()))
print('eating', flush=True)
hoard = []
while True:
    hoard.append(bytes(1 << 20))
"""


@pytest.mark.skipif(not os.access(MEMORY / "tasks", os.W_OK), reason="no memory can be limited")
def test_a_script_that_the_system_kills_for_want_of_memory_is_not_tried_again(
    cloud: TrainingCloud,
) -> None:
    group = MEMORY / f"docinsights-{os.getpid()}"
    group.mkdir()
    try:
        described = cloud.run("greedy", GREEDY.replace("GROUP", str(group)))
    finally:
        group.rmdir()
    assert described["TrainingJobStatus"] == "Failed"
    reason = "The machine ran out of memory and the system killed the script"
    assert described["FailureReason"] == (
        f"AlgorithmError: {reason}, exit code: 137\nLast lines of the log:\neating"
    )


def test_a_script_that_hangs_has_failed(cloud: TrainingCloud) -> None:
    described = cloud.run("hanging", WAITING, Environment={"DOCINSIGHTS_JOB_IDLE_SECONDS": "0.3"})
    assert described["TrainingJobStatus"] == "Failed"
    assert "hung: it printed and computed nothing for 0.3 seconds" in described["FailureReason"]


COMPUTING = """
import time
end = time.monotonic() + 3
while time.monotonic() < end:
    pass
"""


def test_a_script_that_computes_in_silence_does_not_hang(cloud: TrainingCloud) -> None:
    described = cloud.run("busy", COMPUTING, Environment={"DOCINSIGHTS_JOB_IDLE_SECONDS": "1.5"})
    assert described["TrainingJobStatus"] == "Completed"


def test_a_job_beyond_its_time_is_stopped_as_on_aws(cloud: TrainingCloud) -> None:
    described = cloud.run("late", WAITING, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert described["TrainingJobStatus"] == "Stopped"
    assert described["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert transitions(described)[-3:] == ["Stopping", "Uploading", "MaxRuntimeExceeded"]
    assert "FailureReason" not in described


SAVING = """
import os, signal, sys, time
model = os.environ['SAGEMAKER_BASE_DIR'] + '/model/best'
def save(*_):
    open(model, 'w').write('so far')
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print('ready', flush=True)
time.sleep(600)
"""


def test_a_stopped_job_saves_the_model_so_far(cloud: TrainingCloud) -> None:
    cloud.create("stopped", SAVING)
    cloud.prints("stopped", "ready")
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    described = cloud.ended("stopped")
    assert described["TrainingJobStatus"] == described["SecondaryStatus"] == "Stopped"
    assert transitions(described)[-3:] == ["Stopping", "Uploading", "Stopped"]
    assert cloud.artifact("stopped") == {"best": b"so far"}
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.describe("stopped")["TrainingJobStatus"] == "Stopped"


def test_a_script_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(1)\n"
    )
    settings = replace(SETTINGS, stop_seconds=0.3)
    with running_service(tmp_path / "home", training=settings) as running:
        cloud = TrainingCloud(running)
        cloud.create("stubborn", script)
        cloud.prints("stubborn", "ready")
        assert len(cloud.processes("stubborn")) == 2
        for _ in range(3):
            cloud.sagemaker.stop_training_job(TrainingJobName="stubborn")
        assert cloud.ended("stubborn")["SecondaryStatus"] == "Stopped"
        assert cloud.processes("stubborn") == []


def test_jobs_beyond_the_slots_wait_and_can_be_stopped_there(cloud: TrainingCloud) -> None:
    for name in ("first", "second"):
        cloud.create(name, WAITING)
        cloud.reaches(name, "Training")
    cloud.create("third", "print('mine')")
    cloud.create("fourth", "print('never')")
    cloud.reaches("third", "Pending")
    cloud.reaches("fourth", "Pending")
    cloud.sagemaker.stop_training_job(TrainingJobName="fourth")
    described = cloud.ended("fourth")
    assert transitions(described) == ["Starting", "Pending", "Stopping", "Stopped"]
    assert "TrainingStartTime" not in described
    assert "ModelArtifacts" not in described
    cloud.sagemaker.stop_training_job(TrainingJobName="first")
    assert cloud.ended("third")["TrainingJobStatus"] == "Completed"
    cloud.sagemaker.stop_training_job(TrainingJobName="second")
    cloud.ended("second")


COUNTING = """
import os, time
base = os.environ['SAGEMAKER_BASE_DIR']
path = base + '/checkpoints/step'
step = int(open(path).read()) if os.path.exists(path) else 0
print('from', step, flush=True)
while step < 6:
    step += 1
    open(path + '.part', 'w').write(str(step))
    os.replace(path + '.part', path)
    print(f'step={step};', flush=True)
    if step == 3 and not os.path.exists(base + '/checkpoints/go'):
        open(base + '/checkpoints/go', 'w').close()
        time.sleep(600)
open(base + '/model/done', 'w').write(str(step))
"""


def counted(cloud: TrainingCloud, name: str) -> None:
    """Each step was done once, and the log tells so."""
    described = cloud.ended(name)
    assert described["TrainingJobStatus"] == "Completed", described
    assert cloud.artifact(name) == {"done": b"6"}
    steps = [line for line in cloud.log(name) if line.startswith("step=")]
    assert steps == [f"step={number};" for number in range(1, 7)]
    assert [line for line in cloud.log(name) if line.startswith("from")] == ["from 0", "from 3"]
    assert described["FinalMetricDataList"][0]["Value"] == 6


STEPS = {"step": "step=([^;]+);"}


def test_a_killed_script_is_resumed_from_its_checkpoint(cloud: TrainingCloud) -> None:
    cloud.create("resumed", COUNTING, metrics=STEPS)
    cloud.prints("resumed", "step=3;")
    (script,) = cloud.processes("resumed")
    script.kill()
    counted(cloud, "resumed")
    assert "Restarting" in transitions(cloud.describe("resumed"))


def test_a_killed_runner_takes_its_script_along_and_the_job_is_resumed(
    cloud: TrainingCloud,
) -> None:
    cloud.create("orphan", COUNTING, metrics=STEPS)
    cloud.prints("orphan", "step=3;")
    (script,) = cloud.processes("orphan")
    runner = json.loads((cloud.folder("orphan") / "runner.json").read_text())
    os.kill(runner["pid"], signal.SIGKILL)
    counted(cloud, "orphan")
    assert not script.is_running() or script.status() == psutil.STATUS_ZOMBIE


def test_a_runner_that_hangs_is_given_up(tmp_path: Path) -> None:
    settings = replace(SETTINGS, heartbeat_seconds=0.5, retries=0)
    with running_service(tmp_path / "home", training=settings) as running:
        cloud = TrainingCloud(running)
        script = "print('a' * 60 + '!', flush=True)\nimport time\ntime.sleep(600)"
        described = cloud.run("endless", script, metrics={"m": "(a+)+b"})
        assert described["TrainingJobStatus"] == "Failed"
        assert "regular expression may never come to an end" in described["FailureReason"]


def test_a_job_goes_on_after_the_service_was_stopped(tmp_path: Path) -> None:
    with running_service(tmp_path / "home", training=SETTINGS) as running:
        cloud = TrainingCloud(running)
        cloud.create("paused", COUNTING, metrics=STEPS)
        cloud.prints("paused", "step=3;")
        (script,) = cloud.processes("paused")
    assert not script.is_running() or script.status() == psutil.STATUS_ZOMBIE
    with running_service(tmp_path / "home", training=SETTINGS) as running:
        counted(TrainingCloud(running), "paused")


def test_checkpoints_are_kept_in_s3_and_restored_from_there(cloud: TrainingCloud) -> None:
    config = {"S3Uri": f"s3://{BUCKET}/checkpoints/shared", "LocalPath": "/opt/ml/saved"}
    script = (
        "import os\n"
        "path = os.environ['SM_CHECKPOINT_DIR'] + '/deep/count'\n"
        "old = int(open(path).read()) if os.path.exists(path) else 0\n"
        "os.makedirs(os.path.dirname(path), exist_ok=True)\n"
        "open(path, 'w').write(str(old + 1))\n"
    )
    for number in (1, 2):
        cloud.run(f"checkpoints-{number}", script, CheckpointConfig=config)
        assert cloud.get("checkpoints/shared/deep/count") == str(number).encode()


def test_output_may_stay_unpacked_and_may_go_to_a_folder(
    cloud: TrainingCloud, tmp_path: Path
) -> None:
    script = "open('model/weights', 'w').write('w')"
    output = {"S3OutputPath": f"s3://{BUCKET}/plain", "CompressionType": "NONE"}
    described = cloud.run("unpacked", script, OutputDataConfig=output)
    uri = described["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{BUCKET}/plain/unpacked/output/model/"
    assert cloud.keys("plain/") == ["plain/unpacked/output/model/weights"]
    described = cloud.run(
        "local-output", script, OutputDataConfig={"S3OutputPath": tmp_path.as_uri()}
    )
    assert described["ModelArtifacts"]["S3ModelArtifacts"].startswith("file:///")
    assert (tmp_path / "local-output" / "output" / "model.tar.gz").is_file()


def test_what_names_nothing_to_run_fails_and_says_what_to_give(cloud: TrainingCloud) -> None:
    algorithm = {"TrainingImage": "some/algorithm:1", "TrainingInputMode": "File"}
    code = channel("code", cloud.put("code/none/x", "x"))
    cloud.sagemaker.create_training_job(
        **minimal("nothing"), AlgorithmSpecification=algorithm, InputDataConfig=[code]
    )
    described = cloud.ended("nothing")
    assert described["TrainingJobStatus"] == "Failed"
    assert "sagemaker_program" in described["FailureReason"]


def test_names_are_unique_and_missing_jobs_are_told_in_awss_words(cloud: TrainingCloud) -> None:
    cloud.create("taken", "print()")
    with pytest.raises(ClientError, match=r"ResourceInUse.*Job name must be unique"):
        cloud.create("taken", "print()")
    for call in ("describe_training_job", "stop_training_job", "delete_training_job"):
        message = refusal(getattr(cloud.sagemaker, call), TrainingJobName="nobody")
        assert "ValidationException" in message
        assert "Requested resource not found." in message


def test_jobs_are_listed_filtered_sorted_and_paged(cloud: TrainingCloud) -> None:
    for number in range(3):
        cloud.create(f"list-{number}", "print()")
    cloud.create("list-3", "import sys; sys.exit(1)")
    for number in range(4):
        cloud.ended(f"list-{number}")
    call = cloud.sagemaker.list_training_jobs
    names = [j["TrainingJobName"] for j in call(NameContains="list-")["TrainingJobSummaries"]]
    assert names == ["list-3", "list-2", "list-1", "list-0"]
    (failed,) = call(NameContains="list-", StatusEquals="Failed")["TrainingJobSummaries"]
    assert failed["TrainingJobStatus"] == failed["SecondaryStatus"] == "Failed"
    assert failed["TrainingEndTime"] >= failed["CreationTime"]
    pages = cloud.sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains="list-",
        SortBy="Name",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 3},
    )
    sizes = [len(page["TrainingJobSummaries"]) for page in pages]
    assert sizes == [3, 1]
    assert call(WarmPoolStatusEquals="InUse")["TrainingJobSummaries"] == []


def test_tags_updates_and_deletion(cloud: TrainingCloud) -> None:
    arn = cloud.create("tagged", WAITING, Tags=[{"Key": "team", "Value": "a"}])
    cloud.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "env", "Value": "b"}])
    found = cloud.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert found == [{"Key": "env", "Value": "b"}, {"Key": "team", "Value": "a"}]
    cloud.sagemaker.update_training_job(
        TrainingJobName="tagged", RemoteDebugConfig={"EnableRemoteDebug": False}
    )
    assert cloud.describe("tagged")["RemoteDebugConfig"] == {"EnableRemoteDebug": False}
    message = refusal(cloud.sagemaker.delete_training_job, TrainingJobName="tagged")
    assert "ResourceInUse" in message
    cloud.sagemaker.stop_training_job(TrainingJobName="tagged")
    cloud.ended("tagged")
    cloud.sagemaker.delete_training_job(TrainingJobName="tagged")
    assert "not found" in refusal(cloud.describe, name="tagged")
    assert "Could not find" in refusal(cloud.sagemaker.list_tags, ResourceArn=arn)
    assert cloud.run("tagged", "print('again')")["TrainingJobStatus"] == "Completed"


def test_data_and_buckets_that_are_missing_are_refused_at_once(cloud: TrainingCloud) -> None:
    missing = [channel("train", f"s3://{BUCKET}/no/such/prefix")]
    with pytest.raises(ClientError, match="No S3 objects found under S3 URL"):
        cloud.create("no-data", "print()", InputDataConfig=missing)
    with pytest.raises(ClientError, match="does not exist"):
        cloud.create("no-bucket", "print()", OutputDataConfig={"S3OutputPath": "s3://nowhere/x"})


def test_no_process_is_left_behind(cloud: TrainingCloud) -> None:
    eventually(lambda: not any("backend.local.jobs.runner" in _line(p) for p in _children()))


def _children() -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    return found


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
