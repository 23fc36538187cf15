"""Rows made into models that can be deployed: ``client.catalog``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.catalog import jumpstart, shipped
from backend.catalog.archives import container, pipeline_files, row_files, serving
from backend.catalog.rows import Row
from backend.cloud.archives import (
    SERVING_ENVIRONMENT,
    digest,
    ensure_bucket,
    s3_key,
    s3_uri,
    upload,
)
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import DIALECT_TAG, SOURCE_TAG, TASK_TAG, as_tags, shortened
from backend.errors import NotFound
from backend.settings import ROOT

SOURCE = "catalog"
"""The source tag of these models."""


@dataclass(frozen=True)
class Registered:
    """The name of a registered model; ``note`` is a sentence where it is not exactly the row's."""

    model: str
    note: str = ""


class Catalog:
    """Models by name. Methods raise ``CloudError``s that say what to do where one is not to be
    had on this cloud.
    """

    def __init__(self, connections: Connections, root: Path = ROOT) -> None:
        self._connections = connections
        self._root = root

    def register(self, row: Row) -> Registered:
        """Have SageMaker know the model of ``row``, to be deployed with ``Client.deploy``; doing
        it twice gives the same model. What comes from the hub is fetched by the endpoint itself.
        """
        if row.kind == "jumpstart":
            return self._from_jumpstart(row)
        if row.kind == "shipped":
            return self._shipped(row)
        files = row_files(row.name, row.task, self._root)
        if row.kind == "weights":
            files |= pipeline_files()
        digested = digest(files)
        parts = ("models", row.name, digested, "model.tar.gz")
        ensure_bucket(self._connections)
        upload(self._connections, s3_key(self._connections, *parts), files)
        name = f"{shortened(row.name, 54)}-{digested[:8]}"
        self._create(
            name,
            row,
            {
                "Image": self._connections.cloud.image,
                "ModelDataUrl": s3_uri(self._connections, *parts),
                "Environment": SERVING_ENVIRONMENT,
            },
        )
        return Registered(name)

    def _shipped(self, row: Row) -> Registered:
        files = shipped.whole_files(row.name, row.task, self._root)
        ensure_bucket(self._connections)
        shipped.register(self._connections, row.name, row.task, files)
        return Registered(row.name)

    def _from_jumpstart(self, row: Row) -> Registered:
        found = jumpstart.find(self._connections, row.name, row.version)
        name = shortened(f"{row.name}-{found.version}", 63)
        if not self._known(name):
            if found.packed:
                made = container(found, self._connections, found.model_uri)
            else:
                ensure_bucket(self._connections)
                made = serving(found, self._connections, found.model_uri, name)
            self._create(name, row, made)
        return Registered(name, found.note)

    def _create(self, name: str, row: Row, made: dict[str, Any]) -> None:
        if self._known(name):
            return
        tags = {
            TASK_TAG: row.task,
            SOURCE_TAG: SOURCE,
            DIALECT_TAG: row.dialect if row.kind == "jumpstart" else "",
        }
        with translated():
            self._connections.sagemaker.create_model(
                ModelName=name,
                ExecutionRoleArn=self._connections.cloud.role_arn,
                PrimaryContainer=made,
                Tags=as_tags(tags),
            )

    def _known(self, name: str) -> bool:
        try:
            with translated():
                self._connections.sagemaker.describe_model(ModelName=name)
        except NotFound:
            return False
        return True
