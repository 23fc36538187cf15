"""The policies of ``assets/iam``, filled in."""

import json
from dataclasses import replace

import pytest

from backend.settings import Cloud
from backend.settings.aws import Network
from backend.settings.policies import Policy, main, policy
from tests.iam import Right, actions_of, allowing

KEY = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CLOUD = Cloud(
    title="AWS",
    region="us-east-1",
    bucket="mine",
    prefix="team/documents",
    role_arn="arn:aws:iam::000000000000:role/mine",
    image="i",
    instance_type="ml.m5.large",
)
WHOLE = replace(CLOUD, kms_key=KEY, network=Network(("subnet-1",), ("sg-1",)))
ROLE_NEEDS = {
    "its data, code, models and checkpoints": [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    ],
    "its image": [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    ],
    "logs": [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ],
    "metrics": ["cloudwatch:PutMetricData"],
    "a key": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
    "a network": [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ],
}
"""Sources: "How to use SageMaker AI execution roles" for CreateTrainingJob,
CreateHyperParameterTuningJob, CreateModel and CreateTransformJob, which need the same."""


def actions(found: Policy) -> set[str]:
    return {action for _, action in actions_of(found)}


def test_the_role_may_do_what_jobs_and_endpoints_do_and_no_more() -> None:
    needed = {action for some in ROLE_NEEDS.values() for action in some}
    assert actions(policy("role", WHOLE)) == needed


def test_nothing_stays_to_be_filled_in() -> None:
    for name in ("user", "role", "trust"):
        assert "<" not in json.dumps(policy(name, WHOLE))


def test_without_key_and_network_their_rights_are_left_out() -> None:
    for name in ("user", "role"):
        found = actions(policy(name, CLOUD))
        assert not [one for one in found if one.startswith(("kms:", "ec2:"))]


def test_the_role_reaches_its_own_folder_only() -> None:
    role = policy("role", CLOUD)
    inside = Right("s3:GetObject", "arn:aws:s3:::mine/team/documents/datasets/a/v1/data.jsonl")
    assert allowing(role, inside) == ["Objects"]
    assert not allowing(role, Right("s3:GetObject", "arn:aws:s3:::mine/team/other/data.jsonl"))


def test_only_sagemaker_of_the_same_account_may_act_in_the_role() -> None:
    (statement,) = policy("trust", CLOUD)["Statement"]
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "000000000000"}}


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        (KEY, KEY),
        ("alias/mine", "arn:aws:kms:us-east-1:000000000000:key/*"),
        (KEY.rsplit("/", 1)[1], KEY),
    ],
)
def test_a_key_is_named_as_policies_name_it(key: str, resource: str) -> None:
    found = policy("role", replace(CLOUD, kms_key=key))["Statement"]
    assert next(one["Resource"] for one in found if one["Sid"] == "Key") == resource


def test_the_command_prints_a_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "CLOUD": "sagemaker",
        "REGION": "eu-west-1",
        "BUCKET": "mine",
        "ROLE_ARN": "arn:aws-cn:iam::123456789012:role/mine",
    }.items():
        monkeypatch.setenv(f"DOCINSIGHTS_{name}", value)
    assert main(["trust"]) == 0
    assert "123456789012" in capsys.readouterr().out
    monkeypatch.setenv("DOCINSIGHTS_BUCKET", "s3://mine")
    assert main(["user"]) == 1
    assert "DOCINSIGHTS_BUCKET" in capsys.readouterr().err
