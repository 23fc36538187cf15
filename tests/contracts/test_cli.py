"""The AWS CLI against the local service: each command as one would type it, in this process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.local.jobs import namespace
from tests.contracts.foreign import FIT, LOSS, ROWS
from tests.local.hosting.scripts import packed
from tests.local.jobs.training_cloud import (
    BUCKET,
    ROLE,
    SETTINGS,
    WAITING,
    TrainingCloud,
    channel,
    minimal,
)
from tests.local.running import running_service
from tests.support import eventually

clidriver = pytest.importorskip("awscli.clidriver", reason="the AWS CLI is not installed")
pytestmark = pytest.mark.skipif(namespace.options() is None, reason="/opt/ml cannot be given")

ALGORITHM = {
    "TrainingImage": "mine:1",
    "TrainingInputMode": "File",
    "MetricDefinitions": [{"Name": "val_loss", "Regex": LOSS}],
}


class Shell:
    """A shell that is set to the local service; ``cloud`` looks on without the CLI's cost."""

    def __init__(self, cloud: TrainingCloud, printed: pytest.CaptureFixture[str]) -> None:
        self.cloud = cloud
        self._printed = printed

    def aws(self, command: str, *more: str) -> Any:
        """What ``aws COMMAND`` prints, read as JSON."""
        status = clidriver.create_clidriver().main([*command.split(), *more])
        shown = self._printed.readouterr()
        assert status == 0, shown.err
        return json.loads(shown.out) if shown.out.startswith(("{", "[", '"')) else shown.out


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with running_service(tmp_path / "home", training=SETTINGS) as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.chdir(tmp_path)
        yield Shell(TrainingCloud(service), capsys)


def test_the_cli_trains_an_algorithm_of_its_own_and_serves_it(shell: Shell) -> None:
    Path("fit.py").write_text(FIT)
    Path("rows.csv").write_text(ROWS)
    aws = shell.aws
    aws(f"s3 cp fit.py s3://{BUCKET}/code/")
    aws(f"s3 cp rows.csv s3://{BUCKET}/data/")
    own = {
        "ContainerEntrypoint": ["python", "/opt/ml/input/data/code/fit.py"],
        "ContainerArguments": ["--alpha", "0.3"],
    }
    request = {
        **minimal("cli"),
        "AlgorithmSpecification": {**ALGORITHM, **own},
        "InputDataConfig": [
            channel("code", f"s3://{BUCKET}/code/"),
            channel("train", f"s3://{BUCKET}/data/"),
        ],
    }
    Path("job.json").write_text(json.dumps(request))
    created = aws("sagemaker create-training-job --cli-input-json file://job.json")
    assert created["TrainingJobArn"].endswith(":training-job/cli")
    assert shell.cloud.ended("cli")["TrainingJobStatus"] == "Completed"
    aws("sagemaker wait training-job-completed-or-stopped --training-job-name cli")
    listed = aws("sagemaker list-training-jobs --name-contains cl --status-equals Completed")
    assert [job["TrainingJobName"] for job in listed["TrainingJobSummaries"]] == ["cli"]
    lines = aws(
        "logs filter-log-events --log-group-name /aws/sagemaker/TrainingJobs "
        "--log-stream-name-prefix cli/ --filter-pattern val_loss --query events[].message"
    )
    assert lines == ["kind a val_loss: 0.010000"]
    _serve(shell)
    aws("sagemaker delete-training-job --training-job-name cli")
    assert aws("sagemaker list-training-jobs")["TrainingJobSummaries"] == []


def _serve(shell: Shell) -> None:
    aws = shell.aws
    model = f"Image=mine:1,ModelDataUrl=s3://{BUCKET}/jobs/cli/output/model.tar.gz"
    variant = "VariantName=A,ModelName=cli,InstanceType=ml.m5.large,InitialInstanceCount=1"
    create = "sagemaker create"
    aws(f"{create}-model --model-name cli --execution-role-arn {ROLE} --primary-container {model}")
    aws(f"{create}-endpoint-config --endpoint-config-name cli --production-variants {variant}")
    aws(f"{create}-endpoint --endpoint-name cli --endpoint-config-name cli")
    describe = shell.cloud.sagemaker.describe_endpoint
    eventually(lambda: describe(EndpointName="cli")["EndpointStatus"] != "Creating", timeout=60)
    aws("sagemaker wait endpoint-in-service --endpoint-name cli")
    invoke = "sagemaker-runtime invoke-endpoint --endpoint-name cli --content-type application/json"
    aws(f"{invoke} --body", '{"x": 5}', "answer.json")
    assert json.loads(Path("answer.json").read_text()) == {"answer": 1.0}
    aws("sagemaker delete-endpoint --endpoint-name cli")
    aws("sagemaker delete-endpoint-config --endpoint-config-name cli")
    aws("sagemaker delete-model --model-name cli")


def test_the_cli_tunes_and_stops(shell: Shell) -> None:
    source = shell.cloud.put("source.tar.gz", packed({"wait.py": WAITING}))
    ranges = [{"Name": "alpha", "MinValue": "0", "MaxValue": "1"}]
    job = minimal("any")
    del job["TrainingJobName"]
    request = {
        "HyperParameterTuningJobName": "cli",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "val_loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"ContinuousParameterRanges": ranges},
        },
        "TrainingJobDefinition": {
            **job,
            "AlgorithmSpecification": ALGORITHM,
            "StaticHyperParameters": {
                "sagemaker_program": "wait.py",
                "sagemaker_submit_directory": source,
            },
        },
    }
    Path("tune.json").write_text(json.dumps(request))
    shell.aws("sagemaker create-hyper-parameter-tuning-job --cli-input-json file://tune.json")
    listed = shell.cloud.sagemaker.list_training_jobs
    eventually(lambda: len(listed(NameContains="cli-")["TrainingJobSummaries"]) == 2)
    name = "--hyper-parameter-tuning-job-name cli"
    shell.aws(f"sagemaker stop-hyper-parameter-tuning-job {name}")
    describe = shell.cloud.sagemaker.describe_hyper_parameter_tuning_job

    def status() -> str:
        found: str = describe(HyperParameterTuningJobName="cli")["HyperParameterTuningJobStatus"]
        return found

    eventually(lambda: status() == "Stopped", timeout=60)
    trials = f"sagemaker list-training-jobs-for-hyper-parameter-tuning-job {name}"
    assert len(shell.aws(trials, "--status-equals", "Stopped")["TrainingJobSummaries"]) == 2
