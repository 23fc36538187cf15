"""The local service for tests: a real server on a real port, in a thread of this process."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import uvicorn
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from backend.local.app import create_app
from backend.local.config import ServiceConfig
from backend.local.hosting.settings import HostingSettings
from backend.local.jobs.training_settings import TrainingSettings
from tests.support import eventually

ROOT = Path(__file__).parents[2]


class RunningService:
    """A service that answers at ``url``, and the means to reach it."""

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config
        self.url = config.url

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client; ``access_key`` and ``secret_key`` replace the right ones."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.config.region,
            aws_access_key_id=options.pop("access_key", self.config.access_key),
            aws_secret_access_key=options.pop("secret_key", self.config.secret_key),
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60, **options),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a program that is to find the service, such as the AWS CLI."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": self.config.region,
            "AWS_ACCESS_KEY_ID": self.config.access_key,
            "AWS_SECRET_ACCESS_KEY": self.config.secret_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }


@contextmanager
def running_service(
    home: Path,
    *,
    settings: HostingSettings | None = None,
    training: TrainingSettings | None = None,
) -> Iterator[RunningService]:
    """The service over ``home``, stopped at the end of the ``with`` block."""
    config = ServiceConfig.load(home)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config, settings=settings, training=training),
            host="127.0.0.1",
            port=config.port,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=3,
        )
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        assert server.started, "the service did not start"
        yield RunningService(config)
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@contextmanager
def service_process(
    home: Path, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """The service as a process of its own, killed (-9) at the end of the ``with`` block."""
    command = [sys.executable, "-m", "backend.local", "--home", str(home)]
    given = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env=given) as process:
        try:
            eventually(lambda: (home / "service.json").exists())
            service = RunningService(ServiceConfig.load(home))
            eventually(lambda: answers(service), timeout=120)
            yield process
        finally:
            process.kill()


def answers(service: RunningService) -> bool:
    """Whether the service is up."""
    try:
        service.client("sagemaker").list_training_jobs()
    except BotoCoreError:
        return False
    return True
