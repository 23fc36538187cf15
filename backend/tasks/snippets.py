"""A request as programs that a developer can copy and run: curl and boto3.

Neither holds a secret: both take the access key from the environment, which
``eval "$(make -s env)"`` fills on this computer and AWS's own tools fill elsewhere.
"""

import base64
import json
import pprint
import shlex
from dataclasses import dataclass
from typing import Final

from backend.settings import Cloud
from backend.tasks.base import JSON, Payload

_RUNTIME: Final = "sagemaker-runtime"


@dataclass(frozen=True)
class Snippets:
    """Two programs that send the same request; both print the answer."""

    curl: str
    boto3: str


def snippets_for(payload: Payload, endpoint: str, cloud: Cloud) -> Snippets:
    """The programs that send ``payload`` to ``endpoint``."""
    return Snippets(_curl(payload, endpoint, cloud), _boto3(payload, endpoint, cloud))


def _curl(payload: Payload, endpoint: str, cloud: Cloud) -> str:
    default = f"https://runtime.sagemaker.{cloud.region}.amazonaws.com"
    url = f"{cloud.endpoint_urls.get(_RUNTIME, default)}/endpoints/{endpoint}/invocations"
    # --data-binary @- keeps line ends and leading '@'; printf is built in, so that the length of
    # an argument is not limited.
    lines = [
        f"{_feed(payload)} | curl --silent --show-error --fail-with-body {shlex.quote(url)}",
        f"--aws-sigv4 aws:amz:{cloud.region}:sagemaker",
        '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        f"--header {shlex.quote(f'Content-Type: {payload.content_type}')}",
        f"--header {shlex.quote(f'Accept: {payload.accept}')}",
        "--data-binary @-",
    ]
    if not cloud.isolated:
        lines.insert(3, '${AWS_SESSION_TOKEN:+--header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"}')
    return "\n".join([*_prelude(cloud), " \\\n  ".join(lines)])


def _feed(payload: Payload) -> str:
    if b"\0" in payload.body:  # a shell's argument cannot hold one
        return f"printf %s {base64.b64encode(payload.body).decode()} | base64 -d"
    return f"printf %s {shlex.quote(payload.text)}"


def _prelude(cloud: Cloud) -> list[str]:
    if not cloud.isolated:
        return []
    return ['eval "$(make -s env)"  # in the project\'s folder, once per shell']


def _boto3(payload: Payload, endpoint: str, cloud: Cloud) -> str:
    if payload.content_type == JSON:
        literal = pprint.pformat(json.loads(payload.body), width=96, sort_dicts=False)
        body, imports = f"request = {literal}", "import json\n\nimport boto3"
        sent = "json.dumps(request)"
    else:
        body, imports = f"request = {payload.text!r}", "import boto3"
        sent = "request.encode()"
    url = cloud.endpoint_urls.get(_RUNTIME)
    where = f', endpoint_url="{url}"' if url else ""
    head = '# In a shell after: eval "$(make -s env)"\n' if cloud.isolated else ""
    return f"""{head}{imports}

runtime = boto3.client("{_RUNTIME}", region_name="{cloud.region}"{where})
{body}
answer = runtime.invoke_endpoint(
    EndpointName="{endpoint}",
    ContentType="{payload.content_type}",
    Accept="{payload.accept}",
    Body={sent},
)
print(answer["Body"].read().decode())
"""
