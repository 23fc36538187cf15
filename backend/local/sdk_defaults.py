"""The defaults file of AWS's ``sagemaker`` SDK, which points it here where no address does.

Without it the SDK asks STS whose default bucket and role to take, at AWS's own address whatever
``AWS_ENDPOINT_URL_STS`` says, and reports its use to AWS.
Source: "Configuring and using defaults with the SageMaker Python SDK".
"""

import json
from contextlib import suppress

from backend.local.config import ServiceConfig
from backend.local.identity import ROLE

FILE = "sagemaker-sdk.yaml"


def write(config: ServiceConfig) -> None:
    """Write ``home/sagemaker-sdk.yaml``, for ``SAGEMAKER_USER_CONFIG_OVERRIDE``."""
    role = f"arn:aws:iam::{config.account_id}:role/{ROLE}"
    bucket = f"sagemaker-{config.region}-{config.account_id}"
    defaults = {
        "SchemaVersion": "1.0",
        "SageMaker": {
            "PythonSDK": {
                "Modules": {"TelemetryOptOut": True, "Session": {"DefaultS3Bucket": bucket}}
            },
            "TrainingJob": {"RoleArn": role},
            "Model": {"ExecutionRoleArn": role},
        },
    }
    path = config.home / FILE
    unfinished = path.with_suffix(".new")
    with suppress(OSError):  # on a full disk the service serves all the same
        unfinished.write_text(json.dumps(defaults, indent=2), encoding="utf-8")  # JSON is YAML
        unfinished.replace(path)
