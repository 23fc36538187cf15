"""AWS's ``sagemaker`` SDK v3 against the local service, without a network."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from backend.local import sdk_defaults
from backend.local.jobs import namespace
from tests.local.jobs.training_cloud import SETTINGS
from tests.local.running import ROOT, running_service

pytestmark = [
    pytest.mark.skipif(find_spec("sagemaker") is None, reason="the SDK is not installed"),
    pytest.mark.skipif(namespace.options() is None, reason="the SDK's drivers need /opt/ml"),
]


def test_the_sdk_trains_tunes_deploys_invokes_transforms_and_deletes(tmp_path: Path) -> None:
    with running_service(tmp_path / "home", training=SETTINGS) as service:
        sdk_defaults.write(service.config)
        defaults = str(service.config.home / sdk_defaults.FILE)
        done = subprocess.run(
            [sys.executable, "-m", "tests.contracts.sdk_client", str(tmp_path)],
            env={**service.environment, "SAGEMAKER_USER_CONFIG_OVERRIDE": defaults},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["train"] == {
        "statuses": ["Completed"] * 3,
        "loss": 0.0,
        "role": "arn:aws:iam::000000000000:role/document-insights",
        "own": 0.01,
        "listed": True,
    }
    assert found["tune"] == {"status": "Completed", "completed": 2, "best": True, "kind": "t"}
    assert found["deploy"] == {
        "answer": {"answer": 2.0},
        "transformed": '{"answer": 0.2}\n{"answer": 0.4}\n',
        "left": 0,
    }
    assert found["bucket"] == "sagemaker-us-east-1-000000000000"
    assert found["asked"] == []
