"""Kill -9 at random moments: ``python -m tests.local.kills --kills 50``.

A training job, a tuning job, a transform job and an endpoint of tiny scripts are at work while the
service, runners, scripts and workers are killed, each kind once in four kills. At the end nothing
may be lost, doubled or stuck. The same seed draws the same order of kinds and the same pauses.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil

from backend.birth import birth
from backend.local.config import ServiceConfig
from backend.local.jobs import processes
from backend.local.jobs.training_folder import MARK
from tests.local.hosting.scripts import Cloud, packed, workers
from tests.local.jobs.training_cloud import BUCKET, TrainingCloud, minimal
from tests.local.running import RunningService, service_process
from tests.support import eventually

KINDS = ("script", "service", "worker", "runner")
PATIENCE = 240.0  # seconds for what takes a few on a machine that has nothing else to do
RECORDS = 5  # in each file and for each kill
TRIALS = 3

COUNT = """
import os, time
folder = os.environ.get('SM_CHECKPOINT_DIR') or 'checkpoints'
path = os.path.join(folder, 'step')
step = int(open(path).read()) if os.path.exists(path) else 0
print('begins at', step, flush=True)
while step < STEPS or not os.path.exists('GO'):
    time.sleep(0.1)
    step += 1
    with open(path + '.part', 'w') as file:
        file.write(str(step))
    os.replace(path + '.part', path)
    print(f'step={step};', flush=True)
print(f'objective={step};', flush=True)
model = os.environ.get('SM_MODEL_DIR') or 'model'
open(os.path.join(model, 'steps'), 'w').write(str(step))
"""
SERVE = """
import json, time
def model_fn(folder): return None
def input_fn(body, kind): return json.loads(body)
def predict_fn(data, model):
    time.sleep(0.1)
    return {"n": data["n"] * 2}
