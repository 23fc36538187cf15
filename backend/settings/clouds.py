"""Settings, and the one place where a laptop and AWS differ.

``Settings`` reads ``DOCINSIGHTS_*`` from the environment; ``Settings.resolve`` turns them into a
``Cloud``: the addresses, credentials and names with which the same boto3 code talks to the local
service or to Amazon SageMaker. Nothing but this module and the launcher knows the word "local".
"""

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.errors import CloudUnreachable, SettingsError
from backend.settings import aws as aws_settings
from backend.settings.aws import Network
from backend.settings.images import INFERENCE, TRAINING, image_uri
from backend.settings.spending import Action, Period, Spending

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SERVICES: Final = (
    "sagemaker",
    "sagemaker-runtime",
    "logs",
    "cloudwatch",
    "s3",
    "sts",
    "iam",
    "service-quotas",
    "pricing",
)
_HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class Cloud:
    """Everything that differs between clouds, resolved.

    ``endpoint_urls`` maps boto3's service names to addresses and is empty on AWS; without keys
    boto3's own chain finds the credentials.
    """

    title: str
    region: str
    bucket: str
    prefix: str
    role_arn: str
    image: str
    instance_type: str
    training_image: str = ""
    training_instance_type: str = "ml.m5.large"
    charged: bool = True
    """Whether a running machine costs money."""
    one_machine: bool = False
    """Whether jobs that run at the same time share the cores of one machine."""
    endpoint_urls: Mapping[str, str] = field(default_factory=dict)
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    network: Network | None = None
    kms_key: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Network, key and tags of all that is created: see ``backend.cloud.additions``."""
    isolated: bool = False
    """Whether AWS profiles, proxies and configuration files of the user stay out of it."""


@dataclass(frozen=True)
class ServiceAddress:
    """How to find and enter the local service: what its ``service.json`` says."""

    port: int
    region: str
    account_id: str
    access_key: str
    secret_key: str = field(repr=False)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{_HOST}:{self.port}"

    @classmethod
    def read(cls, home: Path) -> Self:
        """The address in ``home/service.json``.

        Raises ``CloudUnreachable`` where there is none: the service writes it at its first start.
        """
        path = home / "service.json"
        try:
            content = json.loads(path.read_text())
            return cls(**{name: content[name] for name in cls.__dataclass_fields__})
        except FileNotFoundError:
            raise CloudUnreachable from None
        except (ValueError, KeyError, TypeError):
            raise SettingsError(
                f"{path} is damaged: stop the service, delete that file and start again."
            ) from None


class Settings(BaseSettings):
    """``DOCINSIGHTS_CLOUD``, ``DOCINSIGHTS_HOME`` and so on; see the README for each."""

    model_config = SettingsConfigDict(env_prefix="DOCINSIGHTS_", frozen=True, extra="ignore")

    cloud: Literal["local", "sagemaker"] = "local"
    home: Path = ROOT / ".data"
    region: str = ""
    role_arn: str = ""
    bucket: str = ""
    prefix: str = "document-insights"
    image: str = ""
    instance_type: str = "ml.m5.large"
    training_image: str = ""
    training_instance_type: str = ""
    subnets: str = ""
    security_groups: str = ""
    kms_key: str = ""
    tags: str = ""
    """Network, key and tags as text: ids with commas between, ``name=value`` pairs likewise."""
    budget: float | None = Field(default=None, ge=0)
    budget_period: Period = "month"
    budget_action: Action = "refuse"
    idle_hours: int = Field(default=24, ge=1, le=24)
    prices: Path | None = None
    """The ceiling and what else ``Spending`` holds."""
    embedded: bool = True
    """Whether the launcher serves the shipped models."""
    address: str = "127.0.0.1"
    """Where the app listens; the local service listens on loopback only."""
    hosts: str = ""
    """Further names that the app goes by, with commas between: those of a proxy in front of it."""

    @classmethod
    def load(cls) -> Self:
        """Settings from the environment; raises ``SettingsError`` for a value that is not valid."""
        try:
            return cls()
        except ValidationError as error:
            fault = error.errors()[0]
            name = f"DOCINSIGHTS_{'_'.join(map(str, fault['loc'])).upper()}"
            raise SettingsError(f"{name} is not valid ({fault['msg']}): correct it.") from None

    @property
    def spending(self) -> Spending:
        """What the user wants to spend."""
        return Spending(
            self.budget, self.budget_period, self.budget_action, self.idle_hours, self.prices
        )

    @property
    def folder(self) -> Path:
        """``home`` as an absolute path."""
        return self.home.expanduser().resolve()

    @property
    def host_names(self) -> list[str]:
        """``hosts`` one by one."""
        return [name for part in self.hosts.split(",") if (name := part.strip())]

    @property
    def local(self) -> bool:
        """Whether the launcher has a service to look after."""
        return self.cloud == "local"

    def resolve(self) -> Cloud:
        """The cloud that these settings mean.

        Raises ``SettingsError`` where something is missing, ``CloudUnreachable`` where the local
        service has never run.
        """
        return self._on_this_computer() if self.local else self._on_aws()

    def _on_this_computer(self) -> Cloud:
        service = ServiceAddress.read(self.folder)
        return Cloud(
            title="This computer",
            region=service.region,
            bucket=self.bucket or "document-insights",
            prefix=self.prefix.strip("/"),
            role_arn=aws_settings.role(
                self.role_arn or f"arn:aws:iam::{service.account_id}:role/document-insights"
            ),
            image=self.image or "document-insights:local",
            instance_type=self.instance_type,
            training_image=self.training_image or self.image or "document-insights:local",
            training_instance_type=self.training_instance_type or "ml.m5.large",
            charged=False,
            one_machine=True,
            network=aws_settings.network(self.subnets, self.security_groups),
            kms_key=aws_settings.kms_key(self.kms_key),
            tags=aws_settings.tags(self.tags),
            endpoint_urls=dict.fromkeys(SERVICES, service.url),
            access_key=service.access_key,
            secret_key=service.secret_key,
            isolated=True,
        )

    def _on_aws(self) -> Cloud:
        region = self.region or _aws_region()
        missing = [
            name
            for name, value in (
                ("DOCINSIGHTS_REGION", region),
                ("DOCINSIGHTS_BUCKET", self.bucket),
                ("DOCINSIGHTS_ROLE_ARN", self.role_arn),
            )
            if not value
        ]
        if missing:
            raise SettingsError(f"Set {', '.join(missing)} to use Amazon SageMaker.")
        training_type = self.training_instance_type or "ml.g4dn.xlarge"
        return Cloud(
            title=f"Amazon SageMaker, {region}",
            region=aws_settings.region(region),
            bucket=aws_settings.bucket(self.bucket),
            prefix=aws_settings.prefix(self.prefix),
            role_arn=aws_settings.role(self.role_arn),
            image=self.image or image_uri(INFERENCE, region),
            instance_type=aws_settings.instance("DOCINSIGHTS_INSTANCE_TYPE", self.instance_type),
            training_image=self.training_image or image_uri(TRAINING, region),
            training_instance_type=aws_settings.instance(
                "DOCINSIGHTS_TRAINING_INSTANCE_TYPE", training_type
            ),
            network=aws_settings.network(self.subnets, self.security_groups),
            kms_key=aws_settings.kms_key(self.kms_key),
            tags=aws_settings.tags(self.tags),
        )


def _aws_region() -> str:
    """The region that AWS's own tools would use, "" where none is set."""
    from botocore.session import Session

    return Session().get_config_variable("region") or ""


