"""Settings and the two clouds."""

import json
import subprocess
from pathlib import Path

import pytest

from backend.errors import CloudUnreachable, SettingsError
from backend.settings import ROOT, Settings, child_environment, environment_exports
from backend.settings.aws import Network
from tests.fake_service import write_service_file

_AWS = {
    "DOCINSIGHTS_CLOUD": "sagemaker",
    "DOCINSIGHTS_REGION": "eu-west-1",
    "DOCINSIGHTS_BUCKET": "mine",
    "DOCINSIGHTS_ROLE_ARN": "arn:aws:iam::123456789012:role/mine",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose service listens on port 4999."""
    write_service_file(tmp_path, 4999)
    monkeypatch.setenv("DOCINSIGHTS_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _AWS.items():
        monkeypatch.setenv(name, value)


def test_without_settings_everything_is_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCINSIGHTS_HOME", raising=False)
    settings = Settings.load()
    assert settings.local
    assert settings.folder == ROOT / ".data"


def test_the_local_cloud_is_where_the_service_says(home: Path) -> None:
    cloud = Settings.load().resolve()
    services = [
        "sagemaker",
        "sagemaker-runtime",
        "logs",
        "cloudwatch",
        "s3",
        "sts",
        "iam",
        "service-quotas",
        "pricing",
    ]
    assert cloud.endpoint_urls == dict.fromkeys(services, "http://127.0.0.1:4999")
    assert (cloud.region, cloud.access_key, cloud.isolated) == ("us-east-1", "AKIATEST", True)
    assert cloud.role_arn == "arn:aws:iam::000000000000:role/document-insights"


def test_secrets_do_not_show_in_a_representation(home: Path) -> None:
    assert "secret" not in repr(Settings.load().resolve()).replace("secret_key", "")


def test_a_service_that_never_ran_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_HOME", str(tmp_path / "new"))
    with pytest.raises(CloudUnreachable, match="make run"):
        Settings.load().resolve()


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"port": 1})])
def test_a_damaged_service_file_says_what_to_do(home: Path, content: str) -> None:
    (home / "service.json").write_text(content)
    with pytest.raises(SettingsError, match=r"service\.json is damaged: stop"):
        Settings.load().resolve()


def test_an_unknown_cloud_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCINSIGHTS_CLOUD", "azure")
    with pytest.raises(SettingsError, match="DOCINSIGHTS_CLOUD is not valid"):
        Settings.load()


@pytest.mark.usefixtures("aws")
def test_aws_needs_no_addresses_and_no_keys() -> None:
    cloud = Settings.load().resolve()
    assert (cloud.region, cloud.bucket, cloud.isolated) == ("eu-west-1", "mine", False)
    assert not cloud.endpoint_urls
    assert cloud.access_key is None
    assert cloud.image.startswith("763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface")


@pytest.mark.usefixtures("aws")
def test_aws_takes_the_region_of_its_own_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCINSIGHTS_REGION")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert Settings.load().resolve().region == "eu-central-1"


@pytest.mark.usefixtures("aws")
def test_missing_settings_for_aws_are_all_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DOCINSIGHTS_BUCKET", "DOCINSIGHTS_ROLE_ARN", "DOCINSIGHTS_REGION"):
        monkeypatch.delenv(name)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(
        SettingsError, match="REGION, DOCINSIGHTS_BUCKET, DOCINSIGHTS_ROLE_ARN to use"
    ):
        Settings.load().resolve()


def test_exports_lead_every_service_here_and_nothing_elsewhere(home: Path) -> None:
    before = {
        "PATH": "/usr/bin:/bin",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "old",
        "AWS_ENDPOINT_URL": "https://elsewhere.example",
        "NO_PROXY": "intranet",
    }
    shown = subprocess.run(
        ["sh", "-c", f"{environment_exports(Settings.load())}\nenv"],
        env=before,
        capture_output=True,
        text=True,
        check=True,
    )
    after = dict(line.split("=", 1) for line in shown.stdout.splitlines())
    services = (
        "SAGEMAKER SAGEMAKER_RUNTIME CLOUDWATCH_LOGS CLOUDWATCH S3 STS IAM SERVICE_QUOTAS PRICING"
    )
    for service in services.split():
        assert after[f"AWS_ENDPOINT_URL_{service}"] == "http://127.0.0.1:4999"
    assert after["AWS_DEFAULT_REGION"] == after["AWS_REGION"] == "us-east-1"
    assert after["AWS_ACCESS_KEY_ID"] == "AKIATEST"
    assert after["AWS_SECRET_ACCESS_KEY"] == "secret'key"
    assert after["NO_PROXY"] == "127.0.0.1,localhost,intranet"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"} & after.keys()


@pytest.mark.usefixtures("aws")
def test_on_aws_only_the_region_is_exported() -> None:
    assert environment_exports(Settings.load()).splitlines() == [
        "export AWS_DEFAULT_REGION=eu-west-1",
        "export AWS_REGION=eu-west-1",
    ]


def test_a_child_sees_the_same_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCINSIGHTS_PREFIX", "here")
    environment = child_environment(Settings.load())
    assert environment["DOCINSIGHTS_HOME"] == str(home)
    assert environment["DOCINSIGHTS_PREFIX"] == "here"
    assert "DOCINSIGHTS_ROLE_ARN" not in environment


@pytest.mark.usefixtures("aws")
def test_network_key_and_tags_are_part_of_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCINSIGHTS_SUBNETS", "subnet-0a1b2c3d, subnet-0a1b2c3e")
    monkeypatch.setenv("DOCINSIGHTS_SECURITY_GROUPS", "sg-0a1b2c3d")
    monkeypatch.setenv("DOCINSIGHTS_KMS_KEY", "alias/documents")
    monkeypatch.setenv("DOCINSIGHTS_TAGS", "owner=nlp, cost centre=4 2")
    cloud = Settings.load().resolve()
    assert cloud.network == Network(("subnet-0a1b2c3d", "subnet-0a1b2c3e"), ("sg-0a1b2c3d",))
    assert cloud.kms_key == "alias/documents"
    assert cloud.tags == {"owner": "nlp", "cost centre": "4 2"}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("REGION", "Ireland", "must look like eu-west-1"),
        ("ROLE_ARN", "mine", "must look like arn:aws:iam::123456789012:role/"),
        ("BUCKET", "s3://mine", "no s3://"),
        ("BUCKET", "192.168.5.4", "must look like"),
        ("PREFIX", "/", "must look like"),
        ("INSTANCE_TYPE", "m5.large", "ml. in front"),
        ("TRAINING_INSTANCE_TYPE", "ml.huge", "ml. in front"),
        ("SUBNETS", "subnet-0a1b2c3d", "Set DOCINSIGHTS_SECURITY_GROUPS too"),
        ("SECURITY_GROUPS", "sg-0a1b2c3d", "Set DOCINSIGHTS_SUBNETS too"),
        ("SUBNETS", "10.0.0.0/24", "must look like subnet-0a1b2c3d"),
        ("KMS_KEY", "my key", "must look like alias/my-key"),
        ("TAGS", "owner", "write name=value"),
        ("TAGS", "owner=<b>", "use letters"),
        ("TAGS", "docinsights:task=x", "reserved"),
    ],
)
def test_a_value_of_the_wrong_form_is_named_with_the_right_one(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"DOCINSIGHTS_{name}", value)
    with pytest.raises(SettingsError, match=says) as caught:
        Settings.load().resolve()
    assert str(caught.value).count("DOCINSIGHTS_") == 1
