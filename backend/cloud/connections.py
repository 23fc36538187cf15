"""boto3 clients for a ``Cloud``, made when first used."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from backend.cloud.additions import with_settings
from backend.cloud.consistency import Fresh
from backend.cloud.errors import translated
from backend.errors import NotFound
from backend.settings import Cloud

if TYPE_CHECKING:
    import boto3

RUNTIME_READ_TIMEOUT: Final = 70
"""Seconds; SageMaker itself gives a model 60."""


_ELSEWHERE: Final = {"pricing": "us-east-1"}
"""Services that AWS has in a few regions only: they answer there for all of them."""


class Connections:
    """The clients of one cloud. boto3 is imported and each client built on first use; clients,
    unlike sessions, may be shared by threads.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def sagemaker(self) -> Any:
        """Endpoints, models, tags."""
        return self._client("sagemaker")

    @property
    def runtime(self) -> Any:
        """InvokeEndpoint."""
        return self._client("sagemaker-runtime")

    @property
    def logs(self) -> Any:
        """CloudWatch Logs."""
        return self._client("logs")

    @property
    def cloudwatch(self) -> Any:
        """CloudWatch's metrics."""
        return self._client("cloudwatch")

    @property
    def s3(self) -> Any:
        """Objects."""
        return self._client("s3")

    @property
    def sts(self) -> Any:
        """Whose credentials these are."""
        return self._client("sts")

    @property
    def iam(self) -> Any:
        """Roles, and what they may do."""
        return self._client("iam")

    @property
    def quotas(self) -> Any:
        """Service Quotas."""
        return self._client("service-quotas")

    @property
    def pricing(self) -> Any:
        """The price list."""
        return self._client("pricing")

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of what has the ARN ``arn``; none where it is gone. Raises ``CloudError``."""
        try:
            with translated():
                pages = self.sagemaker.get_paginator("list_tags")
                tags = [t for page in pages.paginate(ResourceArn=arn) for t in page["Tags"]]
        except NotFound:
            return {}
        return {tag["Key"]: tag["Value"] for tag in tags}

    def completed(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        """The members of one of SageMaker's operations as they will be sent."""
        model = self.sagemaker.meta.service_model.operation_model(operation)
        return with_settings(self.cloud, model, members)

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        runtime = service == "sagemaker-runtime"
        config = Config(
            connect_timeout=5,
            read_timeout=RUNTIME_READ_TIMEOUT if runtime else 30,
            retries={"mode": "standard", "total_max_attempts": 5 if runtime else 4},
            max_pool_connections=32,
            proxies={} if self.cloud.isolated else None,
        )
        client = self._session.client(
            service,
            region_name=_ELSEWHERE.get(service),
            endpoint_url=self.cloud.endpoint_urls.get(service),
            config=config,
        )
        client.meta.events.register("provide-client-params.*.*", self._complete)
        if service == "sagemaker":
            Fresh().watch(client)
        return client

    def _complete(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        """boto3's hook for the members of every request."""
        return with_settings(self.cloud, model, params)

    @cached_property
    def _session(self) -> "boto3.Session":
        import boto3
        from botocore.session import Session

        # A profile or configuration file of the user's must not redirect, or break, calls to a
        # service that has its own address and keys.
        unset = (None, None, None, None)
        kept_out = {"profile": unset, "config_file": unset, "credentials_file": unset}
        return boto3.Session(
            aws_access_key_id=self.cloud.access_key,
            aws_secret_access_key=self.cloud.secret_key,
            region_name=self.cloud.region,
            botocore_session=Session(kept_out) if self.cloud.isolated else None,
        )
