"""Ways to serve a model, as SageMaker's members and back."""

import pytest

from backend.endpoints.hosting import Hosting, hosting_of
from backend.errors import InputError

CHOICES = (
    Hosting(instance_type="ml.m5.large", instances=2),
    Hosting("serverless", memory_mb=4096, concurrency=3),
    Hosting("asynchronous", instance_type="ml.g5.xlarge"),
)


@pytest.mark.parametrize("hosting", CHOICES, ids=lambda one: str(one.kind))
def test_a_choice_is_read_back_from_its_configuration(hosting: Hosting) -> None:
    members = hosting.members("m", instance_type="ml.m5.large", output_uri="s3://b/p/async/e")
    assert hosting_of(members, hosting.tags) == hosting


def test_a_serverless_endpoint_has_no_machines_of_its_own() -> None:
    (variant,) = CHOICES[1].members("m", instance_type="t", output_uri="")["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 4096, "MaxConcurrency": 3}
    assert {"InstanceType", "InitialInstanceCount"}.isdisjoint(variant)


def test_answers_from_a_queue_go_to_storage() -> None:
    config = CHOICES[2].members("m", instance_type="t", output_uri="s3://b/p/async/e")
    assert config["AsyncInferenceConfig"]["OutputConfig"] == {
        "S3OutputPath": "s3://b/p/async/e/answers",
        "S3FailurePath": "s3://b/p/async/e/failures",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "serverless", "memory_mb": 1000},
        {"kind": "serverless", "concurrency": 0},
        {"instances": 0},
    ],
)
def test_what_sagemaker_would_not_take_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Hosting(**values)  # type: ignore[arg-type]
