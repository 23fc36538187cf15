"""Training jobs as AWS's toolkit and SDK run them, and what survives a kill of the service."""

import io
import json
import os
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.local.config import ServiceConfig
from backend.local.jobs import namespace
from tests.local.hosting.scripts import packed
from tests.local.jobs.training_cloud import (
    BUCKET,
    SETTINGS,
    TrainingCloud,
    channel,
    minimal,
    transitions,
)
from tests.local.running import RunningService, running_service, service_process

ROOT = Path(__file__).parents[2]
ALGORITHM = {"TrainingImage": "any/image:1", "TrainingInputMode": "File"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingCloud]:
    home = tmp_path_factory.mktemp("training") / "home"
    with running_service(home, training=SETTINGS) as running:
        yield TrainingCloud(running)


def script_mode(
    cloud: TrainingCloud,
    name: str,
    bundle: bytes,
    *,
    hyperparameters: dict[str, Any],
    **request: Any,
) -> dict[str, Any]:
    """A job of a bundle with train.py, as the SDK's tuner starts it; its description at the end."""
    source = cloud.put(f"source/{name}/sourcedir.tar.gz", bundle)
    given = {"sagemaker_program": "train.py", "sagemaker_submit_directory": source}
    quoted = {key: json.dumps(value) for key, value in {**given, **hyperparameters}.items()}
    whole = {**minimal(name), "AlgorithmSpecification": ALGORITHM, "HyperParameters": quoted}
    cloud.sagemaker.create_training_job(**{**whole, **request})
    return cloud.ended(name, timeout=180)


SCRIPT = """
import argparse, json, os
from helper import greet
parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float)
parser.add_argument("--name")
print(greet(), json.dumps(vars(parser.parse_args())), os.listdir(os.environ["SM_CHANNEL_TRAIN"]))
print("objective: 3.5e-2")
with open(os.path.join(os.environ["SM_MODEL_DIR"], "weights"), "w") as file:
    file.write("w")
"""


def test_script_mode_runs_through_the_toolkit(cloud: TrainingCloud) -> None:
    bundle = packed({"train.py": SCRIPT, "helper.py": "def greet(): return 'hello'"})
    described = script_mode(
        cloud,
        "script-mode",
        bundle,
        hyperparameters={"learning-rate": 0.5, "name": "a b"},
        InputDataConfig=[channel("train", cloud.put("data/rows.csv", "1"))],
        AlgorithmSpecification={
            **ALGORITHM,
            "MetricDefinitions": [{"Name": "objective", "Regex": r"objective: (\S+)"}],
        },
    )
    assert described["TrainingJobStatus"] == "Completed", described
    assert 'hello {"learning_rate": 0.5, "name": "a b"} [\'rows.csv\']' in cloud.log("script-mode")
    assert cloud.artifact("script-mode") == {"weights": b"w"}
    assert described["FinalMetricDataList"][0]["Value"] == pytest.approx(0.035)


def test_a_crash_in_script_mode_is_told_in_the_scripts_own_words(cloud: TrainingCloud) -> None:
    bundle = packed({"train.py": "def main():\n    raise ValueError('labels: 3')\nmain()"})
    described = script_mode(cloud, "script-crash", bundle, hyperparameters={})
    sentence, *lines = described["FailureReason"].split("\n")
    assert sentence == "AlgorithmError: ValueError: labels: 3, exit code: 1"
    assert "Traceback (most recent call last):" in lines
    missing = script_mode(cloud, "no-script", packed({"other.py": ""}), hyperparameters={})
    assert missing["TrainingJobStatus"] == "Failed"
    assert "train.py" in missing["FailureReason"]


def test_a_command_that_hard_codes_the_folders_of_a_container_finds_them(
    cloud: TrainingCloud,
) -> None:
    if namespace.options() is None:
        pytest.skip("this machine forbids mount namespaces")
    script = (
        "#!/bin/bash\n"
        "set -e\n"
        "cat /opt/ml/input/config/resourceconfig.json /opt/ml/input/data/code/value\n"
        "python3 -c 'print(\"objective: 7\")'\n"
        "echo model > /opt/ml/model/weights\n"
    )
    cloud.put("drivers/sm_train.sh", script)
    path = "/opt/ml/input/data/sm_drivers/sm_train.sh"
    algorithm = {
        **ALGORITHM,
        "ContainerEntrypoint": ["/bin/bash"],
        "ContainerArguments": ["-c", f"chmod +x {path} && {path}"],
        "MetricDefinitions": [{"Name": "objective", "Regex": "objective: ([0-9]+)"}],
    }
    channels = [
        channel("sm_drivers", f"s3://{BUCKET}/drivers/"),
        channel("code", cloud.put("own/value", "the code channel\n")),
    ]
    cloud.sagemaker.create_training_job(
        **minimal("drivers"), AlgorithmSpecification=algorithm, InputDataConfig=channels
    )
    described = cloud.ended("drivers")
    assert described["TrainingJobStatus"] == "Completed", described
    assert any("the code channel" in line for line in cloud.log("drivers"))
    assert cloud.artifact("drivers") == {"weights": b"model\n"}
    assert described["FinalMetricDataList"][0]["Value"] == 7
    assert not Path("/opt/ml/input/data/sm_drivers").exists()


