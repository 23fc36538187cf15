"""What helps against failures that SageMaker reports."""

import pytest

from backend.reasons import advice


@pytest.mark.parametrize(
    ("reason", "helps"),
    [
        (
            "CapacityError: Unable to provision requested ML compute capacity.",
            "try again later",
        ),
        ("ResourceLimitExceeded: limit 'ml.p3.2xlarge' is 0 Instances", "Service Quotas"),
        ("MaxWaitTimeExceeded", "allow more time with waiting"),
        ("The primary container did not pass the ping health check", "see the log"),
        ("AlgorithmError: ExecuteUserScriptError: exit code 137", "smaller batch"),
        ("The script ended with exit code 1.", ""),
    ],
)
def test_known_failures_come_with_what_helps(reason: str, helps: str) -> None:
    assert helps in advice(reason)
    assert bool(advice(reason)) == bool(helps)
