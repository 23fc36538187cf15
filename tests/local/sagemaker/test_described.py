"""What descriptions always tell, because clients read it without asking whether it is there."""

from datetime import UTC, datetime
from typing import Any

from backend.local.hosting.deployment import Deployment, Production
from backend.local.jobs import training_records
from backend.local.jobs.training_records import TrainingJob
from backend.local.sagemaker.endpoints import describe
from backend.local.store import Endpoint

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_QUEUE: dict[str, Any] = {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
_SERVERLESS = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}


def test_an_endpoint_tells_its_queue_and_its_serverless_variants() -> None:
    variant = Production("A", "model", {}, serverless=_SERVERLESS)
    serving = Deployment("config", (variant,), _QUEUE).dump()
    answer = describe(Endpoint(name="e", arn="arn", status="InService", serving=serving), {})
    assert answer["AsyncInferenceConfig"] == _QUEUE
    assert answer["ProductionVariants"][0]["CurrentServerlessConfig"] == _SERVERLESS


def test_a_training_job_tells_a_key_even_where_none_was_given() -> None:
    job = TrainingJob(
        name="job",
        definition={"OutputDataConfig": {"S3OutputPath": "s3://bucket/out"}},
        facts={},
        metrics={},
        creation_time=_NOW,
    )
    output = training_records.describe(job)["OutputDataConfig"]
    assert output == {"KmsKeyId": "", "S3OutputPath": "s3://bucket/out"}