def test_our_own_training_code_runs_as_a_job_and_leaves_a_model_to_deploy(
    cloud: TrainingCloud,
) -> None:
    rows = [
        {"text": f"{word} number {number}", "label": label}
        for number in range(4)
        for word, label in (("good", "positive"), ("bad", "negative"))
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows)
    described = script_mode(
        cloud,
        "classifier",
        own_bundle("text_classification"),
        hyperparameters={"epochs": 1, "batch_size": 4, "max_steps": 1, "max_length": 16},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
        InputDataConfig=[
            channel("train", cloud.put("texts/train/data.jsonl", data)),
            channel("validation", cloud.put("texts/validation/data.jsonl", data)),
        ],
        AlgorithmSpecification={
            **ALGORITHM,
            "MetricDefinitions": [
                {"Name": "validation:accuracy", "Regex": r"validation:accuracy=([^;]+);"}
            ],
        },
    )
    assert described["TrainingJobStatus"] == "Completed", described
    assert 0 <= described["FinalMetricDataList"][0]["Value"] <= 1
    model = set(cloud.artifact("classifier"))
    assert {"code/inference.py", "code/text_classification/inference.py"} <= model
    assert any(name.endswith(".safetensors") for name in model)
    assert "metrics.jsonl" in cloud.artifact("classifier", "output")


def own_bundle(task: str) -> bytes:
    """The source bundle of one of our tasks."""
    root = ROOT / "model_code"
    packed_files = io.BytesIO()
    with tarfile.open(fileobj=packed_files, mode="w:gz") as archive:
        for path in [*root.glob("*.py"), root / "common", root / task]:
            archive.add(path, path.name, filter=lambda i: None if "__pycache__" in i.name else i)
    return packed_files.getvalue()


SLOW = """
import os, time
path = 'checkpoints/step'
step = int(open(path).read()) if os.path.exists(path) else 0
print('begins at', step, flush=True)
while not os.path.exists('/nowhere') and step < 40:
    step += 1
    with open(path + '.part', 'w') as file:
        file.write(str(step))
    os.replace(path + '.part', path)
    print(f'step={step};', flush=True)
    time.sleep(0.1)
open('model/done', 'w').write(str(step))
"""


def test_a_job_survives_the_death_of_the_service_and_is_adopted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with service_process(home):
        cloud = TrainingCloud(RunningService(ServiceConfig.load(home)))
        cloud.create("adopted", SLOW, metrics={"step": "step=([^;]+);"})
        cloud.prints("adopted", "step=5;")
    runner = json.loads((cloud.folder("adopted") / "runner.json").read_text())
    with service_process(home):
        described = cloud.ended("adopted")
    assert described["TrainingJobStatus"] == "Completed", described
    assert transitions(described).count("Training") == 1
    with running_service(home, training=SETTINGS) as running:
        cloud = TrainingCloud(running)
        lines = cloud.log("adopted")
        assert [line for line in lines if line.startswith("begins")] == ["begins at 0"]
        steps = [line for line in lines if line.startswith("step=")]
        assert steps == [f"step={number};" for number in range(1, 41)]
        assert cloud.artifact("adopted") == {"done": b"40"}
    assert described["FinalMetricDataList"][0]["Value"] == 40
    assert runner["pid"]


def test_a_job_whose_service_and_runner_are_killed_goes_on_from_its_checkpoint(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with service_process(home):
        cloud = TrainingCloud(RunningService(ServiceConfig.load(home)))
        cloud.create("revived", SLOW)
        cloud.prints("revived", "step=5;")
    runner = json.loads((cloud.folder("revived") / "runner.json").read_text())
    os.kill(runner["pid"], signal.SIGKILL)
    with running_service(home, training=SETTINGS) as running:
        cloud = TrainingCloud(running)
        described = cloud.ended("revived")
        assert described["TrainingJobStatus"] == "Completed", described.get("FailureReason")
        begins = [line for line in cloud.log("revived") if line.startswith("begins")]
        assert begins[0] == "begins at 0"
        assert len(begins) == 2
        assert begins[1] != "begins at 0"
        assert cloud.artifact("revived") == {"done": b"40"}