def output_fn(answer, kind): return json.dumps(answer)
"""


class Harness:
    """One home and its service, which is started again whenever it has been killed."""

    def __init__(self, home: Path, *, seed: int, kills: int) -> None:
        self._home = home
        self._random = random.Random(seed)
        self._kills = kills
        self._over = home.parent / "over"
        self._records = RECORDS * kills
        self._service: subprocess.Popen[bytes] | None = None
        self._running = ExitStack()
        self.killed: list[str] = []
        """What was killed, in order."""

    def run(self) -> None:
        """Begin the work, kill, and check what has become of it."""
        with self._running:
            self._start()
            self._begin()
            for number in range(self._kills):
                if number % len(KINDS) == 0:
                    order = self._random.sample(KINDS, len(KINDS))
                time.sleep(self._random.uniform(0.1, 0.8))
                self._kill(order[number % len(KINDS) :] + order[: number % len(KINDS)])
            self._over.touch()
            self._check()

    def _start(self) -> None:
        given = {"DOCINSIGHTS_PARALLEL_JOBS": "3"}
        self._service = self._running.enter_context(service_process(self._home, given))
        service = RunningService(ServiceConfig.load(self._home))
        self._cloud, self._training = Cloud(service), TrainingCloud(service)

    def _begin(self) -> None:
        script = COUNT.replace("STEPS", "8").replace("GO", str(self._over))
        retries = {"MaximumRetryAttempts": 30}
        metrics = {"objective": "objective=([^;]+);"}
        limit = {"MaxRuntimeInSeconds": 600}
        self._training.create(
            "train", script, metrics=metrics, RetryStrategy=retries, StoppingCondition=limit
        )
        trial = COUNT.replace("STEPS", "8").replace("GO", "/")
        self._tune(trial, RetryStrategy=retries, StoppingCondition=limit)
        self._cloud.configure("serve", SERVE)
        self._cloud.sagemaker.create_endpoint(EndpointName="serve", EndpointConfigName="serve")
        for number in range(3):
            rows = "".join(json.dumps({"n": n}) + "\n" for n in self._expected(number))
            self._training.put(f"in/{number}.jsonl", rows)
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/in/"}}
        self._cloud.sagemaker.create_transform_job(
            TransformJobName="transform",
            ModelName="serve",
            BatchStrategy="SingleRecord",
            TransformInput={
                "DataSource": source,
                "ContentType": "application/json",
                "SplitType": "Line",
            },
            TransformOutput={"S3OutputPath": f"s3://{BUCKET}/out", "AssembleWith": "Line"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        )

    def _tune(self, script: str, **definition: Any) -> None:
        source = self._training.put("tune.tar.gz", packed({"count.py": script}))
        job = {**minimal("any"), **definition}
        del job["TrainingJobName"]
        ranges = [{"Name": "rate", "MinValue": "0", "MaxValue": "1"}]
        self._cloud.sagemaker.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName="tune",
            HyperParameterTuningJobConfig={
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "objective"},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": TRIALS, "MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"ContinuousParameterRanges": ranges},
            },
            TrainingJobDefinition={
                **job,
                "StaticHyperParameters": {
                    "sagemaker_program": "count.py",
                    "sagemaker_submit_directory": source,
                },
                "AlgorithmSpecification": {
                    "TrainingImage": "any/image:1",
                    "TrainingInputMode": "File",
                    "MetricDefinitions": [{"Name": "objective", "Regex": "objective=([^;]+);"}],
                },
                "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints"},
            },
        )

    def _kill(self, kinds: Sequence[str]) -> None:
        """Kill something of the first of ``kinds`` of which there is one."""
        for kind in kinds:
            victims = sorted(self._victims(kind))
            if not victims:
                continue
            with suppress(ProcessLookupError):
                os.kill(victims[len(self.killed) % len(victims)], signal.SIGKILL)
                self.killed.append(kind)
                break
        if self.killed[-1:] == ["service"]:
            assert self._service is not None
            self._service.wait()
            self._start()

    def _victims(self, kind: str) -> list[int]:
        assert self._service is not None
        if kind == "service":
            return [self._service.pid]
        if kind == "worker":
            return [process.pid for process in workers(self._service.pid)]
        folders = list(self._home.joinpath("training").glob("*"))
        if kind == "script":
            return [process.pid for folder in folders for process in processes.of_folder(folder)]
        return [pid for folder in folders for pid in _runner_of(folder)]

    def _check(self) -> None:
        """Everything has ended as if nothing had been killed."""
        self._check_training()
        self._check_tuning()
        self._check_transform()
        endpoint = self._cloud.settled("serve")
        assert endpoint["EndpointStatus"] == "InService", endpoint
        answer = eventually(self._answer, timeout=PATIENCE)
        assert answer == {"n": 14}
        assert self._service is not None
        self._service.terminate()
        self._service.wait(60)
        assert not list(marked(self._home)), "processes are left"

    def _check_training(self) -> None:
        described = self._training.ended("train", timeout=PATIENCE)
        assert described["TrainingJobStatus"] == "Completed", described
        lines = self._training.log("train")
        steps = [int(line[5:-1]) for line in lines if line.startswith("step=")]
        assert steps == sorted(set(steps)), "a line was told twice"
        # What was printed, but not yet read as the runner was killed, is gone.
        final = round(described["FinalMetricDataList"][0]["Value"])
        assert final >= max(steps)
        assert self._training.artifact("train") == {"steps": str(final).encode()}
        begins = [int(line.split()[-1]) for line in lines if line.startswith("begins at")]
        assert begins == sorted(begins), "a checkpoint was lost"

    def _check_tuning(self) -> None:
        sagemaker, name = self._cloud.sagemaker, {"HyperParameterTuningJobName": "tune"}

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(**name)
            over = found["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped")
            return found if over else None

        described = eventually(ended, timeout=PATIENCE, interval=0.2)
        assert described is not None
        assert described["HyperParameterTuningJobStatus"] == "Completed", described
        assert described["TrainingJobStatusCounters"]["Completed"] == TRIALS, described
        listed = sagemaker.list_training_jobs(NameContains="tune-")["TrainingJobSummaries"]
        assert len(listed) == TRIALS, "a trial was lost or doubled"
        for job in listed:
            trial = job["TrainingJobName"]
            assert self._training.artifact(trial) == {"steps": b"8"}
            assert self._training.get(f"checkpoints/{trial}/step") == b"8"

    def _check_transform(self) -> None:
        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self._cloud.sagemaker.describe_transform_job(
                TransformJobName="transform"
            )
            return None if found["TransformJobStatus"] == "InProgress" else found

        described = eventually(ended, timeout=PATIENCE, interval=0.2)
        assert described is not None
        assert described["TransformJobStatus"] == "Completed", described
        for number in range(3):
            answers = self._training.get(f"out/{number}.jsonl.out").splitlines()
            found = [json.loads(line)["n"] for line in answers]
            assert found == [n * 2 for n in self._expected(number)]

    def _expected(self, number: int) -> range:
        """The records of the input file ``number``."""
        return range(self._records * number, self._records * (number + 1))

    def _answer(self) -> Any:
        with suppress(self._cloud.runtime.exceptions.ClientError):
            return self._cloud.invoke("serve", {"n": 7})
        return None


def marked(home: Path) -> Iterator[psutil.Process]:
    """The processes of all jobs of ``home``."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(str(home)):
                yield process


def _runner_of(folder: Path) -> list[int]:
    with suppress(OSError, ValueError, KeyError):
        record = json.loads((folder / "runner.json").read_text())
        if birth(record["pid"]) == record["birth"]:
            return [record["pid"]]
    return []


def main(arguments: Sequence[str]) -> None:
    """Run the harness once in a folder of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.local.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(Path(folder, "home"), seed=options.seed, kills=options.kills)
        try:
            harness.run()
        finally:
            print("killed:", ", ".join(harness.killed))
            for process in marked(Path(folder)):
                process.kill()
    print(f"{options.kills} kills: nothing lost, doubled or stuck.")


if __name__ == "__main__":
    main(sys.argv[1:])
