"""The defaults of AWS's SDK, written by the service and pointed at by `make env`."""

import json
from pathlib import Path

from backend.local import sdk_defaults
from backend.local.config import ServiceConfig
from backend.settings import Settings, environment_exports


def test_the_shell_is_told_of_the_defaults_that_the_service_has_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    config = ServiceConfig.load(home)
    assert sdk_defaults.FILE not in environment_exports(Settings(home=home))
    sdk_defaults.write(config)
    line = f"export SAGEMAKER_USER_CONFIG_OVERRIDE={home / sdk_defaults.FILE}"
    assert line in environment_exports(Settings(home=home)).splitlines()
    modules = json.loads((home / sdk_defaults.FILE).read_text())["SageMaker"]["PythonSDK"][
        "Modules"
    ]
    assert modules["TelemetryOptOut"] is True
    bucket = f"sagemaker-{config.region}-{config.account_id}"
    assert modules["Session"] == {"DefaultS3Bucket": bucket}
