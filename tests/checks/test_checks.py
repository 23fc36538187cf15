"""What is said of a cloud that lacks something, from the answers of its services."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from backend.checks import Check, check_all
from backend.checks.identity import Identity, credentials, pass_role, role, user_rights
from backend.checks.quotas import quotas
from backend.checks.services import _answers, bucket, services
from backend.cloud.connections import Connections
from backend.errors import CloudUnreachable
from backend.settings import Settings
from backend.settings.policies import policy
from tests.fake_service import write_service_file
from tests.local.running import running_service

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/document-insights"
ADA = Identity(f"arn:aws:iam::{ACCOUNT}:user/ada", ACCOUNT)
TRUST = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "%s"},'
    ' "Action": "sts:AssumeRole"}]}'
)


class Stubs:
    """A stubber for every service that checks ask."""

    def __init__(self, home: Path) -> None:
        write_service_file(home, 9)
        self.connections = Connections(Settings(home=home).resolve())
        names = ("sts", "iam", "quotas", "s3", "sagemaker", "runtime", "logs", "cloudwatch")
        self.stubs = {name: Stubber(getattr(self.connections, name)) for name in names}

    def __getattr__(self, name: str) -> Stubber:
        return self.stubs[name]


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Stubs:
    """Made once: eight clients take a while."""
    return Stubs(tmp_path_factory.mktemp("home"))


@pytest.fixture
def stubs(clients: Stubs) -> Iterator[Stubs]:
    with ExitStack() as stack:
        for stub in clients.stubs.values():
            stack.enter_context(stub)
        yield clients
        for stub in clients.stubs.values():
            stub.assert_no_pending_responses()


def found_role(service: str = "sagemaker.amazonaws.com", arn: str = ROLE) -> dict[str, Any]:
    return {
        "Role": {
            "Path": "/",
            "RoleName": "document-insights",
            "RoleId": "AROA1234567890123456",
            "Arn": arn,
            "CreateDate": "2026-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": TRUST % service,
        }
    }


def evaluated(*actions: str, decision: str = "allowed") -> dict[str, Any]:
    results = [{"EvalActionName": one, "EvalDecision": decision} for one in actions]
    return {"EvaluationResults": results, "IsTruncated": False}


def test_the_local_service_lacks_nothing(tmp_path: Path) -> None:
    with running_service(tmp_path) as service:
        connections = Connections(Settings(home=tmp_path).resolve())
        connections.s3.create_bucket(Bucket=connections.cloud.bucket)
        found = check_all(connections)
    assert [check for check in found if check.state != "ok"] == []
    said = {check.what: check.says for check in found}
    assert said["Quota for training"] == "ml.m5.large: not limited here."
    assert said["Logs"] == f"{service.url} answers."


def test_nobody_is_signed_in(stubs: Stubs) -> None:
    stubs.sts.add_client_error("get_caller_identity", "ExpiredToken", http_status_code=403)
    identity, check = credentials(stubs.connections)
    assert (identity, check.state) == (None, "missing")
    assert "aws sso login" in check.command
    assert role(stubs.connections, None).state == "unknown"


def test_a_role_that_is_not_there_comes_with_the_commands_that_make_it(stubs: Stubs) -> None:
    stubs.iam.add_client_error("get_role", "NoSuchEntity", http_status_code=404)
    check = role(stubs.connections, ADA)
    assert check.state == "missing"
    assert "aws iam create-role --role-name document-insights" in check.command


def test_a_role_of_another_account_is_told_apart(stubs: Stubs) -> None:
    check = role(stubs.connections, Identity("arn:aws:iam::111111111111:user/b", "111111111111"))
    assert check.state == "missing"
    assert "credentials are of 111111111111" in check.says


def test_a_role_that_does_not_trust_sagemaker_is_of_no_use(stubs: Stubs) -> None:
    stubs.iam.add_response("get_role", found_role("ec2.amazonaws.com"))
    check = role(stubs.connections, ADA)
    assert check.state == "missing"
    assert "update-assume-role-policy" in check.command


def test_what_may_not_be_asked_could_not_be_checked(stubs: Stubs) -> None:
    for _ in range(2):
        stubs.iam.add_client_error("get_role", "AccessDenied", "iam:GetRole", 403)
    assert role(stubs.connections, ADA).state == "unknown"
    session = Identity(f"arn:aws:sts::{ACCOUNT}:assumed-role/ada/me", ACCOUNT)
    assert pass_role(stubs.connections, session).state == "unknown"


def test_who_acts_in_a_role_is_asked_for_by_the_roles_whole_name(stubs: Stubs) -> None:
    whole = f"arn:aws:iam::{ACCOUNT}:role/sso/ada"
    stubs.iam.add_response("get_role", found_role(arn=whole), {"RoleName": "ada"})
    stubs.iam.add_response(
        "simulate_principal_policy",
        evaluated("iam:PassRole", decision="implicitDeny"),
        {
            "PolicySourceArn": whole,
            "ActionNames": ["iam:PassRole"],
            "ResourceArns": [ROLE],
            "ContextEntries": [
                {
                    "ContextKeyName": "iam:PassedToService",
                    "ContextKeyValues": ["sagemaker.amazonaws.com"],
                    "ContextKeyType": "string",
                }
            ],
        },
    )
    session = Identity(f"arn:aws:sts::{ACCOUNT}:assumed-role/ada/me", ACCOUNT)
    check = pass_role(stubs.connections, session)
    assert check.state == "missing"
    assert "iam:PassRole" in check.says


def test_missing_rights_are_named(stubs: Stubs) -> None:
    lacking = "sagemaker:CreateHyperParameterTuningJob"
    for statement in policy("user", stubs.connections.cloud)["Statement"]:
        if statement["Sid"] == "LetJobsActInTheRole":
            continue
        granted = [one for one in statement["Action"] if one != lacking]
        expected = {"PolicySourceArn": ADA.arn, "ActionNames": statement["Action"]}
        stubs.iam.add_response(
            "simulate_principal_policy",
            evaluated(*granted),
            {**expected, "ResourceArns": ANY, "ContextEntries": ANY},
        )
    check = user_rights(stubs.connections, ADA)
    assert check.state == "missing"
    assert check.says.endswith(f": {lacking}.")


def test_the_account_itself_may_do_everything(stubs: Stubs) -> None:
    assert user_rights(stubs.connections, Identity("arn:aws:iam::1:root", "1")).state == "ok"


@pytest.mark.parametrize(
    ("code", "status", "state", "says"),
    [
        ("404", 404, "missing", "no bucket"),
        ("403", 403, "missing", "another account's"),
        ("SlowDown", 503, "unknown", "Too many requests"),
    ],
)
def test_a_bucket_that_cannot_be_used(
    stubs: Stubs, code: str, status: int, state: str, says: str
) -> None:
    stubs.s3.add_client_error("head_bucket", code, http_status_code=status)
    check = bucket(stubs.connections)
    assert check.state == state
    assert says in check.says


def test_a_bucket_elsewhere_is_not_for_jobs_here(stubs: Stubs) -> None:
    stubs.s3.add_response("head_bucket", {"BucketRegion": "eu-west-1"})
    check = bucket(stubs.connections)
    assert check.state == "missing"
    assert "is in eu-west-1" in check.says


def by_what(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.what: check for check in checks}


def test_a_quota_of_none_comes_with_the_way_to_ask_for_more(stubs: Stubs) -> None:
    def quota(name: str, value: float) -> dict[str, Any]:
        return {"QuotaName": f"ml.m5.large for {name}", "QuotaCode": "L-12AB", "Value": value}

    applied = [quota("training job usage", 0.0), quota("endpoint usage", 4.0)]
    stubs.quotas.add_response("list_service_quotas", {"Quotas": applied})
    stubs.quotas.add_response("list_aws_default_service_quotas", {"Quotas": applied[:1]})
    found = by_what(quotas(stubs.connections))
    assert found["Quota for endpoints"].says == "ml.m5.large: 4 at a time."
    assert found["Quota for training"].state == "missing"
    assert "--quota-code L-12AB" in found["Quota for training"].command
    assert found["Quota for training"].link.endswith("quotas/L-12AB")
    assert "may not have it there" in found["Quota for evaluation"].says


def test_quotas_that_may_not_be_read_could_not_be_checked(stubs: Stubs) -> None:
    stubs.quotas.add_client_error("list_service_quotas", "AccessDeniedException")
    assert {check.state for check in quotas(stubs.connections)} == {"unknown"}


def test_a_service_that_answers_anything_is_reachable(stubs: Stubs) -> None:
    stubs.sagemaker.add_client_error("list_endpoints", "AccessDeniedException")
    stubs.runtime.add_client_error("invoke_endpoint", "ValidationError", "not found")
    stubs.logs.add_client_error("describe_log_streams", "ResourceNotFoundException")
    stubs.cloudwatch.add_response("get_metric_data", {"MetricDataResults": []})
    found = by_what(services(stubs.connections))
    assert found["SageMaker"].state == "unknown"
    assert {found[name].state for name in ("Asking endpoints", "Logs", "Metrics")} == {"ok"}


def test_a_service_that_does_not_answer_is_named_with_its_address(tmp_path: Path) -> None:
    write_service_file(tmp_path, 9)  # nothing listens there
    connections = Connections(Settings(home=tmp_path).resolve())

    def fails() -> None:
        raise CloudUnreachable

    check = _answers("SageMaker", lambda: connections.sagemaker, fails)
    assert check.state == "missing"
    assert "http://127.0.0.1:9 does not answer" in check.says
