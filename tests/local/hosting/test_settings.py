"""Settings from the environment."""

import pytest

from backend.local.config import ConfigError
from backend.local.hosting.settings import HostingSettings


def test_the_defaults_are_those_of_aws_within_this_machine() -> None:
    settings = HostingSettings.from_environment({})
    assert settings.invocation_seconds == 60
    assert settings.startup_seconds == 300
    assert 0 < settings.memory_bytes <= 4096 * 2**20
    assert settings.cores >= 1


def test_the_environment_changes_them() -> None:
    settings = HostingSettings.from_environment(
        {"DOCINSIGHTS_WORKER_MEMORY_MB": "100", "DOCINSIGHTS_INVOCATION_TIMEOUT": "1.5"}
    )
    assert settings.memory_bytes == 100 * 2**20
    assert settings.invocation_seconds == 1.5


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan", "inf"])
def test_what_is_no_limit_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match="DOCINSIGHTS_STARTUP_TIMEOUT"):
        HostingSettings.from_environment({"DOCINSIGHTS_STARTUP_TIMEOUT": text})
