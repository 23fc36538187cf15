"""A job's request as programs that run as they are shown: boto3, and the AWS CLI."""

import json
import pprint
import shlex
from dataclasses import dataclass
from typing import Any, Final

from backend.settings import Cloud

_OPERATIONS: Final = {
    "TrainingJobName": ("create_training_job", "create-training-job"),
    "HyperParameterTuningJobName": (
        "create_hyper_parameter_tuning_job",
        "create-hyper-parameter-tuning-job",
    ),
}


@dataclass(frozen=True)
class Programs:
    """Two programs that start the same job; both print its ARN."""

    boto3: str
    cli: str


def programs_for(members: dict[str, Any], cloud: Cloud) -> Programs:
    """The programs that send ``members`` (see ``backend.jobs.members``) to ``cloud``."""
    method, command = next(_OPERATIONS[name] for name in _OPERATIONS if name in members)
    return Programs(_boto3(members, method, cloud), _cli(members, command, cloud))


def _boto3(members: dict[str, Any], method: str, cloud: Cloud) -> str:
    url = cloud.endpoint_urls.get("sagemaker")
    where = f', endpoint_url="{url}"' if url else ""
    head = '# In a shell after: eval "$(make -s env)"\n' if cloud.isolated else ""
    literal = pprint.pformat(members, width=96, sort_dicts=False)
    return f"""{head}import boto3

sagemaker = boto3.client("sagemaker", region_name="{cloud.region}"{where})
request = {literal}
answer = sagemaker.{method}(**request)
print(next(value for name, value in answer.items() if name.endswith("Arn")))
"""


def _cli(members: dict[str, Any], command: str, cloud: Cloud) -> str:
    url = cloud.endpoint_urls.get("sagemaker")
    head = ['eval "$(make -s env)"  # in the project\'s folder, once per shell']
    where = f" --endpoint-url {shlex.quote(url)}" if url else ""
    request = shlex.quote(json.dumps(members, indent=2, ensure_ascii=False))
    lines = [
        f"aws sagemaker {command} --region {cloud.region}{where}",
        f"--output text --cli-input-json {request}",
    ]
    return "\n".join([*(head if cloud.isolated else []), " \\\n  ".join(lines)]) + "\n"
