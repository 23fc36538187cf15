"""Every setting with its value and where it comes from; secrets stay out of it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.settings import Cloud, Settings

_TITLES: Final[Mapping[str, str]] = {
    "cloud": "Cloud",
    "region": "Region",
    "role_arn": "Role for jobs and endpoints",
    "bucket": "Bucket",
    "prefix": "Folder in the bucket",
    "instance_type": "Instance type for endpoints and evaluation",
    "training_instance_type": "Instance type for training",
    "image": "Image for endpoints",
    "training_image": "Image for training",
    "subnets": "Subnets",
    "security_groups": "Security groups",
    "kms_key": "Encryption key",
    "tags": "Tags on all that is created",
    "budget": "Budget in US dollars",
    "budget_period": "The budget is for a",
    "budget_action": "At the ceiling of the budget",
    "idle_hours": "Hours without requests that make an endpoint idle",
    "prices": "File with prices of one's own",
    "home": "Data folder on this computer",
    "embedded": "Serve the shipped models",
    "address": "Where the app listens",
}
_AWS: Final = "AWS's configuration"


@dataclass(frozen=True)
class Setting:
    """One setting: what it is, its variable, its value as text, and who gave it."""

    title: str
    variable: str
    value: str
    source: str


def settings_table(settings: Settings, cloud: Cloud) -> tuple[Setting, ...]:
    """All settings; ``cloud`` is what ``settings`` resolve to."""
    return (
        *(_setting(name, settings, cloud) for name in Settings.model_fields),
        *_credentials(cloud),
        *_addresses(cloud),
    )


def _setting(name: str, settings: Settings, cloud: Cloud) -> Setting:
    own = getattr(settings, name)
    given = name in settings.model_fields_set and own != ""
    # What is empty may have been filled in: a region by AWS's configuration, an image by default.
    value = own if given or name == "tags" else getattr(cloud, name, own)
    if given:
        source = "environment"
    elif name == "region" and value:
        source = _AWS if not cloud.endpoint_urls else "local service"
    else:
        source = "default"
    title = _TITLES.get(name, name.replace("_", " ").capitalize())
    return Setting(title, f"DOCINSIGHTS_{name.upper()}", _text(value), source)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _credentials(cloud: Cloud) -> Iterator[Setting]:
    """Where the access key is from; its end alone is shown, the secret never."""
    title, variable = "Access key", "AWS_ACCESS_KEY_ID"
    if cloud.access_key:
        yield Setting(title, variable, _end_of(cloud.access_key), "local service")
        return
    from botocore.session import Session

    found = Session().get_credentials()
    if found is None:
        yield Setting(title, variable, "none", _AWS)
        return
    source = "environment" if found.method == "env" else f"{_AWS} ({found.method})"
    yield Setting(title, variable, _end_of(found.access_key), source)


def _end_of(key: str) -> str:
    return f"…{key[-4:]}"


def _addresses(cloud: Cloud) -> Iterator[Setting]:
    """Addresses of services that are not AWS's own."""
    if cloud.endpoint_urls:
        url = next(iter(cloud.endpoint_urls.values()))
        yield Setting("Address of all services", "", url, "local service")
        return
    for variable, value in sorted(os.environ.items()):
        if variable.startswith("AWS_ENDPOINT_URL"):
            yield Setting("Address of a service", variable, value, "environment")
