"""STS and IAM as boto3 and the SageMaker SDK ask them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.raw import Raw
from tests.local.running import RunningService

ROLE = "arn:aws:iam::000000000000:role/document-insights"


def test_the_caller_acts_in_a_role_of_the_account(service: RunningService) -> None:
    found = service.client("sts").get_caller_identity()
    assert found["Account"] == "000000000000"
    assert found["Arn"] == "arn:aws:sts::000000000000:assumed-role/document-insights/local"


def test_a_role_may_be_assumed_by_sagemaker(service: RunningService) -> None:
    role = service.client("iam").get_role(RoleName="document-insights")["Role"]
    assert role["Arn"] == ROLE
    assert role["CreateDate"].tzinfo is not None
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert "sagemaker.amazonaws.com" in statement["Principal"]["Service"]


def test_every_action_on_every_resource_is_allowed(service: RunningService) -> None:
    found = service.client("iam").simulate_principal_policy(
        PolicySourceArn=ROLE,
        ActionNames=["s3:PutObject", "s3:GetObject"],
        ResourceArns=["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
    )["EvaluationResults"]
    assert len(found) == 4
    assert {item["EvalDecision"] for item in found} == {"allowed"}
    assert found[0]["EvalActionName"] == "s3:PutObject"
    assert found[0]["EvalResourceName"] == "arn:aws:s3:::a/*"


def test_what_is_not_offered_or_not_valid_is_refused_in_xml(service: RunningService) -> None:
    def code(call: Any, **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        found: str = caught.value.response["Error"]["Code"]
        return found

    iam = service.client("iam")
    assert code(iam.list_users) == "NotImplemented"
    assert code(iam.get_role, RoleName="a b") == "ValidationException"
    stranger = service.client("sts", secret_key="wrong")
    assert code(stranger.get_caller_identity) == "InvalidSignatureException"


@pytest.mark.parametrize("body", [b"Action=Nothing", b"", b"Action=GetRole&RoleName=%ff", b"\xff"])
def test_nonsense_is_answered_with_an_error(service: RunningService, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    raw = Raw(method="POST", body=body, headers=headers, service="iam")
    status, content = raw.ask(service.config)
    assert status == 400
    assert content.startswith(b"<ErrorResponse>")
