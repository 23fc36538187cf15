"""Who asks, in which role jobs run, and what both may do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.checks.check import SIGN_IN, SIGN_IN_COMMAND, Check, unanswered
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import DocumentInsightsError, NotFound
from backend.settings.policies import policy

_SERVICE: Final = "sagemaker.amazonaws.com"
_SHOWN: Final = 6
"""Missing rights that are named; the rest are counted."""
_NOT_SIGNED_IN: Final = "This could not be checked without credentials."


@dataclass(frozen=True)
class Identity:
    """Who the credentials are of."""

    arn: str
    account: str

    @property
    def is_root(self) -> bool:
        """Whether this is the account itself, which may do everything."""
        return self.arn.endswith(":root")


def credentials(connections: Connections) -> tuple[Identity | None, Check]:
    """Whose credentials are used; None where there are none that work."""
    what = "Credentials"
    try:
        with translated():
            answer = connections.sts.get_caller_identity()
    except DocumentInsightsError as error:
        return None, unanswered(what, error)
    identity = Identity(answer["Arn"], answer["Account"])
    return identity, Check(what, "ok", f"Signed in as {identity.arn}.")


def role(connections: Connections, identity: Identity | None) -> Check:
    """Whether the role for jobs and endpoints exists and SageMaker may act in it."""
    what, arn = "Role", connections.cloud.role_arn
    if identity is None:
        return Check(what, "unknown", _NOT_SIGNED_IN, SIGN_IN, SIGN_IN_COMMAND)
    account = arn.split(":")[4]
    if account != identity.account:
        says = f"{arn} is in account {account}, the credentials are of {identity.account}."
        return Check(
            what,
            "missing",
            says,
            "Set DOCINSIGHTS_ROLE_ARN to a role of your account, or sign in to the other one.",
        )
    name = arn.rsplit("/", 1)[-1]
    try:
        with translated():
            found = connections.iam.get_role(RoleName=name)["Role"]
    except NotFound:
        return Check(
            what,
            "missing",
            f"There is no role {name} in account {account}.",
            "Create it with the policies of assets/iam, or set DOCINSIGHTS_ROLE_ARN to another.",
            f"aws iam create-role --role-name {name} "
            '--assume-role-policy-document "$(python -m backend.settings.policies trust)"\n'
            f"aws iam put-role-policy --role-name {name} --policy-name documents "
            '--policy-document "$(python -m backend.settings.policies role)"',
        )
    except DocumentInsightsError as error:
        return unanswered(what, error)
    if not _trusts(found.get("AssumeRolePolicyDocument", {})):
        return Check(
            what,
            "missing",
            f"{name} exists, but SageMaker may not act in it.",
            "Let it trust SageMaker.",
            f"aws iam update-assume-role-policy --role-name {name} "
            '--policy-document "$(python -m backend.settings.policies trust)"',
        )
    return Check(what, "ok", f"{arn} exists and trusts SageMaker.")


def _trusts(document: Any) -> bool:
    """Whether SageMaker is among those who may take a role."""
    statements = document.get("Statement", []) if isinstance(document, Mapping) else []
    for statement in [statements] if isinstance(statements, Mapping) else statements:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, Mapping) else []
        if statement.get("Effect") == "Allow" and _SERVICE in _listed(services):
            return True
    return False


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def pass_role(connections: Connections, identity: Identity | None) -> Check:
    """Whether the caller may give the role to SageMaker."""
    return _may(
        connections,
        identity,
        "Passing the role",
        ["LetJobsActInTheRole"],
        "SageMaker may be given the role.",
        "You may not give the role to SageMaker (iam:PassRole).",
    )


def user_rights(connections: Connections, identity: Identity | None) -> Check:
    """Whether the caller may do all that the app does."""
    sids = [one["Sid"] for one in policy("user", connections.cloud)["Statement"]]
    return _may(
        connections,
        identity,
        "Rights",
        [sid for sid in sids if sid != "LetJobsActInTheRole"],
        "You may do all that this app does.",
        "You may not do all that this app does:",
    )


def _may(
    connections: Connections,
    identity: Identity | None,
    what: str,
    sids: Sequence[str],
    allowed: str,
    refused: str,
) -> Check:
    """Whether statements of the user's policy hold for the caller."""
    if identity is None:
        return Check(what, "unknown", _NOT_SIGNED_IN, SIGN_IN, SIGN_IN_COMMAND)
    if identity.is_root:
        return Check(what, "ok", f"{allowed} (You are signed in as the account itself.)")
    statements = [
        one for one in policy("user", connections.cloud)["Statement"] if one["Sid"] in sids
    ]
    try:
        with translated():
            source = _principal(connections, identity)
            missing = [action for one in statements for action in _denied(connections, source, one)]
    except DocumentInsightsError as error:
        return unanswered(what, error)
    if not missing:
        return Check(what, "ok", allowed)
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    names = "" if sids == ["LetJobsActInTheRole"] else f" {', '.join(missing[:_SHOWN])}{more}."
    return Check(
        what,
        "missing",
        f"{refused}{names}",
        "Have an administrator attach the policy of assets/iam/user-policy.json to you.",
        'aws iam create-policy --policy-name document-insights-user --policy-document "$(python '
        '-m backend.settings.policies user)"',
    )


def _principal(connections: Connections, identity: Identity) -> str:
    """The ARN that IAM knows the caller by: the role's, where the caller acts in one."""
    match = re.fullmatch(r"arn:[\w-]+:sts::\d+:assumed-role/([^/]+)/.+", identity.arn)
    if not match:
        return identity.arn
    # The ARN of a session lacks the role's path.
    return str(connections.iam.get_role(RoleName=match[1])["Role"]["Arn"])


def _denied(connections: Connections, source: str, statement: Mapping[str, Any]) -> Iterator[str]:
    """The actions of ``statement`` that ``source`` may not do on any of its resources."""
    resources = _listed(statement["Resource"])
    pages = connections.iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=source,
        ActionNames=statement["Action"],
        ResourceArns=[one if one == "*" else one.replace("*", "any") for one in resources],
        ContextEntries=list(_context(statement)),
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    allowed = {one["EvalActionName"] for one in results if one["EvalDecision"] == "allowed"}
    yield from (action for action in statement["Action"] if action not in allowed)


def _context(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The values of condition keys with which the statement would hold."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            yield {
                "ContextKeyName": key,
                "ContextKeyValues": _listed(wanted)[:1],
                "ContextKeyType": "stringList" if operator.startswith("ForAll") else "string",
            }
