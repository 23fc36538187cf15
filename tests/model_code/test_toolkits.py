"""The same code under AWS's own toolkits: a training job by ``sagemaker-training``, its model asked
through ``sagemaker-inference``.

Slow, and of use in the environments of AWS's images: ``make test-images`` runs it there.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model_code.conftest import ROOT
from tests.model_code.test_tasks import CASES, REQUESTS

pytestmark = pytest.mark.skipif(
    not os.environ.get("DOCINSIGHTS_IMAGE_TESTS"), reason="make test-images runs it"
)
HOST = "localhost"
ASK = """
import json, sys
from types import SimpleNamespace
from sagemaker_inference.transformer import Transformer

folder, kind, body = sys.argv[1:]
status = []
headers = {"Content-Type": kind, "Accept": "application/json"}
asked = SimpleNamespace(get_request_properties=lambda: headers)
context = SimpleNamespace(
    system_properties={"model_dir": folder},
    request_processor=[asked],
    set_response_content_type=lambda *_: None,
    set_response_status=lambda **found: status.append(found),
)
answer = Transformer().transform([{"body": body.encode()}], context)[0]
assert not status, answer
print("ANSWER", answer if isinstance(answer, str) else answer.decode())
"""


def bundle(task: str, folder: Path) -> None:
    """The source bundle of ``task``, as a job gets it; what it requires is installed here."""
    folder.mkdir(parents=True)
    for file in (ROOT / "model_code").glob("*.py"):
        shutil.copy(file, folder)
    for name in ("common", task):
        shutil.copytree(ROOT / "model_code" / name, folder / name)


def run(arguments: list[str], base: Path, **environment: str) -> str:
    done = subprocess.run(
        arguments,
        env={**os.environ, "SAGEMAKER_BASE_DIR": str(base), "OMP_NUM_THREADS": "1", **environment},
        cwd=base,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("task", sorted(CASES))
def test_a_task_trains_and_answers_under_awss_toolkits(
    task: str, tmp_path: Path, tiny_base: Path
) -> None:
    examples, settings, _ = CASES[task]
    for name in ("code", "model", "output/data", "input/config", "input/data/train"):
        (tmp_path / name).mkdir(parents=True)
    lines = "".join(json.dumps(example) + "\n" for example in examples)
    (tmp_path / "input" / "data" / "train" / "data.jsonl").write_text(lines)
    bundle(task, tmp_path / "bundle")
    given = {
        "base_model": str(tiny_base),
        "max_length": 64,
        "epochs": 2,
        **settings,
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": str(tmp_path / "bundle"),
    }
    files = {
        "hyperparameters.json": {name: json.dumps(value) for name, value in given.items()},
        "inputdataconfig.json": {"train": {"TrainingInputMode": "File"}},
        "resourceconfig.json": {
            "current_host": HOST,
            "current_instance_type": "ml.m5.large",
            "current_group_name": "homogeneousCluster",
            "hosts": [HOST],
            "instance_groups": [
                {
                    "instance_group_name": "homogeneousCluster",
                    "instance_type": "ml.m5.large",
                    "hosts": [HOST],
                }
            ],
            "network_interface_name": "lo",
        },
    }
    for name, content in files.items():
        (tmp_path / "input" / "config" / name).write_text(json.dumps(content))
    run([sys.executable, "-P", "-m", "sagemaker_training.cli.train"], tmp_path)
    assert (tmp_path / "model" / "model.json").is_file()

    kind, body = REQUESTS[task]
    told = run(
        [
            sys.executable,
            "-c",
            ASK,
            str(tmp_path / "model"),
            kind,
            body if isinstance(body, str) else json.dumps(body),
        ],
        tmp_path,
        PYTHONPATH=os.pathsep.join(
            [str(tmp_path / "model" / "code"), os.environ.get("PYTHONPATH", "")]
        ),
        SAGEMAKER_PROGRAM="inference.py",
    )
    answer = told.split("ANSWER ", 1)[1]
    assert isinstance(json.loads(answer), dict)
