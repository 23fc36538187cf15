"""Who asks, and what they may do: the little of STS and IAM that the SageMaker SDK asks for.

There is one user on this machine, who may do everything, in whatever role is named.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from backend.local.config import ServiceConfig
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

ROLE = "document-insights"
_SESSION = "local"
_CREATED = datetime(2024, 1, 1, tzinfo=UTC)
_TRUSTED = ("sagemaker.amazonaws.com", "lambda.amazonaws.com")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": list(_TRUSTED)},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Identity:
    """The operations of STS and IAM."""

    def __init__(self, config: ServiceConfig) -> None:
        self._account = config.account_id

    @property
    def sts(self) -> Mapping[str, Operation]:
        """The operations of STS by AWS's names."""
        return {"GetCallerIdentity": self._get_caller_identity}

    @property
    def iam(self) -> Mapping[str, Operation]:
        """The operations of IAM by AWS's names."""
        return {"GetRole": self._get_role, "SimulatePrincipalPolicy": self._simulate}

    async def _get_caller_identity(self, _request: dict[str, Any]) -> dict[str, Any]:
        """The caller acts in a role, so that the SDK finds one where it is given none."""
        return {
            "UserId": f"{_role_id(ROLE)}:{_SESSION}",
            "Account": self._account,
            "Arn": f"arn:aws:sts::{self._account}:assumed-role/{ROLE}/{_SESSION}",
        }

    async def _get_role(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["RoleName"]
        return {
            "Role": {
                "Path": "/",
                "RoleName": name,
                "RoleId": _role_id(name),
                "Arn": f"arn:aws:iam::{self._account}:role/{name}",
                "CreateDate": _CREATED,
                "AssumeRolePolicyDocument": quote(json.dumps(_TRUST)),
                "MaxSessionDuration": 3600,
            }
        }

    async def _simulate(self, request: dict[str, Any]) -> dict[str, Any]:
        if not request["PolicySourceArn"].startswith("arn:"):
            raise AwsError("InvalidInput", "PolicySourceArn must be the ARN of a user or role.")
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalResourceName": resource,
                    "EvalDecision": "allowed",
                    "MatchedStatements": [],
                    "MissingContextValues": [],
                }
                for action in request["ActionNames"]
                for resource in request.get("ResourceArns") or ["*"]
            ],
            "IsTruncated": False,
        }


def _role_id(name: str) -> str:
    return f"AROA{hashlib.sha256(name.encode()).hexdigest()[:17].upper()}"
