"""The IAM policies in ``assets/iam``, filled in for the settings in use.

``python -m backend.settings.policies user|role|trust`` prints one.
"""

import argparse
import json
import sys
from typing import Any, Final, Literal

from backend.errors import DocumentInsightsError
from backend.settings import ROOT, Cloud, Settings

Name = Literal["user", "role", "trust"]
Policy = dict[str, Any]

_FILES: Final[dict[Name, str]] = {
    "user": "user-policy.json",
    "role": "execution-role-policy.json",
    "trust": "trust-policy.json",
}


def policy(name: Name, cloud: Cloud) -> Policy:
    """The policy ``name`` for ``cloud``; without a key or a network, what concerns them is out."""
    text = (ROOT / "assets" / "iam" / _FILES[name]).read_text()
    for placeholder, value in _values(cloud).items():
        text = text.replace(f"<{placeholder}>", json.dumps(value)[1:-1])
    found: Policy = json.loads(text)
    unwanted = {"Key"} if not cloud.kms_key else set()
    unwanted |= {"Network"} if cloud.network is None else set()
    found["Statement"] = [one for one in found["Statement"] if one.get("Sid") not in unwanted]
    return found


def _values(cloud: Cloud) -> dict[str, str]:
    partition, account = cloud.role_arn.split(":")[1], cloud.role_arn.split(":")[4]
    return {
        "PARTITION": partition,
        "REGION": cloud.region,
        "ACCOUNT_ID": account,
        "BUCKET": cloud.bucket,
        "PREFIX": cloud.prefix,
        "ROLE_ARN": cloud.role_arn,
        "KMS_KEY_ARN": _key_arn(cloud.kms_key, f"arn:{partition}:kms:{cloud.region}:{account}"),
    }


def _key_arn(key: str, start: str) -> str:
    """The ARN of a key; of an alias, which a policy cannot name, that of all keys."""
    if ":key/" in key:
        return key
    return f"{start}:key/{'*' if 'alias/' in key else key}"


def main(arguments: list[str] | None = None) -> int:
    """Print a policy; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m backend.settings.policies", description=__doc__
    )
    parser.add_argument("name", choices=tuple(_FILES))
    options = parser.parse_args(arguments)
    try:
        found = policy(options.name, Settings.load().resolve())
    except DocumentInsightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{json.dumps(found, indent=2)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