_ENVIRONMENT_NAMES: Final = {
    "sagemaker": "SAGEMAKER",
    "sagemaker-runtime": "SAGEMAKER_RUNTIME",
    "logs": "CLOUDWATCH_LOGS",
    "cloudwatch": "CLOUDWATCH",
    "s3": "S3",
    "sts": "STS",
    "iam": "IAM",
    "service-quotas": "SERVICE_QUOTAS",
    "pricing": "PRICING",
}


def environment_exports(settings: Settings) -> str:
    """Shell lines that point any AWS client of that shell at the cloud of ``settings``.

    On this computer: addresses, keys and region of the local service, with everything unset that
    would lead elsewhere. On AWS: the region alone, since the shell has its own credentials.
    """
    cloud = settings.resolve()
    values: dict[str, str] = {"AWS_DEFAULT_REGION": cloud.region, "AWS_REGION": cloud.region}
    if not cloud.isolated:
        return _exports(values)
    urls = {
        f"AWS_ENDPOINT_URL_{_ENVIRONMENT_NAMES[service]}": url
        for service, url in cloud.endpoint_urls.items()
    }
    keys = {
        "AWS_ACCESS_KEY_ID": cloud.access_key or "",
        "AWS_SECRET_ACCESS_KEY": cloud.secret_key or "",
    }
    quiet = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGEMAKER_VALIDATE_ROLE": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    sdk = settings.folder / "sagemaker-sdk.yaml"  # written by the service
    if sdk.exists():
        quiet["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(sdk)
    lines = [
        (
            "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN "
            "AWS_ENDPOINT_URL AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
        ),
        _exports(urls | values | keys | quiet),
    ]
    lines += [
        f'export {name}="{_HOST},localhost${{{name}:+,${name}}}"'
        for name in ("NO_PROXY", "no_proxy")
    ]
    return "\n".join(lines)


def _exports(values: Mapping[str, str]) -> str:
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


def child_environment(settings: Settings) -> dict[str, str]:
    """This process's environment for a child that must see the same settings."""
    shared: dict[str, Any] = {
        f"DOCINSIGHTS_{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_unset=True).items()
        if value not in ("", None)
    }
    return os.environ | shared | {"DOCINSIGHTS_HOME": str(settings.folder)}
