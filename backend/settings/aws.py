"""What settings for Amazon SageMaker must look like: one sentence for each that does not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.errors import SettingsError

MOST_SUBNETS: Final = 16
MOST_SECURITY_GROUPS: Final = 5
MOST_TAGS: Final = 40
"""SageMaker takes 50; ours need some."""

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d")
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_BUCKET: Final = re.compile(
    r"(?!xn--|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]"
)
_PREFIX: Final = re.compile(r"[\w!.*'()-]+(?:/[\w!.*'()-]+)*", re.ASCII)
_INSTANCE: Final = re.compile(r"ml\.[a-z0-9-]+\.(?:\d*x?large|medium|metal)")
_SUBNET: Final = re.compile(r"subnet-[0-9a-f]{8,17}")
_SECURITY_GROUP: Final = re.compile(r"sg-[0-9a-f]{8,17}")
_KEY_ID: Final = r"(?:[0-9a-f-]{36}|mrk-[0-9a-f]{32})"
_KEY: Final = re.compile(
    rf"{_KEY_ID}|alias/[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{{12}}:(?:key/{_KEY_ID}|alias/[\w/-]+)"
)
_TAG_TEXT: Final = re.compile(r"[\w .:/=+\-@]*")


@dataclass(frozen=True)
class Network:
    """The private network (VPC) that jobs and endpoints run in."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


def require(variable: str, value: str, pattern: re.Pattern[str], example: str) -> str:
    """``value``; raises ``SettingsError`` unless it has the form of ``pattern``."""
    if not pattern.fullmatch(value):
        raise SettingsError(f"{variable} is “{value}”: it must look like {example}.")
    return value


def region(value: str) -> str:
    """A region's name; raises ``SettingsError``."""
    return require("DOCINSIGHTS_REGION", value, _REGION, "eu-west-1")


def role(value: str) -> str:
    """A role's ARN; raises ``SettingsError``."""
    example = "arn:aws:iam::123456789012:role/document-insights"
    return require("DOCINSIGHTS_ROLE_ARN", value, _ROLE, example)


def bucket(value: str) -> str:
    """A bucket's name, without ``s3://``; raises ``SettingsError``."""
    example = "my-company-document-insights (3 to 63 small letters, digits, hyphens; no s3://)"
    return require("DOCINSIGHTS_BUCKET", value, _BUCKET, example)


def prefix(value: str) -> str:
    """The folder in the bucket; raises ``SettingsError``."""
    found = value.strip("/")
    return require("DOCINSIGHTS_PREFIX", found, _PREFIX, "document-insights or team/documents")


def instance(variable: str, value: str) -> str:
    """An instance type of SageMaker's; raises ``SettingsError``."""
    return require(variable, value, _INSTANCE, "ml.m5.large (with ml. in front)")


def network(subnets: str, security_groups: str) -> Network | None:
    """The network of comma-separated ids, None where none are given; raises ``SettingsError``."""
    found = _listed("DOCINSIGHTS_SUBNETS", subnets, _SUBNET, "subnet-0a1b2c3d", MOST_SUBNETS)
    groups = _listed(
        "DOCINSIGHTS_SECURITY_GROUPS",
        security_groups,
        _SECURITY_GROUP,
        "sg-0a1b2c3d",
        MOST_SECURITY_GROUPS,
    )
    if bool(found) != bool(groups):
        missing = "DOCINSIGHTS_SECURITY_GROUPS" if found else "DOCINSIGHTS_SUBNETS"
        raise SettingsError(f"Set {missing} too: a network needs subnets and security groups.")
    return Network(found, groups) if found else None


def _listed(
    variable: str, text: str, pattern: re.Pattern[str], example: str, most: int
) -> tuple[str, ...]:
    values = tuple(part.strip() for part in text.split(",") if part.strip())
    for value in values:
        require(variable, value, pattern, f"{example}, several separated by commas")
    if len(values) > most:
        raise SettingsError(f"{variable} has {len(values)} entries: SageMaker takes {most}.")
    return values


def kms_key(value: str) -> str:
    """A key's id, alias or ARN, or ""; raises ``SettingsError``."""
    if value:
        example = "alias/my-key or arn:aws:kms:eu-west-1:123456789012:key/…"
        require("DOCINSIGHTS_KMS_KEY", value, _KEY, example)
    return value


def tags(text: str) -> Mapping[str, str]:
    """Tags of ``name=value`` pairs with commas between; raises ``SettingsError``."""
    found: dict[str, str] = {}
    for pair in (part.strip() for part in text.split(",")):
        if not pair:
            continue
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not 0 < len(name) <= 128 or len(value) > 256:
            raise SettingsError(f"DOCINSIGHTS_TAGS has “{pair}”: write name=value,name=value.")
        if not _TAG_TEXT.fullmatch(name + value):
            raise SettingsError(
                f"DOCINSIGHTS_TAGS has “{pair}”: use letters, digits, spaces and .:/=+-@ only."
            )
        if name.lower().startswith(("aws:", "docinsights:")):
            raise SettingsError(f"DOCINSIGHTS_TAGS has “{name}”: that name is reserved.")
        found[name] = value
    if len(found) > MOST_TAGS:
        raise SettingsError(f"DOCINSIGHTS_TAGS has {len(found)} tags: use {MOST_TAGS} at most.")
    return found
