"""A program of a user of AWS's ``sagemaker`` SDK v3, run by ``test_sdk``: ``… FOLDER``.

It leaves what it has found in ``found.json``. No address but this machine's may be asked for.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Any

ASKED: list[str] = []
_resolve = socket.getaddrinfo


def _local_only(host: Any, *arguments: Any, **options: Any) -> Any:
    if host not in ("127.0.0.1", "localhost", None):
        ASKED.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, f"no network for {host}")
    return _resolve(host, *arguments, **options)


socket.getaddrinfo = _local_only

from sagemaker.core import resources, shapes  # noqa: E402
from sagemaker.core.helper.session_helper import Session  # noqa: E402
from sagemaker.core.parameter import ContinuousParameter  # noqa: E402
from sagemaker.serve.model_builder import ModelBuilder  # noqa: E402
from sagemaker.train import ModelTrainer  # noqa: E402
from sagemaker.train.configs import Compute, InputData, SourceCode  # noqa: E402
from sagemaker.train.tuner import HyperparameterTuner  # noqa: E402

from tests.contracts.foreign import FIT, LOSS, ROWS  # noqa: E402

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
ROLE = "arn:aws:iam::123456789012:role/mine"
METRICS = [{"Name": "val_loss", "Regex": LOSS}]
MACHINE = {"instance_count": 1, "instance_type": "ml.m5.large"}


class Program:
    """What the user does, step by step."""

    def __init__(self, folder: Path) -> None:
        self.source = str(folder / "source")
        Path(self.source).mkdir()
        (folder / "source" / "fit.py").write_text(FIT)
        (folder / "rows.csv").write_text(ROWS)
        self.session = Session()
        self.bucket = self.session.default_bucket()
        self.session.upload_data(str(folder / "rows.csv"), key_prefix="data")
        self.session.upload_data(self.source, key_prefix="code")
        self.data = [InputData(channel_name="train", data_source=f"s3://{self.bucket}/data/")]

    def trainer(self, name: str, **options: Any) -> ModelTrainer:
        """A trainer without a role: the SDK has to find one."""
        return ModelTrainer(
            sagemaker_session=self.session,
            training_image=IMAGE,
            compute=Compute(**MACHINE),
            base_job_name=name,
            **options,
        )

    def train(self) -> dict[str, Any]:
        """Both styles of ModelTrainer, and an algorithm container of the user's definition."""
        script = self.trainer(
            "script",
            source_code=SourceCode(source_dir=self.source, entry_script="fit.py"),
            hyperparameters={"alpha": 0.2, "kind": "b"},
        ).with_metric_definitions([shapes.MetricDefinition(name="val_loss", regex=LOSS)])
        command = self.trainer(
            "command",
            source_code=SourceCode(source_dir=self.source, command="python fit.py --alpha 0.4"),
        )
        for trainer in (script, command):
            trainer.train(input_data_config=self.data, wait=False, logs=False)
        jobs = [script._latest_training_job, command._latest_training_job, self._own()]
        for job in jobs:
            job.wait(poll=1, logs=job is jobs[0])
        self.script = script
        return {
            "statuses": [job.training_job_status for job in jobs],
            "loss": jobs[0].final_metric_data_list[0].value,
            "role": jobs[0].role_arn,
            "own": jobs[2].final_metric_data_list[0].value,
            "listed": sorted(
                job.training_job_name
                for job in resources.TrainingJob.get_all(status_equals="Completed")
                if job.training_job_name in [known.training_job_name for known in jobs]
            )
            == sorted(job.training_job_name for job in jobs),
        }

    def _own(self) -> Any:
        code = shapes.S3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{self.bucket}/code/")
        data = shapes.S3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{self.bucket}/data/")
        return resources.TrainingJob.create(
            training_job_name="own-container",
            role_arn=ROLE,
            algorithm_specification=shapes.AlgorithmSpecification(
                training_image=IMAGE,
                training_input_mode="File",
                container_entrypoint=["python", "/opt/ml/input/data/code/fit.py"],
                container_arguments=["--alpha", "0.3"],
                metric_definitions=[shapes.MetricDefinition(name="val_loss", regex=LOSS)],
            ),
            input_data_config=[
                shapes.Channel(channel_name=name, data_source=shapes.DataSource(s3_data_source=at))
                for name, at in (("code", code), ("train", data))
            ],
            output_data_config=shapes.OutputDataConfig(s3_output_path=f"s3://{self.bucket}/own"),
            resource_config=shapes.ResourceConfig(**MACHINE, volume_size_in_gb=1),
            stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=300),
        )

    def tune(self) -> dict[str, Any]:
        """A HyperparameterTuner over a ModelTrainer, which launches by the toolkit's way."""
        source = SourceCode(source_dir=self.source, entry_script="fit.py")
        tuner = HyperparameterTuner(
            model_trainer=self.trainer("tuned", source_code=source, hyperparameters={"kind": "t"}),
            objective_metric_name="val_loss",
            hyperparameter_ranges={"alpha": ContinuousParameter(0.1, 0.5)},
            metric_definitions=METRICS,
            objective_type="Minimize",
            max_jobs=2,
            max_parallel_jobs=2,
            base_tuning_job_name="tuned",
        )
        tuner.tune(inputs=self.data, wait=False)
        job = tuner.latest_tuning_job
        job.wait(poll=1)
        best = resources.TrainingJob.get(tuner.best_training_job())
        losses = [found.final_hyper_parameter_tuning_job_objective_metric.value
                  for found in job.get_all_training_jobs()]  # fmt: skip
        return {
            "status": job.hyper_parameter_tuning_job_status,
            "completed": job.training_job_status_counters.completed,
            "best": best.final_metric_data_list[0].value == min(losses),
            "kind": best.hyper_parameters["kind"],
        }

    def deploy(self) -> dict[str, Any]:
        """The trainer's model to an endpoint by ModelBuilder, asked and deleted by resources."""
        builder = ModelBuilder(
            model=self.script,
            image_uri=IMAGE,
            role_arn=ROLE,
            sagemaker_session=self.session,
            instance_type="ml.m5.large",
        )
        builder.build(model_name="built")
        builder.deploy(endpoint_name="built", wait=False, **_renamed(MACHINE))
        transformed = self._transform(builder)
        endpoint = resources.Endpoint.get("built")
        endpoint.wait_for_status("InService", poll=1)
        answer = endpoint.invoke(body=json.dumps({"x": 10}), content_type="application/json")
        body = json.loads(answer.body.read())
        config = resources.EndpointConfig.get(endpoint.endpoint_config_name)
        endpoint.delete()
        endpoint.wait_for_delete(poll=1)
        config.delete()
        resources.Model.get("built").delete()
        left = [*resources.Endpoint.get_all(), *resources.EndpointConfig.get_all()]
        return {"answer": body, "transformed": transformed, "left": len(left)}

    def _transform(self, builder: ModelBuilder) -> str:
        self.session.upload_string_as_file_body(
            '{"x": 1}\n{"x": 2}\n', self.bucket, "in/rows.jsonl"
        )
        transformer = builder.transformer(
            **MACHINE,
            strategy="SingleRecord",
            assemble_with="Line",
            accept="application/json",
            output_path=f"s3://{self.bucket}/out",
        )
        transformer.transform(
            f"s3://{self.bucket}/in/",
            content_type="application/json",
            split_type="Line",
            wait=False,
            logs=False,
        )
        name = transformer.latest_transform_job.transform_job_name
        resources.TransformJob.get(name).wait(poll=1)
        found: str = self.session.read_s3_file(self.bucket, "out/rows.jsonl.out")
        return found


def _renamed(machine: dict[str, Any]) -> dict[str, Any]:
    return {
        "initial_instance_count": machine["instance_count"],
        "instance_type": machine["instance_type"],
    }


def main(folder: Path) -> None:
    """Do it all and write down what was found."""
    program = Program(folder)
    steps = {step.__name__: step() for step in (program.train, program.tune, program.deploy)}
    found = {**steps, "bucket": program.bucket, "asked": ASKED}
    (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
